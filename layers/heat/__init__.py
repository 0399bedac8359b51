"""Where cases lie close: how many there are to the square kilometre, smoothed. Of cases only, never of people."""
