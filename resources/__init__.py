"""Words, themes, code tables, icons and the town format: data the programs ship with, and the one reader of it."""
