"""Geofences: areas whose edge the room's own staff and vehicles on shift are watched at, drawn as lines with posts."""
