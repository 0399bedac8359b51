"""``python -m benchmarks.faults power-cut|kill|disk|proxy|outbox --json OUT``: the exit code is 1 where one is lost."""

import argparse
import sys
from pathlib import Path

from benchmarks.faults import disk, kill, outbox, power_cut, proxy
from benchmarks.harness import publish

KINDS = {
    "power-cut": power_cut.measure,
    "kill": kill.measure,
    "disk": disk.measure,
    "proxy": proxy.measure,
    "outbox": outbox.measure,
}


def main() -> int:
    """Make the faults asked for, print the table and write the file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.faults")
    parser.add_argument("kind", choices=list(KINDS))
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures as JSON to OUT")
    parser.add_argument("--times", "--kills", type=int, metavar="N", help="how often, instead of the whole number")
    args = parser.parse_args()
    rows, good = KINDS[args.kind](args.times)
    publish(f"faults {args.kind}", rows, args.json)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
