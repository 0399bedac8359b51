"""Hazard zones: areas of danger in three levels, told apart by colour and by how they are hatched."""
