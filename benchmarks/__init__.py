"""Our figures beside the peers' or the floor's, taken in turn in one run. ``make bench`` runs them all."""
