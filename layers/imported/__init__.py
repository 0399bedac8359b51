"""A file of one's own on the map: areas, lines and points with their attributes."""
