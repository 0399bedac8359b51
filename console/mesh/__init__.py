"""Checking, mending and comparing a mesh of grids. Pure: shapely and numpy, no Qt, no I/O; runs in any thread."""
