"""A made-up county's address base of 3.47 million, seeded; built once and kept under ``build/``.

Towns, communities and roads have names of two to four characters; in the dense parts a number has buildings, units and
rooms, elsewhere it is a house. The order is that of an export: road after road, number after number.
"""

import random
import time
from collections.abc import Iterator
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from domain.wire import ImportedAddress
from service.addresses.keeping import stage
from service.starting import opened
from service.store import statements as sql
from service.write.flushing import flush

COUNT = 3_470_000
SEED = 20_260_306
BATCH = 40_000
CACHE = Path(__file__).resolve().parent.parent / "build" / "addresses"
HEAD = "浙江省越州市清源市"
WEST, SOUTH, WIDE, HIGH = 120.45, 29.32, 0.60, 0.52

_GIVEN = "官河新北南城东西中长乐甘霖崇仁黄泽三界石璜谷来金庭下王竹溪贵门里北漳鹿山浦口剡湖仙岩通源雅璜王院"
_TOWN = ("街道", "镇", "镇", "乡")
_COMMUNITY = ("社区", "村", "村")
_ROAD = ("路", "路", "街", "巷", "弄", "大道")


def path(count: int = COUNT) -> Path:
    """Return the SQLite file of the base, made where it is not there yet or was made by another recipe."""
    recipe = sha256(Path(__file__).read_bytes() + _index_sources()).hexdigest()[:12]
    made = CACHE / f"{count}-{recipe}.db"
    if not made.exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        for old in CACHE.glob(f"{count}-*"):
            old.unlink()
        _build(made, count)
    return made


def addresses(count: int = COUNT, seed: int = SEED) -> Iterator[ImportedAddress]:
    """Yield the base, always the same one."""
    rng = random.Random(seed)
    made = 0
    while made < count:
        for row in _town(rng, made):
            yield row
            made += 1
            if made == count:
                return


def _town(rng: random.Random, made: int) -> Iterator[ImportedAddress]:
    name = _name(rng, 2) + rng.choice(_TOWN)
    lon, lat = WEST + rng.random() * WIDE, SOUTH + rng.random() * HIGH
    dense = name.endswith("街道")
    number = made
    for place in range(rng.randint(18, 26)):
        community = _name(rng, 2) + ("社区" if dense else rng.choice(_COMMUNITY))
        at = lon + rng.gauss(0, 0.012), lat + rng.gauss(0, 0.012)
        division = f"330683{100 + made // 170_000 % 900:03d}{1 + place:03d}"
        for _ in range(rng.randint(6, 12)):
            road = _name(rng, rng.choice((2, 2, 3))) + rng.choice(_ROAD)
            for text, away in _doors(rng, dense=dense):
                yield ImportedAddress(
                    code=f"{division}{number:08d}",
                    text=f"{HEAD}{name}{community}{road}{text}",
                    lon=round(at[0] + away * 0.00012 + rng.random() * 0.0004, 7),
                    lat=round(at[1] + away * 0.00004 + rng.random() * 0.0004, 7),
                    division=division,
                    source="bench",
                )
                number += 1


def _doors(rng: random.Random, *, dense: bool) -> Iterator[tuple[str, int]]:
    for number in range(1, rng.randint(30, 140), 1 if not dense else 2):
        if not dense or rng.random() < 0.5:
            yield f"{number}号", number
            continue
        for building in range(1, rng.randint(2, 5)):
            for unit in range(1, rng.randint(2, 4)):
                for floor in range(1, rng.choice((4, 6, 6, 11))):
                    for door in (1, 2):
                        yield f"{number}号{building}幢{unit}单元{floor}0{door}室", number


def _name(rng: random.Random, length: int) -> str:
    return "".join(rng.choice(_GIVEN) for _ in range(length))


def _build(made: Path, count: int) -> None:
    began = time.monotonic()
    rows = addresses(count)
    unfinished = made.with_suffix(".part")
    for left in CACHE.glob(f"{unfinished.name}*"):
        left.unlink()
    with opened(str(unfinished), exclusive=True) as store, store.writing.connect() as connection:
        written = 0
        while written < count:
            batch = list(islice(rows, BATCH))
            written += _keep(connection, batch)
            print(f"  addresses: {written:,} of {count:,}, {time.monotonic() - began:.0f} s", flush=True)
        store.checkpoint()
    unfinished.rename(made)


def _keep(connection: Connection, batch: list[ImportedAddress]) -> int:
    staged: sql.Rows = {}

    def put(statement: Any, *rows: dict[str, Any]) -> None:
        staged.setdefault(statement, []).extend(rows)

    with connection.begin():
        stage(connection, put, batch, {})
        flush(connection, staged, {})
    return len(batch)


def _index_sources() -> bytes:
    folder = Path(__file__).resolve().parent.parent / "service" / "addresses"
    return b"".join(p.read_bytes() for p in sorted(folder.glob("*.py")) if p.stem not in ("search", "__init__"))
