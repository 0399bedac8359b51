"""``onemap doctor``: a line for each thing the program needs of this computer; works without a display."""

import argparse

from console.bilingual import Bilingual


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand and its options."""
    say = Bilingual()
    parser = subparsers.add_parser("doctor", help=say("cli.doctor"), description=say("cli.doctor.about"))
    parser.add_argument("--server", metavar="URL", default=None, help=say("cli.doctor.server"))


def run(args: argparse.Namespace) -> int:
    """Print the findings; 1 where one of them is a failure."""
    from console.doctor.checks import Verdict, examine

    say = Bilingual()
    worst = 0
    for finding in examine(args.server):
        text = say(finding.key, **finding.values)
        why = f" ({say(finding.why)})" if finding.why else ""
        print(f"{finding.verdict:<5} {say(f'doctor.{finding.what}')}: {text}{why}", flush=True)
        worst = max(worst, int(finding.verdict is Verdict.FAIL))
    return worst
