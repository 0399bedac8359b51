"""The room's own people and vehicles on shift: where they are, where they head, what they do, how old that is."""
