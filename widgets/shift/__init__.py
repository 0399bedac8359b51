"""The sheet of the shift: posts and who is on them, handovers, the duty log."""
