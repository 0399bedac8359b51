"""The demo's processes: town, accounts, service, field, in a temporary folder; all ended by ``stop``."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Self

from console.demo.accounts import DemoAccount, make_accounts
from console.demo.child import TAIL_BYTES, Child
from domain.faults import Fault, FaultKind
from domain.people import Role

READY = "ready "
SERVICE_START_S = 60.0
STEP_S = 120.0
DEFAULT_SPEED = 4.0
"""Times real time: a person walks across a grid in a minute or two, a quarter-hour limit runs out in four."""
GATEWAY, COLLEAGUE = "演示网关", "同事"
"""Accounts that only programs use. They have no other name, so a record of what they did shows these."""
COLLEAGUE_ROLES = (Role.ACCEPTOR, Role.DUTY_CHIEF, Role.DISPATCHER)

Say = Callable[..., None]
"""Told of progress: a word key and its values."""


class DemoRoom:
    """A whole fictional room. Use as a context, or call ``start`` and ``stop``."""

    def __init__(self, seed: int, speed: float, say: Say) -> None:
        self.seed = seed
        self.speed = speed
        self.url = ""
        self.accounts: tuple[DemoAccount, ...] = make_accounts()
        self._say = say
        self._folder = Path(tempfile.mkdtemp(prefix="onemap-demo-"))
        self._children: list[Child] = []
        self._kept = False

    @property
    def operator(self) -> DemoAccount:
        """The person who covers the whole room."""
        return self.accounts[0]

    @property
    def logs(self) -> Path:
        """Where the processes' logs are."""
        return self._folder

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Make the town and the accounts, start service and field. Raises ``Fault`` with what a process said."""
        town, database = self._folder / "town", f"sqlite:///{(self._folder / 'demo.db').as_posix()}"
        self._say("demo.making_town", seed=self.seed)
        self._step("simulator", "town", "--seed", str(self.seed), "--out", str(town))
        self._say("demo.starting_service")
        run = ["run", "--database", database, "--port", "0", "--town", str(town), "--speed", str(self.speed)]
        service = self._child("service", run)
        self.url = service.wait_for_line(READY, SERVICE_START_S)
        self._say("demo.making_accounts")
        with ThreadPoolExecutor(2) as pool:
            gateway = pool.submit(self._token, database, GATEWAY, (Role.GATEWAY,))
            colleague = pool.submit(self._token, database, COLLEAGUE, COLLEAGUE_ROLES)
            made = [pool.submit(self._account, database, account) for account in self.accounts]
            files = gateway.result(), colleague.result()
            for account in made:
                account.result()
        self._say("demo.starting_field")
        field = ["run", "--server", self.url, "--town", str(town), "--token-file", str(files[0])]
        field += ["--room-token-file", str(files[1]), "--seed", str(self.seed), "--speed", str(self.speed)]
        self._child("simulator", field)

    def dead(self) -> Child | None:
        """Return a process that has ended though nobody asked it to, None while all run."""
        return next((child for child in self._children if not child.running), None)

    def stop(self) -> None:
        """End all processes, the field first, and take the folder away (kept where a process failed)."""
        failed = self.dead() is not None
        for child in reversed(self._children):
            child.stop()
        self._children.clear()
        if not failed:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _child(self, module: str, arguments: Sequence[str]) -> Child:
        command = [sys.executable, "-m", module, *arguments]
        child = Child(module, command, self._folder / f"{module}.log")
        self._children.append(child)
        return child

    def _account(self, database: str, account: DemoAccount) -> None:
        roles = ",".join(account.roles)
        arguments = ["account", "--database", database, "--user", account.user, "--name", account.name]
        self._step("service", *arguments, "--roles", roles, "--password-stdin", said=account.password)

    def _token(self, database: str, user: str, roles: Sequence[Role]) -> Path:
        printed = self._step("service", "token", "--database", database, "--user", user, "--roles", ",".join(roles))
        file = self._folder / f"{roles[0]}.token"
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as out:
            out.write(printed.strip())
        return file

    def _step(self, module: str, *arguments: str, said: str = "") -> str:
        """Run one command to its end and return what it printed. Raises ``Fault('demo_step_failed')``."""
        try:
            done = subprocess.run(
                [sys.executable, "-m", module, *arguments],
                input=said.encode(),
                capture_output=True,
                timeout=STEP_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise Fault(FaultKind.UNAVAILABLE, "demo_step_failed", name=module, said="") from None
        if done.returncode != 0:
            words = (done.stderr or done.stdout)[-TAIL_BYTES:].decode("utf-8", "replace").strip()
            raise Fault(FaultKind.UNAVAILABLE, "demo_step_failed", name=f"{module} {arguments[0]}", said=words)
        return done.stdout.decode("ascii", "replace")
