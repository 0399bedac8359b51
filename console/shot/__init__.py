"""Pictures of the program's views, drawn offscreen with live data."""
