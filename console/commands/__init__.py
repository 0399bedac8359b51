"""The subcommands of ``onemap``, one a file; each has ``add_parser`` and ``run``, and imports what it needs when run."""
