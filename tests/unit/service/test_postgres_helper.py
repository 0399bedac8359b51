"""The tests' own PostgreSQL server: durable over kills, private, and gone afterwards."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from postgres import PREFIX, Cluster


def test_a_kill_loses_nothing_and_the_port_stays(own_cluster: Cluster) -> None:
    name = own_cluster.create()
    port = own_cluster.port
    with psycopg.connect(own_cluster.url(name, tcp=True)) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept VALUES (1)")
    for end in (own_cluster.kill, own_cluster.stop):
        end()
        assert not own_cluster.running
        own_cluster.start()
        assert own_cluster.port == port
        with psycopg.connect(own_cluster.url(name, tcp=True)) as connection:
            assert connection.execute("SELECT n FROM kept").fetchall() == [(1,)]


def test_copies_of_a_template_are_apart(cluster: Cluster) -> None:
    def build(url: str) -> None:
        with psycopg.connect(url) as connection:
            connection.execute("CREATE TABLE x (n int)")

    first, second = (cluster.create(cluster.template("for this test", build)) for _ in range(2))
    with cluster.admin(first) as connection:
        connection.execute("INSERT INTO x VALUES (1)")
    with cluster.admin(second) as connection:
        assert connection.execute("SELECT count(*) FROM x").fetchone() == (0,)
    cluster.drop(first)
    cluster.drop(second)


def test_nobody_comes_in_over_the_network_without_the_password(cluster: Cluster) -> None:
    url = cluster.url("postgres", tcp=True).replace(cluster.password, "guessed")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(url)


def test_it_ends_with_the_process_that_started_it_however_that_ends(cluster: Cluster, tmp_path: Path) -> None:
    code = (
        "import sys, time\nfrom postgres import Cluster\nmade = Cluster()\n"
        "print(made.folder, made._process.pid, flush=True)\ntime.sleep(60)"
    )
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2] / "helpers"), "TMPDIR": "/tmp"}
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=env) as process:
        assert process.stdout is not None
        folder, pid = process.stdout.readline().split()
        process.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 15
    while _lives(int(pid)):
        assert time.monotonic() < deadline, "the server outlived its starter"
        time.sleep(0.02)
    assert Path(folder).name.startswith(PREFIX)
    Cluster().close()
    assert not Path(folder).exists(), "what a killed run left is removed by the next"


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except OSError:
        return False
