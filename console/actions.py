"""What the desk itself can do, declared as data: name, keys, callback. Texts are ``menu.<name>`` in the word files."""

from collections.abc import Callable, Collection, Iterable

import msgspec
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from resources.words import Words
from widgets.common.sheet import open_sheets


class DeskAction(msgspec.Struct, frozen=True):
    """One action. ``keys`` in Qt's portable spelling; the first is the one that is shown."""

    name: str
    keys: tuple[str, ...]
    do: Callable[[], None]


class ActionTable:
    """The desk's actions as they hang on a window. Two actions never share a key."""

    def __init__(self, window: QWidget, words: Words, actions: Iterable[DeskAction]) -> None:
        """Raises ValueError where a name or a key is given twice."""
        self._words = words
        self._actions: dict[str, QAction] = {}
        self._does: dict[str, Callable[[], None]] = {}
        self._forbidden: set[str] = set()
        self._refuse: Callable[[str], None] = _not_told
        taken: dict[str, str] = {}
        for spec in actions:
            if spec.name in self._actions:
                raise ValueError(f"action {spec.name} is declared twice")
            for key in spec.keys:
                if key in taken:
                    raise ValueError(f"{key} is both {taken[key]} and {spec.name}")
                taken[key] = spec.name
            action = QAction(window)
            action.setObjectName(f"action-{spec.name}")
            action.setShortcuts([QKeySequence(key) for key in spec.keys])
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            action.triggered.connect(self._by_key(window, spec))
            window.addAction(action)
            self._actions[spec.name], self._does[spec.name] = action, spec.do
        self.retranslate()

    def retranslate(self) -> None:
        """Look the texts up again."""
        for name, action in self._actions.items():
            action.setText(self._words(f"menu.{name}"))

    def trigger(self, name: str) -> None:
        """Do an action by its name, if it can be done now; an unknown name raises KeyError."""
        if self._actions[name].isEnabled():
            self._do(name)

    def enable(self, names: Iterable[str], enabled: bool) -> None:
        """Let actions be done or not."""
        for name in names:
            self._actions[name].setEnabled(enabled)

    def forbid(self, names: Iterable[str], forbidden: bool) -> None:
        """Say whether actions are forbidden to the person's role: then their keys say so, and no list has them."""
        self._forbidden = self._forbidden | set(names) if forbidden else self._forbidden - set(names)

    def tell_forbidden(self, refuse: Callable[[str], None]) -> None:
        """Take what says that an action, by its name, is not for the role of who asked for it."""
        self._refuse = refuse

    def enabled(self) -> list[str]:
        """Return the names of the actions that can be done now."""
        return [name for name, action in self._actions.items() if action.isEnabled()]

    def listed(self) -> list[tuple[str, str, str]]:
        """Return name, text and shown key (or an empty text) of every action that can be done now, in order."""
        shown = QKeySequence.SequenceFormat.NativeText
        return [(n, a.text(), a.shortcut().toString(shown)) for n, a in self._offered()]

    def key_list(self, always: Collection[str]) -> list[tuple[str, str]]:
        """Return all keys and the text of each action that can be done now or is among ``always``, in order."""
        shown = QKeySequence.SequenceFormat.NativeText
        told = [action for _, action in self._offered(always)]
        return [("  ".join(k.toString(shown) for k in a.shortcuts()), a.text()) for a in told]

    def _offered(self, always: Collection[str] = ()) -> list[tuple[str, QAction]]:
        actions = self._actions.items()
        return [(n, a) for n, a in actions if n not in self._forbidden and (a.isEnabled() or n in always)]

    def _do(self, name: str) -> None:
        if name in self._forbidden:
            self._refuse(name)
        else:
            self._does[name]()

    def _by_key(self, window: QWidget, spec: DeskAction) -> Callable[[bool], None]:
        """Return what does an action by its key; by a letter as it is typed not while a sheet is open.

        It would happen unseen behind it: a sheet takes every key, but a shortcut of the window is heard before it.
        """
        bare = any(len(key) == 1 for key in spec.keys)

        def done(checked: bool) -> None:
            if not (bare and open_sheets(window)):
                self._do(spec.name)

        return done


def _not_told(name: str) -> None:
    """Nobody says it."""
