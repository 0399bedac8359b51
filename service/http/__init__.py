"""The doors: one module per group of endpoints, and what they share (bodies, faults, who is asking)."""
