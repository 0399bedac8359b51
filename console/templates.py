"""Keeps the templates on offer as the register has them, beside those that came with the program."""

from PySide6.QtCore import QObject

from client.api import new_key
from client.picture import Delta
from client.register import RegisterCalls
from client.room import Room
from console.notices import NoticeHub
from console.tasks import Tasks
from domain.faults import Fault
from domain.ids import EntryId
from domain.register import REGISTERS, EntryKind, EntryPut, read_body
from domain.register_text import Template
from resources.codes import load_templates
from resources.words import Words
from widgets.templates import Offered, Templates

OWNER = "templates"
NAME_LENGTH = 16


class TemplateKeeper(QObject):
    """Fills ``Templates`` and does what is asked of it: keep a text, take one out."""

    def __init__(
        self, tasks: Tasks, notices: NoticeHub, words: Words, templates: Templates, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._tasks, self._notices, self._words, self._templates = tasks, notices, words, templates
        self._room: Room | None = None
        templates.keep, templates.drop = self.keep, self.drop

    def use(self, room: Room | None) -> None:
        """Follow this room's register from here on."""
        self._tasks.cancel(OWNER)
        self._room = room
        if room is None:
            self._templates.use(())

    def take(self, delta: Delta) -> None:
        """Take in what altered."""
        altered = any(kind is EntryKind.TEMPLATE for kind, _ in delta.entries)
        if delta.whole or altered:
            self.show()

    def show(self) -> None:
        """Offer what there is now, the town's own first."""
        room = self._room
        if room is None or room.picture is None:
            return
        me, chief = room.picture.me, REGISTERS[EntryKind.TEMPLATE].others
        found = []
        for (kind, entry_id), entry in room.picture.entries.items():
            body = read_body(entry, Template) if kind is EntryKind.TEMPLATE else None
            if body is not None:
                own = entry.author == me.account or bool(me.roles & chief)
                found.append(Offered(body, entry_id, entry.version, own))
        found.sort(key=lambda offer: offer.template.name)
        self._templates.use([*found, *(Offered(t) for t in load_templates(self._words.language))])

    def keep(self, text: str, use: str) -> None:
        """Keep a text as a template of a use; what it is called is its beginning."""
        if self._room is not None:
            self._tasks.start(OWNER, f"keep/{new_key()}", self._keep(self._room, text, use))

    def drop(self, offered: Offered) -> None:
        """Take a template out; the register remembers it, so it can be put again."""
        if self._room is not None and offered.entry_id is not None:
            entry_id, version = offered.entry_id, offered.version
            self._tasks.start(OWNER, f"drop/{entry_id}", self._drop(self._room, entry_id, version))

    async def _keep(self, room: Room, text: str, use: str) -> None:
        name = text.splitlines()[0][:NAME_LENGTH]
        asked = EntryPut({"name": name, "text": text, "uses": [use]})
        try:
            entry = await RegisterCalls(room.client.line).put(
                EntryKind.TEMPLATE, EntryId(new_key()), asked, key=new_key()
            )
        except Fault as fault:
            self._notices.fault(fault, replace="template")
            return
        if room.picture is not None:
            room.picture.put_entry(entry)
            self.show()
        self._notices.info("notice.template_kept", replace="template", name=name)

    async def _drop(self, room: Room, entry_id: EntryId, version: int) -> None:
        try:
            entry = await RegisterCalls(room.client.line).remove(EntryKind.TEMPLATE, entry_id, version, key=new_key())
        except Fault as fault:
            self._notices.fault(fault, replace="template")
            return
        if room.picture is not None:
            room.picture.put_entry(entry)
            self.show()
        self._notices.info("notice.template_dropped", replace="template")
