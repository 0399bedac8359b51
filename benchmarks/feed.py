"""The live feed: positions to many consoles beside a broker in C and a TAK server in Python, and catching up.

A row of processor time is the serving process's own share of a core, with everything it did meanwhile: taking the
positions in over HTTP (authorised, checked), keeping a history of them, fanning them out. Age is from just before a fix
is sent to when a console has decoded it. mosquitto takes the same fixes packed ten times a second by who sends them: it
checks, keeps and cuts nothing, so it is the floor. taky passes each on as the XML it came as.
"""

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec

from benchmarks.harness import Rows, Sense, p99, percentile, publish, single
from benchmarks.intake import Reports
from benchmarks.load import drive
from benchmarks.peers.feed_peers import mosquitto, taky
from benchmarks.probes.consoles import Figures, Plan
from benchmarks.processes import Watched, watched
from benchmarks.programs import get_json, make_town, reportable_kind, token
from client.feed import open_feed
from client.picture import Picture
from domain.case import NewReport
from domain.states import Channel
from domain.wire import Snapshot
from domain.wire_feed import Changes, Hello

CONSOLES = 200
THINGS = 7_000
MISSED = 10_000
SOURCE = "bench"


@dataclass
class Outcome:
    """A run: the figures of the consoles, and what the server used of a core and of memory."""

    figures: Figures
    core: float
    memory_mb: float

    @property
    def p99_ms(self) -> float:
        """The age of a fix when it is there."""
        return p99(self.figures.ages_ms) if self.figures.ages_ms else float("inf")

    @property
    def arrived(self) -> float:
        """Share of the fixes sent that a console got; coalescing leaves out those that were overtaken."""
        return self.figures.got / max(1, self.figures.sent)


@dataclass
class House:
    """A running service with many things on shift, and tokens for it."""

    server: Watched
    url: str
    tokens: dict[str, str]
    snapshot: Snapshot
    kind: str
    things: list[str] = field(default_factory=list)

    def post(self, path: str, body: bytes) -> bytes:
        """Post as the script."""
        headers = {"Authorization": f"Bearer {self.tokens['script']}", "Content-Type": "application/json"}
        request = urllib.request.Request(self.url + path, body, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return bytes(answer.read())

    def now(self) -> float:
        """Return the service's time, seconds since 1970."""
        health = get_json(self.url, "/v1/health", "")
        return datetime.fromisoformat(health["now"]).timestamp()

    def plan(self, per_second: int, seconds: float, every_s: float, *, rate_hz: int = 10, reports: float = 0.0) -> Plan:
        """Return what consoles and field are to do."""
        host, _, port = self.url.rpartition("//")[2].partition(":")
        head = get_json(self.url, "/v1/health", "")["head"]
        report = NewReport(channel=Channel.HOTLINE, text="老街口井盖缺失", kind=self.kind, lon=120.72, lat=29.7)
        return Plan(
            carrier="onemap",
            host=host,
            port=int(port),
            consoles=CONSOLES,
            things=self.things[: min(THINGS, max(700, per_second))],
            per_second=per_second,
            seconds=seconds,
            every_s=every_s,
            reader=self.tokens["desk"],
            gate=self.tokens["gate"],
            path=f"/v1/feed?epoch={self.snapshot.epoch}&since={head}",
            rate_hz=rate_hz,
            clock_ahead_s=self.now() - time.time(),
            reports=reports,
            report=msgspec.json.encode(report).decode(),
        )


def carry_out(plan: Plan, server: Watched) -> Outcome:
    """Run the consoles and the field, and read the server's clock while they count.

    They are not to be unbuffered, whatever this environment says: of a long line Python then writes what a pipe takes
    at once and drops the rest.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.probes.consoles"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=environment,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(msgspec.json.encode(plan).decode())
    process.stdin.close()
    used = began = core = memory = 0.0
    try:
        for line in process.stdout:
            if line.startswith("counting"):
                used, began = server.cpu_s(), time.monotonic()
            elif line.startswith("counted"):
                core, memory = (server.cpu_s() - used) / (time.monotonic() - began), server.memory_mb()
            elif line.startswith("figures "):
                return Outcome(msgspec.json.decode(line[8:], type=Figures), core, memory)
    finally:
        process.wait(timeout=30)
    raise RuntimeError("the consoles ended without figures")


def prepare(stack: ExitStack, folder: Path) -> House:
    """Start a service and put the things in."""
    town = make_town(folder / "town")
    database = f"sqlite:///{(folder / 'feed.db').as_posix()}"
    words = [sys.executable, "-m", "service", "run", "--database", database, "--town", str(town), "--port", "0"]
    server = stack.enter_context(watched(words, "ready "))
    tokens = {
        "desk": token(database, "desk", "acceptor", "duty_chief", "dispatcher"),
        "gate": token(database, "gate", "gateway"),
        "script": token(database, "script", "importer"),
    }
    request = urllib.request.Request(
        f"{server.said}/v1/snapshot", headers={"Authorization": f"Bearer {tokens['desk']}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        raw = answer.read()
    house = House(
        server, server.said, tokens, msgspec.json.decode(raw, type=Snapshot), reportable_kind(msgspec.json.decode(raw))
    )
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(house.now() - 3600))
    for first in range(0, THINGS, 1000):
        rows = [
            {
                "source": SOURCE,
                "thing": f"t{n:05d}",
                "name": f"{n}",
                "source_at": at,
                "fixed_at": at,
                "lon": 120.8,
                "lat": 29.6,
            }
            for n in range(first, first + 1000)
        ]
        house.post("/v1/import/positions", msgspec.json.encode({"positions": rows}))
        house.things += [f"{SOURCE}:{row['thing']}" for row in rows]
    return house


def positions(house: House, peers: dict[str, Watched | None], *, quick: bool) -> Rows:
    """Measure the fan-out beside the peers."""
    seconds = 4.0 if quick else 10.0
    rows: Rows = []
    for per_second, every_s in ((700, 0.05), (7_000, 0.02)):
        ours = carry_out(house.plan(per_second, seconds, every_s), house.server)
        floor = _peer(house, peers["mosquitto"], "mqtt", per_second, seconds, every_s)
        rows += _compared(
            f"{per_second:,} positions/s to {CONSOLES} consoles at 10 Hz", ours, floor, "mosquitto, batched"
        )
    slow = _peer(house, peers["taky"], "cot", 700, seconds, 0.05)
    ours = carry_out(house.plan(700, seconds, 0.05), house.server)
    name = "taky" if slow is None or slow.arrived > 0.95 else f"taky, saturated: {slow.arrived:.0%} in time"
    rows += _compared(f"700 positions/s to {CONSOLES} consoles, again", ours, slow, name)
    fast = carry_out(house.plan(7_000, seconds, 0.02, rate_hz=50), house.server)
    rows += _compared(f"7,000 positions/s to {CONSOLES} consoles at 50 Hz", fast, None, "none")
    return rows


def flood(house: House, *, quick: bool) -> Rows:
    """Send ten times what a county sends and see whether cases still commit."""
    seconds = 8.0 if quick else 60.0
    before = house.server.memory_mb()
    plan = house.plan(70_000, seconds, 0.014, reports=0.1)
    plan.lead_s = 1.0
    ours = carry_out(plan, house.server)
    after = get_json(house.url, "/v1/health", "")
    assert after["status"] == "ok"
    waits = ours.figures.waits_ms
    what = f"70,000 positions/s to {CONSOLES} consoles for {seconds:.0f} s"
    figures = (
        ("service", "core", ours.core),
        (
            "positions taken in a second",
            "1/s",
            (ours.figures.sent - 1000 * ours.figures.refused) / ours.figures.seconds,
        ),
        ("age at a console, p99", "ms", ours.p99_ms),
        ("reports committed meanwhile", "count", float(len(waits))),
        ("reports and consoles lost", "count", float(ours.figures.reports_refused)),
        ("report to answer, median", "ms", percentile(waits, 50)),
        ("report to answer, p99", "ms", p99(waits)),
        ("memory gained", "MB", ours.memory_mb - before),
        ("consoles and field", "core", ours.figures.core),
    )
    return [single(f"{what}: {name}", unit, value, None, "none", Sense.FIGURE, 1) for name, unit, value in figures]


def _peer(
    house: House, server: Watched | None, carrier: str, per_second: int, seconds: float, every_s: float
) -> Outcome | None:
    if server is None:
        return None
    plan = house.plan(per_second, seconds, every_s)
    plan.carrier, plan.host, plan.port = carrier, "127.0.0.1", int(server.said)
    return carry_out(plan, server)


def _compared(what: str, ours: Outcome, peer: Outcome | None, name: str) -> Rows:
    count = max(1, len(ours.figures.ages_ms))
    return [
        single(f"{what}: server", "core", ours.core, None if peer is None else peer.core, name, Sense.TIMES_AS_LONG, 1),
        single(
            f"{what}: age, median",
            "ms",
            percentile(ours.figures.ages_ms, 50),
            None if peer is None or not peer.figures.ages_ms else percentile(peer.figures.ages_ms, 50),
            name,
            Sense.TIMES_AS_LONG,
            count,
        ),
        single(
            f"{what}: age, p99",
            "ms",
            ours.p99_ms,
            None if peer is None else peer.p99_ms,
            name,
            Sense.TIMES_AS_LONG,
            count,
        ),
        single(
            f"{what}: arrived",
            "share",
            ours.arrived,
            None if peer is None else peer.arrived,
            name,
            Sense.OF_PEER,
            count,
        ),
    ]


def catching_up(house: House, *, quick: bool) -> Rows:
    """Measure how long a console takes that has missed 10,000 changes: reports, as they came over HTTP."""
    reports = Reports(house.url, house.tokens["gate"], house.kind)
    made = 0
    while made < MISSED:
        made += len(drive(house.url, reports.request, clients=32, seconds=1.0, first=made).waits_s) or 1
    heard, folded = asyncio.run(_missed(house, 4 if quick else 12))
    what = f"{MISSED:,} missed changes"
    rows = (
        ("all heard and decoded, median", statistics.median(heard)),
        ("all heard and decoded, p99", p99(heard)),
        ("folded into the picture too, median", statistics.median(folded)),
    )
    return [single(f"{what}: {name}", "ms", value, None, "none", Sense.FIGURE, len(heard)) for name, value in rows]


async def _missed(house: House, runs: int) -> tuple[list[float], list[float]]:
    head = int(get_json(house.url, "/v1/health", "")["head"])
    url = house.url.replace("http", "ws", 1) + "/v1/feed"
    figures: tuple[list[float], list[float]] = ([], [])
    for turn in range(2 * (runs + 1)):
        picture = Picture(msgspec.structs.replace(house.snapshot, head=head - MISSED)) if turn % 2 else None
        began = time.perf_counter()
        async with open_feed(url, house.tokens["desk"], None, epoch=house.snapshot.epoch, since=head - MISSED) as feed:
            async for message in feed.messages():
                if picture is not None and not isinstance(message, Exception | Hello):
                    picture.apply(message)
                if isinstance(message, Changes) and message.changes[-1].seq >= head:
                    break
            took = (time.perf_counter() - began) * 1000
        if turn >= 2:
            figures[turn % 2].append(took)
    return figures


def measure(*, quick: bool) -> Rows:
    """Return all rows."""
    with tempfile.TemporaryDirectory(prefix="onemap-feed-") as name, ExitStack() as stack:
        folder = Path(name)
        house = prepare(stack, folder)
        peers = {"mosquitto": mosquitto(stack, folder), "taky": taky(stack, folder)}
        rows = positions(house, peers, quick=quick)
        rows += catching_up(house, quick=quick)
        rows += flood(house, quick=quick)
        rows += _after(house)
        return rows


def _after(house: House) -> Rows:
    """The service after it all: how many cases it holds shows that nothing of them was lost."""
    head = float(get_json(house.url, "/v1/health", "")["head"])
    return [single("changes in the log at the end", "count", head, None, "none", Sense.FIGURE, 1)]


def main() -> int:
    """Read the arguments, measure and publish."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.feed")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the figures as JSON to OUT")
    parser.add_argument("--quick", action="store_true", help="seconds instead of minutes")
    given = parser.parse_args()
    publish("feed", measure(quick=given.quick), given.json)
    return 0


if __name__ == "__main__":
    sys.exit(main())
