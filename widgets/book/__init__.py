"""The books of the room: what is laid down for the day something happens, read and kept at one sheet."""
