"""Grids: the cells of the town, outlined and named, filled by class where a figure is shown on them."""
