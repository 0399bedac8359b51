"""Who moves along the roads: the graph, the bodies on it, and the positions they send."""
