"""The base map, drawn from the town's own features: water, green, buildings, roads by rank and names of places."""
