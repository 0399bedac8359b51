"""The demo: a fictional town with its service and its field, each a process of its own, ended with this program."""
