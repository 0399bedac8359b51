"""Measured tracks: where our own people and vehicles on shift were, or a file's track, with times."""
