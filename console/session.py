"""One signed-in session: its client, its live room, and how it begins and ends. Passwords are used once, never kept."""

import asyncio
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from client.api import ServiceClient
from client.early import EarlyReplies
from client.room import Room
from console.ground import EarlyGround, GroundStore
from console.headstart import HeadStart
from console.tasks import Tasks
from console.verifier import Verifier
from domain.faults import Fault

OWNER = "session"
SIGN_OUT_S = 2.0
BREATH_S = 0.15
"""The first picture is drawn within this time, undisturbed by the feed that follows it."""


class Session(QObject):
    """The session. ``began`` carries the ``Room``, ``refused`` the ``Fault`` of a sign-in, ``ended`` Fault or None."""

    signing_in = Signal()
    began = Signal(object)
    refused = Signal(object)
    password_wanted = Signal()
    """Signed in with a password that has to be changed first; ``go_on`` begins once it was."""
    ended = Signal(object)

    def __init__(self, tasks: Tasks, ca_file: Path | None, ground: GroundStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks, self._store = tasks, ground
        self.ca_file = self._ca_file = None if ca_file is None else str(ca_file)
        self.verifier: Verifier | None = None
        """Tells the password of this session again while the service cannot be reached; None without a password."""
        self._owns_token = False
        self.server = ""
        """Where somebody last signed in, or tried to."""
        self.client: ServiceClient | None = None
        self.room: Room | None = None
        self.ground: EarlyGround | None = None
        """What the map of the room is drawn from until the service has named its geometry."""

    def sign_in(self, server: str, user: str, password: str, code: str = "") -> None:
        """Sign in with a password, and the one-time code of who has one; an attempt under way is given up."""
        self.server, self.ground = server, EarlyGround(self._store, server)
        self.signing_in.emit()
        self._tasks.start(OWNER, "sign-in", self._sign_in(server, user, password, code))

    def use_token(self, server: str, token: str, early: HeadStart | None = None) -> None:
        """Sign in with a token that was handed to us; it is not ours to revoke. ``early`` was begun with it."""
        self.server = server
        self.ground = EarlyGround(self._store, server) if early is None else early.ground
        self.signing_in.emit()
        self._tasks.start(OWNER, "sign-in", self._use_token(server, token, None if early is None else early.replies))

    def go_on(self) -> None:
        """The first password was changed: begin with the sign-in that waited for it."""
        if self.client is not None and self.room is None:
            self._tasks.start(OWNER, "sign-in", self._begin(self.client))

    def sign_out(self) -> None:
        """End the session and go back to signing in."""
        self._tasks.start(OWNER, "sign-out", self._sign_out())

    async def stop(self) -> None:
        """Close the line; a session begun with a password is ended at the service where it can be reached."""
        await self._leave()

    async def _sign_in(self, server: str, user: str, password: str, code: str) -> None:
        client: ServiceClient | None = None
        try:
            client = ServiceClient(server, ca_file=self._ca_file)
            session = await client.sign_in(user, password, code)
        except Fault as fault:
            if client is not None:
                await client.aclose()
            self.refused.emit(fault)
            return
        if session.me.must_change_password:
            await self._leave()
            self._owns_token, self.client = True, client
            self.password_wanted.emit()
            return
        verifier = await asyncio.to_thread(Verifier, password)
        await self._begin(client, owns_token=True)
        self.verifier = verifier

    async def _use_token(self, server: str, token: str, early: EarlyReplies | None) -> None:
        """Begin at once: the first snapshot says whether the token is good, and a line that is down may come back."""
        try:
            client = ServiceClient(server, token, ca_file=self._ca_file, early=early)
        except Fault as fault:
            self.refused.emit(fault)
            return
        await self._begin(client, owns_token=False)

    async def _begin(self, client: ServiceClient, *, owns_token: bool = True) -> None:
        if client is not self.client:
            await self._leave()
        self._owns_token = owns_token
        known = None if self.ground is None else self.ground.geometry
        self.client, self.room = client, Room(client, breath_s=BREATH_S, known=known)
        self.began.emit(self.room)
        self._tasks.start(OWNER, "room", self._run(self.room))

    async def _run(self, room: Room) -> None:
        """Keep the room live until the sign-in no longer holds."""
        try:
            await room.run()
        except Fault as fault:
            self._owns_token = False
            self._tasks.start(OWNER, "leave", self._ended(fault))

    async def _ended(self, fault: Fault) -> None:
        await self._leave()
        self.ended.emit(fault)

    async def _sign_out(self) -> None:
        await self._leave()
        self.ended.emit(None)

    async def _leave(self) -> None:
        client, self.client, self.room = self.client, None, None
        self.verifier = None
        self._tasks.cancel(OWNER, "room")
        if client is None:
            return
        if self._owns_token:
            await _revoke(client)
        await client.aclose()


async def _revoke(client: ServiceClient) -> None:
    """End the session at the service; where it cannot be reached the token runs out by itself."""
    try:
        async with asyncio.timeout(SIGN_OUT_S):
            await client.sign_out()
    except (Fault, TimeoutError):
        return
