"""The desktop program: it builds and wires everything, and owns loop, tasks, settings, notices and workspaces."""
