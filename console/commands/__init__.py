"""The subcommands of ``onemap``, one a file, each with ``add_parser`` and ``run``; heavy imports wait until run."""
