"""``kill``: the service is killed under load again and again, on SQLite and on PostgreSQL, and so is PostgreSQL itself.

Reporters send each report with the same key until it is answered. Nothing that was answered may be gone, nothing may
be there twice, and the service has to serve again within a second of being started.
"""

import contextlib
import random
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks.faults.crowd import Crowd
from benchmarks.faults.victim import Loss, Victim
from benchmarks.harness import Rows, Sense, percentile, single
from benchmarks.postgres import Cluster, why_not
from benchmarks.programs import get_json, make_town, reportable_kind, token

SQLITE_KILLS = 100
POSTGRES_KILLS = 30
SERVER_KILLS = 5
WORK_S = (0.15, 0.8)
"""How long the service works between two kills."""


def measure(times: int | None) -> tuple[Rows, bool]:
    """Kill ``times`` times on SQLite (a third of it on PostgreSQL, a tenth its server); returns rows and verdict."""
    kills = (SQLITE_KILLS, POSTGRES_KILLS, SERVER_KILLS)
    if times is not None:
        kills = (times, max(1, times // 3), max(1, times // 10))
    rows: Rows = []
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        town = make_town(folder / "town")
        good = _on_sqlite(rows, folder, town, kills[0])
        reason = why_not()
        if reason is None:
            with contextlib.closing(Cluster(durable=True)) as cluster:
                good &= _on_postgres(rows, cluster, town, kills[1])
                good &= _under_postgres(rows, cluster, town, kills[2])
        else:
            rows.append(single("kills on PostgreSQL", "kills", 0, None, f"absent: {reason}", Sense.FIGURE, 0))
    return rows, good


def _on_sqlite(rows: Rows, folder: Path, town: Path, kills: int) -> bool:
    return _killing(rows, "service on SQLite", str(folder / "town.db"), town, kills, None)


def _on_postgres(rows: Rows, cluster: Cluster, town: Path, kills: int) -> bool:
    return _killing(rows, "service on PostgreSQL", cluster.url(cluster.create()), town, kills, None)


def _under_postgres(rows: Rows, cluster: Cluster, town: Path, kills: int) -> bool:
    return _killing(
        rows, "PostgreSQL itself", cluster.url(cluster.create()), town, kills, partial(_kill_server, cluster)
    )


def _kill_server(cluster: Cluster) -> None:
    cluster.kill()
    cluster.start()


def _killing(rows: Rows, what: str, database: str, town: Path, kills: int, instead: Callable[[], None] | None) -> bool:
    """Kill the service (or do ``instead``) ``kills`` times under load; adds rows and returns whether all is right."""
    rng = random.Random(kills)
    restarts: list[float] = []
    with Victim(database, town) as victim:
        bearer = token(database, "crowd", "gateway")
        kind = reportable_kind(get_json(victim.url, "/v1/snapshot", bearer))
        crowd = Crowd(lambda: victim.url, bearer, kind)
        crowd.start()
        for _ in range(kills):
            time.sleep(rng.uniform(*WORK_S))
            if instead is None:
                victim.kill()
                restarts.append(victim.start())
            else:
                restarts.append(_until_answered(crowd, instead))
        time.sleep(WORK_S[1])
        crowd.stop()
    loss = Loss(database, crowd)
    answered = len(crowd.answered)
    rows.append(
        single(
            f"{what} killed {kills} times: acknowledged reports lost",
            "reports",
            loss.lost,
            answered,
            "acknowledged",
            Sense.FIGURE,
            kills,
        )
    )
    rows.append(
        single(
            f"{what} killed {kills} times: doubled, broken or wrong",
            "reports",
            loss.doubled + loss.broken + len(crowd.wrong),
            crowd.tries,
            "tries",
            Sense.FIGURE,
            kills,
        )
    )
    until = "until it serves" if instead is None else "until the next answer"
    rows.append(
        single(
            f"{what}: {until}, median",
            "s",
            statistics.median(restarts),
            percentile(restarts, 95),
            "95th percentile",
            Sense.FIGURE,
            kills,
        )
    )
    return loss.good and not crowd.wrong


def _until_answered(crowd: Crowd, fault: Callable[[], None]) -> float:
    fault()
    answered, began = len(crowd.answered), time.perf_counter()
    while len(crowd.answered) == answered and time.perf_counter() - began < 60:
        time.sleep(0.005)
    return time.perf_counter() - began
