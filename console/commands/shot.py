"""``onemap shot``: draws a view offscreen with live data into a PNG."""

import argparse
import os
import re
import sys
from pathlib import Path

from console.access import add_token_option, check_server, read_token
from console.bilingual import Bilingual

EXIT_NO_PICTURE = 1
MOST_PX = 16384


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the subcommand and its options."""
    from console.shot.views import SCENE_NAMES, VIEWS

    say = Bilingual()
    parser = subparsers.add_parser("shot", help=say("cli.shot"), description=say("cli.shot.about"))
    parser.add_argument(
        "view", metavar="VIEW", choices=sorted(VIEWS), help=say("cli.shot.view", views=", ".join(VIEWS))
    )
    parser.add_argument("out", metavar="OUT.png", type=Path, help=say("cli.shot.out"))
    parser.add_argument("--size", metavar="WxH", type=size, default=(1920, 1080), help=say("cli.shot.size"))
    parser.add_argument("--lang", choices=("zh", "en"), default="zh", help=say("cli.shot.lang"))
    parser.add_argument("--theme", choices=("dark", "light"), default="dark", help=say("cli.shot.theme"))
    parser.add_argument(
        "--scene", metavar="NAME", default="", help=f"{say('cli.shot.scene')}: {', '.join(SCENE_NAMES)}"
    )
    parser.add_argument("--server", metavar="URL", default=None, help=say("cli.shot.server"))
    parser.add_argument("--ca-file", metavar="FILE", type=Path, default=None, help=say("cli.ca_file"))
    add_token_option(parser, say("cli.token_file"))


def size(text: str) -> tuple[int, int]:
    """Return width and height in pixels. Raises ValueError where the text is no size within bounds."""
    found = re.fullmatch(r"(\d{2,5})x(\d{2,5})", text)
    if found is None or not (200 <= int(found[1]) <= MOST_PX and 200 <= int(found[2]) <= MOST_PX):
        raise ValueError(text)
    return int(found[1]), int(found[2])


def run(args: argparse.Namespace) -> int:
    """Draw the view; 1 where there was nothing to see within the time."""
    check_server(args.server)
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    say = Bilingual()
    token = None if args.server is None else read_token(args.token_file)
    from console import headstart

    early = headstart.begin(args.server, token, args.ca_file, keep=False)
    from console.demo.room import DEFAULT_SPEED, DemoRoom
    from console.program import OpenOptions
    from console.shot.take import Picture, take
    from console.shot.views import SCENE_NAMES

    if args.scene and args.scene not in SCENE_NAMES:
        print(say("cli.shot.no_scene", name=args.scene, scenes=", ".join(SCENE_NAMES)), file=sys.stderr)
        return EXIT_NO_PICTURE
    language = "zh-CN" if args.lang == "zh" else "en"
    picture = Picture(args.view, args.out, args.size, language, args.theme, args.scene)
    if args.server is not None:
        if token is None:
            print(say("cli.shot.needs_token"), file=sys.stderr)
            return EXIT_NO_PICTURE
        return take(OpenOptions(server=args.server, token=token, ca_file=args.ca_file, early=early), picture)

    def tell(key: str, **values: str | int | float | None) -> None:
        print(say(key, **values), file=sys.stderr, flush=True)

    with DemoRoom(1, DEFAULT_SPEED, tell) as room:
        operator = room.operator
        options = OpenOptions(server=room.url, user=operator.user, password=operator.password, watch=room.dead)
        return take(options, picture)
