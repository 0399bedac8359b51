"""The desktop program: it builds everything, wires it, and owns the loop, the tasks, settings, notices and workspaces."""
