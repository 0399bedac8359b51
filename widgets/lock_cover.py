"""The cover of a locked desk: opaque, with a line for the password, and how much has come in meanwhile; no content."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from resources.words import Words
from widgets.common.button import Button
from widgets.common.fault_label import FaultLabel, Telling
from widgets.common.style import set_role
from widgets.common.wrapped import WrappedLabel

FIELD_PX = 320
ROOM_PX = 12
PASSWORD_MOST, CODE_MOST = 256, 8


class LockCover(QFrame):
    """Lies over the whole window. ``unlock_requested`` carries password and code; leaving is signing out."""

    unlock_requested = Signal(str, str)
    leave_requested = Signal()

    def __init__(self, words: Words, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words = words
        self._who, self._since, self._count, self._leaving = "", "", 0, False
        self._title, self._facts, self._news, self._sos = QLabel(), WrappedLabel(), WrappedLabel(), WrappedLabel()
        self._calls = 0
        self.password, self.code, self.fault = QLineEdit(), QLineEdit(), FaultLabel()
        self.unlock, self.leave = Button(), Button()
        set_role(self._title, "title")
        set_role(self._facts, "second")
        set_role(self._news, "heading")
        set_role(self._sos, "fault")
        set_role(self.unlock, "primary")
        set_role(self.leave, "quiet")
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setMaxLength(PASSWORD_MOST)
        self.code.setMaxLength(CODE_MOST)
        self.code.hide()
        self._lay_out()
        self.password.returnPressed.connect(self._on_unlock)
        self.code.returnPressed.connect(self._on_unlock)
        self.unlock.clicked.connect(self._on_unlock)
        self.leave.clicked.connect(self._on_leave)
        parent.installEventFilter(self)
        self.hide()

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.unlock, 1)
        row.addWidget(self.leave)
        box = QWidget()
        box.setFixedWidth(FIELD_PX)
        inside = QVBoxLayout(box)
        inside.setSpacing(10)
        for part in (self._title, self._facts, self._sos, self._news, self.password, self.code, self.fault):
            inside.addWidget(part)
        inside.addLayout(row)
        column = QVBoxLayout(self)
        column.addStretch(1)
        column.addWidget(box, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)

    def cover(self, who: str, since: str) -> None:
        """Lie over everything; ``who`` may unlock, ``since`` is when it was locked."""
        self._who, self._since, self._count, self._leaving = who, since, 0, False
        self.password.clear()
        self.code.clear()
        self.code.hide()
        self.fault.tell("")
        self.set_busy(False)
        self.retranslate()
        self._place()
        self.show()
        self.raise_()
        self.password.setFocus()

    def uncover(self) -> None:
        """Go away; nothing that was typed stays."""
        self.password.clear()
        self.code.clear()
        self.hide()

    def set_count(self, count: int) -> None:
        """Say how much has come in since it was locked."""
        if count != self._count:
            self._count = count
            self.retranslate()

    def set_calls(self, calls: int) -> None:
        """Say how many calls for help nobody has acknowledged; who calls, and where, stays below the cover."""
        self._calls = calls
        self.retranslate()

    def ask_code(self) -> None:
        """A one-time code is needed as well."""
        self.code.show()
        self.code.setFocus()

    def set_busy(self, busy: bool) -> None:
        """The password is being checked, or was."""
        for part in (self.password, self.code, self.unlock):
            part.setEnabled(not busy)
        if not busy and self.isVisible():
            self.password.setFocus()

    def refuse(self, telling: Telling) -> None:
        """Say why it stays locked."""
        self.set_busy(False)
        self.password.clear()
        self.fault.tell(telling)
        if self.isVisible():
            self.password.setFocus()

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._words
        self._title.setText(words("lock.title"))
        self._facts.setText(words("lock.facts", who=self._who, since=self._since))
        # An aligned box asks no part of it how high it is at its width: a long name takes two lines
        self._facts.setMinimumHeight(self._facts.heightForWidth(FIELD_PX - 2 * ROOM_PX))
        self._news.setText(words("lock.news", n=self._count) if self._count else words("lock.no_news"))
        self._sos.setText(f"■ {words('lock.sos', n=self._calls)}")
        self._sos.setVisible(self._calls > 0)
        self.password.setPlaceholderText(words("lock.password"))
        self.password.setAccessibleName(words("lock.password"))
        self.code.setPlaceholderText(words("lock.code"))
        self.code.setAccessibleName(words("lock.code"))
        self.unlock.setText(words("lock.unlock"))
        self.leave.setText(words("lock.leave_sure" if self._leaving else "lock.leave"))
        self.fault.retranslate()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """No key goes to what lies below."""
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep to the size of the window, over everything."""
        if watched is self.parent() and isinstance(event, QResizeEvent) and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())

    def _on_unlock(self) -> None:
        password = self.password.text()
        if password and self.unlock.isEnabled():
            self.fault.tell("")
            self.set_busy(True)
            self.unlock_requested.emit(password, self.code.text().strip())

    def _on_leave(self) -> None:
        if not self._leaving:
            self._leaving = True
            self.retranslate()
            return
        self.leave_requested.emit()
