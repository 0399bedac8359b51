"""The fields in which a base map is declared, and what was typed in there. What it asks for is done outside."""

from collections.abc import Sequence

import msgspec
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QWidget

from resources.words import Words
from widgets.common.button import Button
from widgets.common.combo import Combo
from widgets.common.style import set_role

KINDS = ("mbtiles", "pmtiles", "xyz", "wmts")
PACKS = ("mbtiles", "pmtiles")
SYSTEMS = ("wgs84", "gcj02", "bd09")
MAX_ADDRESS, MAX_NAME, MAX_KEY = 2000, 60, 200


class Draft(msgspec.Struct, frozen=True):
    """What was typed in. ``offer`` is the place of the chosen layer among those offered, -1 for none; ``key`` a secret.

    It has no repr of its own that could be logged with the key in it.
    """

    name: str
    kind: str
    address: str
    system: str
    attribution: str
    key: str
    offer: int = -1

    def __repr__(self) -> str:
        return f"Draft({self.kind})"


class BaseMapForm(QWidget):
    """A preset, or a kind with its address and what belongs to it."""

    def __init__(self, words: Words, presets: Sequence[str]) -> None:
        super().__init__()
        self._words, self._presets = words, tuple(presets)
        self.kind, self.system, self.offers, self.preset = Combo(), Combo(), Combo(), Combo()
        self.name, self.address, self.attribution, self.key = QLineEdit(), QLineEdit(), QLineEdit(), QLineEdit()
        self.edits = (self.name, self.address, self.attribution, self.key)
        self.buttons = {name: Button() for name in ("ask", "file", "preset_add")}
        self._labels: dict[str, QLabel] = {}
        self._set_up()
        self._lay_out()
        self.kind.currentIndexChanged.connect(self._on_kind_chosen)
        self._on_kind_chosen()

    def show_offers(self, texts: Sequence[str]) -> None:
        """Let one of the layers of a WMTS be chosen."""
        self.offers.clear()
        for i, text in enumerate(texts):
            self.offers.addItem(text, i)
        self._on_kind_chosen()
        if texts:
            self.offers.setFocus()

    def show_file(self, path: str, kind: str) -> None:
        """Take a file of tiles that was chosen or dropped."""
        self.kind.setCurrentIndex(max(0, self.kind.findData(kind)))
        self.address.setText(path)
        if not self.name.text().strip():
            self.name.setText(path.replace("\\", "/").rsplit("/", 1)[-1].rsplit(".", 1)[0][:MAX_NAME])
        self.name.setFocus()

    def show_added(self) -> None:
        """What was typed in has been added: begin anew."""
        for edit in self.edits:
            edit.clear()
        self.show_offers(())

    def draft(self) -> Draft:
        """Return what is typed in."""
        offer = self.offers.currentData()
        return Draft(
            self.name.text().strip(),
            str(self.kind.currentData()),
            self.address.text().strip(),
            str(self.system.currentData()),
            self.attribution.text().strip(),
            self.key.text().strip(),
            offer if isinstance(offer, int) and self.kind.currentData() == "wmts" else -1,
        )

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._words
        for combo, values, head in ((self.kind, KINDS, "kind"), (self.system, SYSTEMS, "system")):
            for i, value in enumerate(values):
                combo.setItemText(i, words(f"base_map.{head}.{value}"))
        for i, value in enumerate(self._presets):
            self.preset.setItemText(i, words(f"base_map.preset.{value}"))
        for name, label in self._labels.items():
            label.setText(words(f"base_map.field.{name}"))
            getattr(self, name).setAccessibleName(label.text())
        self.key.setPlaceholderText(words("base_map.key_hint"))
        self.address.setPlaceholderText(words(f"base_map.example.{self.kind.currentData()}"))

    def _on_kind_chosen(self, _index: int = 0) -> None:
        kind = str(self.kind.currentData())
        for name, on in (("file", kind in PACKS), ("ask", kind == "wmts")):
            self.buttons[name].setVisible(on)
        for widget in (self.offers, self._labels["offers"]):
            widget.setVisible(kind == "wmts" and self.offers.count() > 0)
        self.address.setPlaceholderText(self._words(f"base_map.example.{kind}"))

    def _set_up(self) -> None:
        for combo, values in ((self.kind, KINDS), (self.system, SYSTEMS), (self.preset, self._presets)):
            for value in values:
                combo.addItem(value, value)
        self.kind.setCurrentIndex(self.kind.findData("xyz"))
        for edit, most in ((self.name, MAX_NAME), (self.address, MAX_ADDRESS), (self.attribution, 200)):
            edit.setMaxLength(most)
        self.key.setMaxLength(MAX_KEY)
        self.key.setEchoMode(QLineEdit.EchoMode.Password)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        rows: tuple[tuple[str, QWidget, str], ...] = (
            ("preset", self.preset, "preset_add"),
            ("key", self.key, ""),
            ("kind", self.kind, ""),
            ("address", self.address, "file"),
            ("offers", self.offers, ""),
            ("name", self.name, ""),
            ("system", self.system, ""),
            ("attribution", self.attribution, ""),
        )
        for row, (name, control, button) in enumerate(rows):
            label = self._labels[name] = QLabel()
            set_role(label, "second")
            label.setBuddy(control)
            grid.addWidget(label, row, 0)
            grid.addWidget(control, row, 1)
            if button:
                grid.addWidget(self.buttons[button], row, 2)
        grid.addWidget(self.buttons["ask"], 3, 2)
