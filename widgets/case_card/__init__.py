"""The case card: what the case is, how late it is, what may be done with it now, and what was done."""
