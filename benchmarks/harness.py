"""What every benchmark shares: runs that alternate, medians and lower quartiles, a table to read, a file for scripts.

A benchmark is a module run as ``python -m benchmarks.NAME --json OUT``. It hands ``main`` a function that returns
rows. The file is ``{"benchmark", "machine", "rows": [{"what", "unit", "ours", "peer", "peer_name", "ratio", "n"}]}``;
a peer that is not installed is named as absent with nulls, never left out.
"""

import argparse
import os
import platform
import statistics
import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path

import msgspec

LEAST_RUNS = 10


class Sense(StrEnum):
    """How a ratio is to be read."""

    TIMES_FASTER = "x faster"  # peer / ours, for durations
    TIMES_AS_LONG = "x as long"  # ours / peer, for durations beside a floor
    OF_PEER = "x of peer"  # ours / peer, for rates and counts
    FIGURE = ""  # no peer: a figure beside the others


class Row(msgspec.Struct, frozen=True):
    """One line: our figure beside a peer's. ``n`` counts the runs it is the median or quartile of, ``aim`` is ours."""

    what: str
    unit: str
    ours: float
    peer: float | None
    peer_name: str
    ratio: float | None
    n: int
    aim: str = ""


class Result(msgspec.Struct, frozen=True):
    """What ``--json`` writes."""

    benchmark: str
    machine: str
    rows: tuple[Row, ...]


Measure = Callable[[], float]
Rows = list[tuple[Row, Sense]]


def alternate(measures: Mapping[str, Measure], runs: int = LEAST_RUNS, warm_ups: int = 1) -> dict[str, list[float]]:
    """Run the measures in turn, ``runs`` times each after ``warm_ups`` that do not count, and return the figures."""
    figures: dict[str, list[float]] = {name: [] for name in measures}
    for turn in range(warm_ups + runs):
        for name, measure in measures.items():
            figure = measure()
            if turn >= warm_ups:
                figures[name].append(figure)
    return figures


def lower_quartile(figures: Sequence[float]) -> float:
    """Return the 25th percentile (inclusive)."""
    return statistics.quantiles(figures, n=4, method="inclusive")[0] if len(figures) > 1 else figures[0]


def percentile(figures: Sequence[float], percent: float) -> float:
    """Return a percentile by rank."""
    ordered = sorted(figures)
    return ordered[min(len(ordered) - 1, int(percent / 100 * len(ordered)))]


def p99(figures: Sequence[float]) -> float:
    """Return the 99th percentile by rank."""
    return percentile(figures, 99)


def compare(
    what: str,
    unit: str,
    ours: Sequence[float],
    peer: Sequence[float] | None,
    peer_name: str,
    sense: Sense,
    aim: str = "",
) -> Rows:
    """Return two rows, of the medians and of the lower quartiles. ``peer`` is None where the peer is absent."""
    rows: Rows = []
    for name, take in (("median", statistics.median), ("lower quartile", lower_quartile)):
        rows.append(
            single(
                f"{what}, {name}",
                unit,
                take(ours),
                None if peer is None else take(peer),
                peer_name,
                sense,
                len(ours),
                aim,
            )
        )
    return rows


def single(
    what: str, unit: str, ours: float, peer: float | None, peer_name: str, sense: Sense, n: int, aim: str = ""
) -> tuple[Row, Sense]:
    """Return one row of figures that are taken already."""
    ratio = None
    if peer is not None and ours and peer:
        ratio = peer / ours if sense is Sense.TIMES_FASTER else ours / peer
    return Row(what, unit, ours, peer, peer_name, ratio, n, aim), sense


def machine() -> str:
    """Return what the figures were taken on, in a few words."""
    model = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        model = names[0] if names else model
    return (
        f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


def main(benchmark: str, measure: Callable[[], Rows]) -> int:
    """Read ``--json OUT``, take the figures, print the table and write the file. Returns the exit code."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{benchmark}")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures as JSON to OUT")
    out: Path | None = parser.parse_args().json
    publish(benchmark, measure(), out)
    return 0


def publish(benchmark: str, rows: Rows, out: Path | None) -> None:
    """Print the table of a benchmark and write its file."""
    print(f"\n{benchmark} · {machine()}\n")
    print(_table(rows))
    if out is not None:
        result = Result(benchmark, machine(), tuple(row for row, _ in rows))
        out.write_bytes(msgspec.json.format(msgspec.json.encode(result), indent=1) + b"\n")
    sys.stdout.flush()


def _table(rows: Rows) -> str:
    aimed = any(row.aim for row, _ in rows)
    lines = [("what", "ours", "peer", "unit", "ratio", *(["aim"] if aimed else []), "n", "peer is")]
    for row, sense in rows:
        ratio = "-" if row.ratio is None else f"{row.ratio:.2f} {sense}"
        aim = [row.aim or "-"] if aimed else []
        figures = _figure(row.ours), _figure(row.peer)
        lines.append((row.what, *figures, row.unit, ratio, *aim, str(row.n), row.peer_name))
    widths = [max(_width(line[i]) for line in lines) for i in range(len(lines[0]))]
    return "\n".join(
        "  ".join(cell + " " * (w - _width(cell)) for cell, w in zip(line, widths, strict=True)) for line in lines
    )


def _figure(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
