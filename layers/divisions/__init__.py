"""Administrative divisions: their outlines and names."""
