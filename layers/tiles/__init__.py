"""Raster base maps: pictures in tiles from a pack of tiles or a map server, in any of its zooms and both its planes."""
