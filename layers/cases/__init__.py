"""Cases on the map: the lamp of each by shape and colour, clusters where they lie close, ended ones as small dots."""
