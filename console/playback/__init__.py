"""Playing back where everything was in the last hours: the tape, the player with its virtual time, and the desk."""
