"""Watching geofences: where fixes lie at them, how each thing stands, and what is to be told (``domain.fencing``)."""
