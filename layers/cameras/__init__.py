"""Site cameras: where each stands, what it sees of the ground, whether it answers. Never what is in its picture."""
