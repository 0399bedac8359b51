"""The administrators' sheet over the window: a tab a screen, each built when it is first turned to."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from domain.people import Role
from resources.theme import Theme
from widgets.admin.accounts import AccountsScreen
from widgets.admin.audit import ProofScreen, TrailScreen
from widgets.admin.codes import ConditionsScreen, KindsScreen
from widgets.admin.days import DaysScreen
from widgets.admin.keeping import KeepingScreen
from widgets.admin.known import Known
from widgets.admin.limits import LimitsScreen
from widgets.admin.own import OwnScreen
from widgets.admin.screen import Screen
from widgets.admin.sessions import SessionsScreen
from widgets.admin.units import UnitsScreen
from widgets.common.button import Button
from widgets.common.fault_label import Telling
from widgets.common.sheet import Sheet
from widgets.common.style import set_role
from widgets.common.tab_strip import Tab, TabStrip
from widgets.forms.form import EntryForm, FormSpec

WIDTH_PX, HEIGHT_PX = 1320, 860
FORM_WIDTH_PX = 440
ABOVE_PX = 58
"""Left free above: the bar that says which town it is, and whether its data is made up."""

_SETTINGS: tuple[type[Screen], ...] = (UnitsScreen, LimitsScreen, DaysScreen, KindsScreen, ConditionsScreen)
SCREENS: dict[Role, tuple[type[Screen], ...]] = {
    Role.SYSTEM_ADMIN: (AccountsScreen, *_SETTINGS),
    Role.SECURITY_ADMIN: (AccountsScreen, SessionsScreen, KeepingScreen, *_SETTINGS),
    Role.AUDIT_ADMIN: (TrailScreen, ProofScreen, AccountsScreen, *_SETTINGS),
}
"""What each administrator sees, in the order of their tabs; what is not here is absent for them."""


def screens_of(roles: frozenset[Role]) -> list[type[Screen]]:
    """Return the screens of these roles; one's own account is everybody's and comes last."""
    found = dict.fromkeys(screen for role, screens in SCREENS.items() if role in roles for screen in screens)
    return [*found, OwnScreen]


class AdminSheet(Sheet):
    """The sheet. ``screen_made`` carries each screen when it is built, ``turned`` when it comes to be shown."""

    screen_made = Signal(object)
    turned = Signal(object)

    def __init__(self, known: Known, parent: QWidget) -> None:
        super().__init__(parent, WIDTH_PX, HEIGHT_PX)
        self._known, self._words = known, known.words
        self._kinds: dict[str, type[Screen]] = {}
        self.screens: dict[str, Screen] = {}
        self._title, self._keys, self._close = QLabel(), QLabel(), Button()
        set_role(self._title, "title")
        set_role(self._keys, "small")
        self.tabs, self._stack = TabStrip(known.theme), QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 14, 20, 14)
        column.setSpacing(10)
        column.addWidget(self._title)
        column.addWidget(self.tabs)
        column.addWidget(self._stack, 1)
        foot = QHBoxLayout()
        foot.addWidget(self._keys, 1)
        foot.addWidget(self._close)
        column.addLayout(foot)
        self.tabs.tab_chosen.connect(self.turn_to)
        self._close.clicked.connect(self.close_sheet)
        for key, turn in (("Ctrl+PgUp", self._turn_back), ("Ctrl+PgDown", self._turn_on)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(turn)
        self.hide()

    @property
    def screen_shown(self) -> Screen | None:
        """The screen that shows."""
        shown = self._stack.currentWidget()
        return shown if isinstance(shown, Screen) else None

    def set_roles(self, roles: frozenset[Role]) -> None:
        """Offer the screens of these roles; those that are no longer theirs go, with all that was loaded."""
        self._kinds = {kind.name: kind for kind in screens_of(roles)}
        for name in [name for name in self.screens if name not in self._kinds]:
            self.drop(name)
        self.retranslate()

    def drop(self, name: str) -> None:
        """Take a screen away with all that it holds."""
        screen = self.screens.pop(name)
        self._stack.removeWidget(screen)
        screen.hide()
        screen.deleteLater()

    def open_sheet(self, name: str = "") -> None:
        """Open over the window at a screen; the focus comes back to where it was."""
        self.show_over()
        self.turn_to(name if name in self._kinds else next(iter(self._kinds)))

    def close_sheet(self) -> None:
        """Close; what was being typed in a form is given up."""
        shown = self.screen_shown
        if shown is not None:
            shown.close_form()
        super().close_sheet()

    def escape(self) -> None:
        """Leave the form first, then the sheet."""
        shown = self.screen_shown
        if shown is None or shown.form is None:
            self.close_sheet()
        elif not shown.form.is_busy():
            shown.close_form()
            shown.focus_rows()

    def has_input(self) -> bool:
        """Whether a form is open."""
        shown = self.screen_shown
        return shown is not None and shown.form is not None

    def turn_to(self, name: str) -> None:
        """Show a screen, built now if it never was, and have it loaded."""
        screen = self.screens.get(name)
        if screen is None:
            screen = self.screens[name] = self._kinds[name](self._known)
            self._stack.addWidget(screen)
            self.screen_made.emit(screen)
        self.tabs.set_current(name)
        self._stack.setCurrentWidget(screen)
        screen.load()
        self.tabs.setFocus()
        self.turned.emit(screen)

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._words
        only_own = list(self._kinds) == [OwnScreen.name]
        self._title.setText(words("admin.own" if only_own else "admin.title"))
        self._keys.setText(words("admin.keys"))
        self._close.setText(f"{words('desk.help.close')}  Esc")
        self.tabs.set_tabs(
            [Tab(name, words(f"admin.{name}"), pinned=True) for name in self._kinds], words("admin.more")
        )
        self.tabs.setAccessibleName(words("admin.title"))
        for screen in self.screens.values():
            screen.retranslate()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._known.theme = theme
        self.tabs.set_theme(theme)
        for screen in self.screens.values():
            screen.set_theme(theme)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc leaves the form or closes, down goes from the tabs to the rows; no key goes to what lies below."""
        shown = self.screen_shown
        if event.key() == Qt.Key.Key_Escape:
            self.escape()
        elif event.key() == Qt.Key.Key_Down and self.tabs.hasFocus() and shown is not None:
            shown.focus_rows()
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Keys without Ctrl are the sheet's own: a letter that means something on the desk does nothing here."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _is_letter(event):
            event.accept()
            return True
        return super().event(event)

    def _turn_back(self) -> None:
        self._turn_by(-1)

    def _turn_on(self) -> None:
        self._turn_by(1)

    def _turn_by(self, step: int) -> None:
        shown, names = self.screen_shown, list(self._kinds)
        if shown is not None:
            self.turn_to(names[(names.index(shown.name) + step) % len(names)])

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            room = parent.height() - ABOVE_PX
            width, height = min(WIDTH_PX, parent.width() - 32), min(HEIGHT_PX, room - 16)
            self.setGeometry((parent.width() - width) // 2, ABOVE_PX + (room - 16 - height) // 2, width, height)


def _is_letter(event: QKeyEvent) -> bool:
    return bool(event.text()) and not event.modifiers() & Qt.KeyboardModifier.ControlModifier


class FormSheet(QFrame):
    """One form over the window, where nothing else may be done before. ``submitted`` carries the ``Act``."""

    submitted = Signal(object)
    cancelled = Signal()

    def __init__(self, known: Known, spec: FormSpec, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("sheet")
        self.form = EntryForm(known.words, spec, self)
        column = QVBoxLayout(self)
        column.addWidget(self.form)
        self.form.submitted.connect(self.submitted)
        self.form.cancelled.connect(self.cancelled)
        parent.installEventFilter(self)
        self.setFixedWidth(FORM_WIDTH_PX)
        self._place()
        self.show()
        self.raise_()
        self.form.focus_first()

    def set_fault(self, telling: Telling) -> None:
        """Say why it was refused."""
        self.form.set_busy(False)
        self.form.set_fault(telling)
        self._place()

    def retranslate(self) -> None:
        """Look the words up again."""
        self.form.retranslate()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The sheet stays in the middle."""
        if watched is self.parent() and isinstance(event, QResizeEvent):
            self._place()
        return super().eventFilter(watched, event)

    def event(self, event: QEvent) -> bool:
        """The sheet is as high as its words need."""
        handled = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            self._place()
        return handled

    def _place(self) -> None:
        parent, layout = self.parentWidget(), self.layout()
        if parent is None or layout is None:
            return
        high = max(self.sizeHint().height(), layout.totalHeightForWidth(FORM_WIDTH_PX))
        self.resize(FORM_WIDTH_PX, min(high, parent.height()))
        self.move((parent.width() - self.width()) // 2, max(0, (parent.height() - self.height()) // 3))
