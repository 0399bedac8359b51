"""Who does what to a case: units that handle, grid workers who verify and check, colleagues in the room."""
