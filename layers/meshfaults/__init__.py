"""The faults of a mesh of grids that is being checked, over everything else."""
