"""The live feed: how messages are written down, who reads, what each has missed, and the telemetry."""
