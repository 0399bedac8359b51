"""The map at county and at province scale, 1920 x 1080, one core, beside QGIS: every figure with its aim.

``python -m benchmarks.map --data county|province [--what GROUP ...] [--runs N] [--json OUT]``. A province takes
minutes, so its groups can be taken one by one: rows of other groups that OUT has already are kept. The groups:

* ``kernels``: full redraw and all staff moved, in turn with QGIS (``benchmarks.maps.kernels``)
* ``view``: the map as a person sees it: updates, frame gaps (``benchmarks.maps.view``)
* ``small``: what is under the pointer, labels, shapes thinned for a scale (``benchmarks.maps.small``)
* ``memory``: beside QGIS with the same data as memory layers
* ``early``: what holds before the kernels are ready (``benchmarks.maps.early``)
"""

import argparse
import os
from collections.abc import Callable
from pathlib import Path

import msgspec

from benchmarks.county import SIZES, County, make_county
from benchmarks.harness import LEAST_RUNS, Result, Rows, Sense, publish
from benchmarks.maps.early import early_rows
from benchmarks.maps.kernels import kernel_rows
from benchmarks.maps.small import memory_rows, small_rows
from benchmarks.maps.view import view_rows

Group = Callable[[County, str, int], Rows]
GROUPS: dict[str, Group] = {
    "kernels": kernel_rows,
    "view": view_rows,
    "small": small_rows,
    "memory": memory_rows,
    "early": early_rows,
}


def measure(land: str, groups: list[str], runs: int) -> Rows:
    """Take the figures of some groups, all on one core but where a row says otherwise."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    county = make_county(land)
    rows: Rows = []
    for group in groups:
        rows += GROUPS[group](county, land, runs)
    return rows


def kept(out: Path | None, rows: Rows) -> Rows:
    """Return the rows of an earlier run that these do not replace."""
    if out is None or not out.exists():
        return []
    new = {(row.what, row.peer_name) for row, _ in rows}
    earlier = msgspec.json.decode(out.read_bytes(), type=Result)
    return [(row, Sense.FIGURE) for row in earlier.rows if (row.what, row.peer_name) not in new]


def main() -> int:
    """Read the command line, take the figures, print and write them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.map")
    parser.add_argument("--data", choices=tuple(SIZES), default="county")
    parser.add_argument("--what", nargs="+", choices=tuple(GROUPS), default=list(GROUPS), metavar="GROUP")
    parser.add_argument("--runs", type=int, default=LEAST_RUNS, help="alternations with QGIS")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures as JSON to OUT")
    given = parser.parse_args()
    rows = measure(given.data, given.what, max(2, given.runs))
    publish("map", [*kept(given.json, rows), *rows], given.json)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
