"""A real PostgreSQL of our own for benchmarks and tests: a private cluster, cloned databases, gone with the process."""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

OLDEST = 15
START_WITHIN_S = 60.0
STOP_WITHIN_S = 20.0
USER = "onemap"
PREFIX = "onemap-pg-"
RUNS_AS = ("postgres", "nobody")
"""Users a server started by root may run as, the first there is; PostgreSQL refuses to run as root."""

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "log_min_messages": "fatal",
    "jit": "off",
}
QUICK = {
    "fsync": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "shared_buffers": "32MB",
    "autovacuum_naptime": "10min",
}
"""A server or service that is killed loses nothing by these: only a power cut of the machine would. Measurements run on
the server's own defaults instead."""


class NoPostgres(Exception):
    """There is no PostgreSQL to be had here; the text says why."""


def binaries() -> Path:
    """Return the folder of the newest server's programs. Raises ``NoPostgres``."""
    if sys.platform == "win32":
        raise NoPostgres("the tests start PostgreSQL on Linux only")
    debian = Path("/usr/lib/postgresql")
    found = [p for p in debian.glob("*/bin") if (p / "initdb").exists() and p.parent.name.isdecimal()]
    found = sorted((p for p in found if int(p.parent.name) >= OLDEST), key=lambda p: int(p.parent.name))
    if found:
        return found[-1]
    named = shutil.which("initdb")
    if named is None:
        raise NoPostgres(f"no PostgreSQL {OLDEST} or newer is installed (Debian: apt-get install postgresql)")
    said = subprocess.run([named, "--version"], capture_output=True, text=True, timeout=20, check=True).stdout.split()
    if int(said[-1 if said[-1][0].isdigit() else 2].split(".")[0]) < OLDEST:
        raise NoPostgres(f"{named} is older than PostgreSQL {OLDEST}")
    return Path(named).resolve().parent


def _user() -> str | None:
    """Return the user the server runs as, None for our own. Raises ``NoPostgres`` where root has nobody to be."""
    if os.getuid() != 0:
        return None
    import pwd

    known = {entry.pw_name for entry in pwd.getpwall()}
    if shutil.which("setpriv") is None:
        raise NoPostgres("setpriv (util-linux) is needed to run PostgreSQL from root")
    for name in RUNS_AS:
        if name in known:
            return name
    raise NoPostgres(f"run by root, and there is no user {' or '.join(RUNS_AS)} to run PostgreSQL as")


def why_not() -> str | None:
    """Return why no PostgreSQL can be had here, None where it can."""
    try:
        binaries()
        _user()
    except NoPostgres as error:
        return str(error)
    return None


class Cluster:
    """A running PostgreSQL server in a folder of its own.

    ``durable`` runs it with fsync as a county would, for measurements; the tests need only that it survives kills.
    Start it on a thread that lives as long as it shall: the system ends it with that thread, however that ends.
    """

    def __init__(self, *, durable: bool = False, **settings: str) -> None:
        self._bin = binaries()
        self._as = _user()
        self._durable = durable
        self._settings = {**SETTINGS, **({} if durable else QUICK), **settings}
        self._process: subprocess.Popen[bytes] | None = None
        self._databases = 0
        self._templates: dict[str, str] = {}
        self.password = secrets.token_urlsafe(12)
        self.port = 0
        _sweep()
        self.folder = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
        try:
            self._own(self.folder)
            self._init()
            self.start()
        except BaseException:
            self.close()
            raise

    # -- the server ------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the server and wait until it answers; on the port it had, where that is still free."""
        deadline = time.monotonic() + START_WITHIN_S
        while time.monotonic() < deadline:
            self.port = _free_port(self.port)
            options = {**self._settings, "unix_socket_directories": str(self.folder), "port": str(self.port)}
            words = [str(self._bin / "postgres"), "-D", str(self.folder / "data")]
            for name, value in options.items():
                words += ["-c", f"{name}={value}"]
            with (self.folder / "log").open("ab") as log:
                self._process = subprocess.Popen(
                    self._prefix(dies_with_us=True) + words,
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    cwd="/",
                    start_new_session=True,
                )
            if self._answers(deadline):
                return
            time.sleep(0.1)  # children of a killed server may still be there for a moment
        raise AssertionError(f"PostgreSQL did not start: {(self.folder / 'log').read_text()[-2000:]}")

    def stop(self) -> None:
        """Stop the server at once: open connections are cut, what was committed is recovered at the next start."""
        self._end(signal.SIGQUIT)

    def kill(self) -> None:
        """Kill the server process with SIGKILL; its children notice and end."""
        self._end(signal.SIGKILL)

    def restart(self) -> None:
        """Stop and start again on the same port."""
        self.stop()
        self.start()

    def close(self) -> None:
        """End the server and remove everything of it."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def running(self) -> bool:
        """Whether the server process lives."""
        return self._process is not None and self._process.poll() is None

    # -- databases -------------------------------------------------------------------------------------------------

    def url(self, database: str, *, tcp: bool = False) -> str:
        """Return the URL of a database: over the socket, or over 127.0.0.1 with a password."""
        if tcp:
            return f"postgresql://{USER}:{self.password}@127.0.0.1:{self.port}/{database}"
        return f"postgresql://{USER}@/{database}?host={quote(str(self.folder), safe='')}&port={self.port}"

    def create(self, template: str = "template0") -> str:
        """Make a new database, a copy of ``template``, and return its name."""
        self._databases += 1
        name = f"t{os.getpid()}_{self._databases}"
        with self.admin() as connection:
            words = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY")
            connection.execute(words.format(sql.Identifier(name), sql.Identifier(template)))
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        with self.admin() as connection:
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def template(self, name: str, build: Callable[[str], None]) -> str:
        """Return a database to copy, made by ``build(url)`` when it is first asked for. Nobody may stay connected."""
        if name not in self._templates:
            made = self.create()
            build(self.url(made))
            self._templates[name] = made
        return self._templates[name]

    @contextmanager
    def admin(self, database: str = "postgres") -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
        """Open a connection of the superuser, each statement committed by itself."""
        with psycopg.connect(self.url(database), autocommit=True, connect_timeout=10) as connection:
            yield connection

    # -- how it is run ---------------------------------------------------------------------------------------------

    def _prefix(self, *, dies_with_us: bool = False) -> list[str]:
        ends = ["--pdeathsig", "QUIT"] if dies_with_us and shutil.which("setpriv") else []
        if self._as is not None:
            return ["setpriv", "--reuid", self._as, "--regid", _group(self._as), "--clear-groups", *ends, "--"]
        return ["setpriv", *ends, "--"] if ends else []

    def _own(self, path: Path) -> None:
        if self._as is not None:
            shutil.chown(path, self._as, _group(self._as))

    def _init(self) -> None:
        secret = self.folder / "password"
        secret.write_text(self.password)
        self._own(secret)
        words = ["initdb", "-D", str(self.folder / "data"), "-U", USER, "-E", "UTF8", "--locale=C.UTF-8"]
        words += ["--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={secret}"]
        words += [] if self._durable else ["--no-sync"]
        words[0] = str(self._bin / "initdb")
        made = subprocess.run(self._prefix() + words, capture_output=True, text=True, timeout=120, check=False, cwd="/")
        secret.unlink()
        assert made.returncode == 0, made.stdout + made.stderr

    def _answers(self, deadline: float) -> bool:
        while time.monotonic() < deadline:
            if not self.running:
                return False
            try:
                with self.admin():
                    return True
            except psycopg.OperationalError:
                time.sleep(0.02)
        self.kill()
        return False

    def _end(self, how: signal.Signals) -> None:
        if self._process is None:
            return
        if self.running:
            self._process.send_signal(how)
        try:
            self._process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(STOP_WITHIN_S)
        self._process = None


def _group(user: str) -> str:
    import grp
    import pwd

    return grp.getgrgid(pwd.getpwnam(user).pw_gid).gr_name


def _sweep() -> None:
    """Remove the folders of test processes that were killed; their servers ended with them."""
    for left in Path(tempfile.gettempdir()).glob(f"{PREFIX}*-*"):
        pid = left.name.removeprefix(PREFIX).split("-")[0]
        if pid.isdecimal() and not Path(f"/proc/{pid}").exists():
            shutil.rmtree(left, ignore_errors=True)


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with socket.socket() as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                sock.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(sock.getsockname()[1])
    raise AssertionError("no free port")
