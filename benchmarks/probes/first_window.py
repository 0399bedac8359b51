"""The console's first useful window: signed in, the town's grids and open cases drawn, a key taken.

``python -m benchmarks.probes.first_window URL [--map-kept]``, the token in ONEMAP_TOKEN. Prints when that was
(monotonic seconds). With ``--map-kept`` the town's map is kept below ONEMAP_HOME for the next start, as a console
keeps it, and taken from there; without it is fetched and read as at the very first start.
"""

import os
import sys

from console import headstart


def main(server: str, token: str, *, map_kept: bool) -> int:
    """Start as ``onemap console`` does, wait for the first useful window, and end."""
    early = headstart.begin(server, token, None, keep=map_kept)
    from benchmarks.probes.usefulness import useful
    from console.desk import Desk
    from console.folders import find_folders
    from console.ground import GroundStore
    from console.program import OpenOptions, open_console

    async def until_kept(desk: Desk) -> int:
        code = await useful(desk)
        ground = desk.map_feed.ground()
        if ground is not None:
            GroundStore(find_folders().cache if map_kept else None).keep(server, ground)
        return code

    return open_console(OpenOptions(server=server, token=token, early=early, keep=False), until_kept)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1], os.environ["ONEMAP_TOKEN"], map_kept="--map-kept" in sys.argv))
