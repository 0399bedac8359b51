"""The sheet of what waits to be sent, and of what a person has to decide about it."""
