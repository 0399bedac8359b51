"""The unit board: who is out there, on what, for how long, and how old its position is."""
