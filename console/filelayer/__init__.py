"""Files of one's own on the map: read in a process apart, bounded, shown, and never sent anywhere."""
