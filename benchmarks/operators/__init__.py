"""Scripted operators: the commonest jobs of the room, worked through a real console by its keys alone."""
