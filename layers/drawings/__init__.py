"""What people of the room have drawn on the map for everybody: points, lines, areas and texts."""
