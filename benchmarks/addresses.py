"""Searching an address base of 3.47 million: by the beginning of a part, by a fragment within a word, around a place.

Ours is what ``GET /v1/addresses`` asks of the store, in one transaction a question, with and without a place to be near
to. Beside it on the same rows, in the same process and turn by turn: SQLite's FTS5 with trigrams, asked plainly
(fragments of three characters and more; it takes no shorter ones), and ``LIKE`` as the floor (a few questions: it reads
everything). The peers return what they meet first; ours also ranks and measures.
"""

import random
import re
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import address_base
from benchmarks.harness import Rows, Sense, main, percentile, single
from service.addresses.search import around, find
from service.server import spare_collections
from service.store.engine import Store

QUESTIONS, SLOW_QUESTIONS = 600, 12
LIMIT = 20
AIMS = {"at a boundary": "<= 2 ms", "inside a word": "<= 15 ms"}
"""Of the 95th percentiles."""
OURS, TRIGRAM, LIKE = "ours", "FTS5 trigram", "LIKE"
_PART = re.compile(r".+?(?:省|市|街道|镇|乡|社区|村|大道|路|街|巷|弄|号|幢|单元|室)")

Question = tuple[str, float, float]
Ask = Callable[[str, float, float], int]


def questions(samples: list[Question], seed: int) -> dict[str, list[Question]]:
    """Return what is asked, by sort: the beginning of a part and some of what follows it, or anything within words."""
    rng = random.Random(seed)
    made: dict[str, list[Question]] = {"at a boundary": [], "inside a word": [], "one or two characters": []}
    while len(made["at a boundary"]) < QUESTIONS:
        text, lon, lat = rng.choice(samples)
        parts = _PART.findall(text)
        rest = "".join(parts[rng.randrange(3, len(parts)) :])
        made["at a boundary"].append((rest[: rng.randint(3, 10)], lon, lat))
        start = rng.randrange(len(address_base.HEAD), len(text) - 3)
        made["inside a word"].append((text[start : start + rng.randint(3, 8)], lon, lat))
        start = rng.randrange(len(address_base.HEAD), len(text) - 1)
        made["one or two characters"].append((text[start : start + rng.randint(1, 2)], lon, lat))
    return {sort: [q for q in asked if len(q[0]) > (2 if sort[0] != "o" else 0)] for sort, asked in made.items()}


def measure() -> Rows:
    """Ask all, turn by turn, and return the 95th percentiles."""
    made = address_base.path()
    peer = _peer(made)
    store = Store(str(made))
    spare_collections()  # as the service that answers does
    samples = list(peer.execute("SELECT text, lon, lat FROM base.address WHERE id % 997 = 13 LIMIT 4000"))
    asks = _asks(store, peer)
    rows: Rows = []
    for sort, asked in questions(samples, 7).items():
        rows += _row(sort, asked, asks)
    rows += _row("around a place, 200 m", questions(samples, 8)["at a boundary"], {OURS: asks["around"]})
    store.close()
    peer.close()
    return rows


def _asks(store: Store, peer: sqlite3.Connection) -> dict[str, Ask]:
    def ours(asked: str, lon: float, lat: float) -> int:
        with store.reading.begin() as connection:
            return len(find(connection, asked, (lon, lat), LIMIT).addresses)

    def nowhere(asked: str, lon: float, lat: float) -> int:
        with store.reading.begin() as connection:
            return len(find(connection, asked, None, LIMIT).addresses)

    def place(asked: str, lon: float, lat: float) -> int:
        with store.reading.begin() as connection:
            return len(around(connection, lon + 0.0003, lat, 200.0, LIMIT).addresses)

    def trigram(asked: str, lon: float, lat: float) -> int:
        quoted = '"' + asked.replace('"', '""') + '"'
        return len(peer.execute("SELECT rowid, text FROM fts WHERE fts MATCH ? LIMIT ?", (quoted, LIMIT)).fetchall())

    def like(asked: str, lon: float, lat: float) -> int:
        found = peer.execute("SELECT text FROM base.address WHERE text LIKE ? LIMIT ?", (f"%{asked}%", LIMIT))
        return len(found.fetchall())

    return {OURS: ours, "ours, nowhere near": nowhere, TRIGRAM: trigram, LIKE: like, "around": place}


def _row(sort: str, asked: list[Question], asks: dict[str, Ask]) -> Rows:
    short = sort.startswith("one")
    peers = [] if len(asks) == 1 else [LIKE] if short else [TRIGRAM, LIKE]
    names = [OURS, *([] if len(asks) == 1 else ["ours, nowhere near"]), *peers]
    took: dict[str, list[float]] = {name: [] for name in names}
    for number, question in enumerate(asked):
        for name in names:
            if name == LIKE and number >= SLOW_QUESTIONS:
                continue
            began = time.perf_counter()
            found = asks[name](*question)
            took[name].append((time.perf_counter() - began) * 1000.0)
            if not found and name == OURS and len(asks) > 1:
                raise RuntimeError(f"not found: {question[0]}")
    rows: Rows = []
    for percent in (50, 95):
        ours = percentile(took[OURS], percent)
        for peer in peers or [""]:
            other = percentile(took[peer], percent) if peer else None
            what = f"{sort}, p{percent}"
            aim = AIMS.get(sort, "") if percent == 95 else ""
            rows.append(single(what, "ms", ours, other, peer or "-", Sense.TIMES_FASTER, len(took[OURS]), aim))
        if "ours, nowhere near" in took:
            ours = percentile(took["ours, nowhere near"], percent)
            what = f"{sort}, near nothing, p{percent}"
            rows.append(single(what, "ms", ours, None, "-", Sense.FIGURE, len(asked), aim))
    return rows


def _peer(made: Path) -> sqlite3.Connection:
    """Return a connection with the base attached, and the same texts under FTS5 trigrams; built once."""
    beside = made.with_suffix(".fts")
    peer = sqlite3.connect(beside)
    peer.execute("ATTACH ? AS base", (str(made),))
    if not peer.execute("SELECT count(*) FROM sqlite_master WHERE name = 'fts'").fetchone()[0]:
        print("  building the peer's index", flush=True)
        peer.execute("CREATE VIRTUAL TABLE fts USING fts5(text, tokenize = 'trigram')")
        peer.execute("INSERT INTO fts (rowid, text) SELECT id, text FROM base.address")
        peer.commit()
    return peer


if __name__ == "__main__":
    raise SystemExit(main("addresses", measure))
