"""Faults made on purpose: power cuts, killed processes, full disks, bad lines; each against the product's own code."""
