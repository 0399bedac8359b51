"""Components of the town and their sensors: covers, pipes, chargers, cylinders, gauges, each with its state."""
