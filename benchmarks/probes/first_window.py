"""The console's first useful window: signed in, the town's grids and open cases drawn, a key taken.

``python -m benchmarks.probes.first_window URL``, the token in ONEMAP_TOKEN. Prints when that was (monotonic seconds).
"""

import os
import sys

from console import headstart


def main(server: str, token: str) -> int:
    """Start as ``onemap console`` does, wait for the first useful window, and end."""
    early = headstart.begin(server, token, None)
    from benchmarks.probes.usefulness import useful
    from console.program import OpenOptions, open_console

    return open_console(OpenOptions(server=server, token=token, early=early, keep=False), useful)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], os.environ["ONEMAP_TOKEN"]))
