"""Where the chosen person or vehicle has been since it was chosen, and how sure its place is. Kept here and nowhere."""
