"""Signing in: where, who, and the password, which is never kept. Language and theme can be chosen before."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from resources.theme import Theme
from resources.words import LANGUAGES, Words
from widgets.common.button import Button
from widgets.common.fault_label import FaultLabel, Telling
from widgets.common.style import set_role
from widgets.intents import SignInIntent

WIDTH_PX = 400


class SignInPanel(QWidget):
    """A sheet in the middle of the window. ``language_picked`` and ``theme_picked`` carry the one to switch to."""

    sign_in_requested = Signal(object)
    language_picked = Signal(str)
    theme_picked = Signal(str)

    def __init__(self, words: Words, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._words, self._theme = words, theme
        self._busy = self._code_asked = False
        self._title, self._hint, self._fault = QLabel(), QLabel(), FaultLabel()
        set_role(self._title, "title")
        set_role(self._hint, "second")
        self._hint.setWordWrap(True)
        self.server, self.user, self.password, self.code = QLineEdit(), QLineEdit(), QLineEdit(), QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.password.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.code.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        for edit, most in ((self.server, 300), (self.user, 64), (self.password, 256), (self.code, 8)):
            edit.setMaxLength(most)
            edit.setMinimumHeight(34)
        self._labels = {edit: QLabel() for edit in (self.server, self.user, self.password)}
        self._code_label = QLabel()
        self._send = Button()
        self._send.setMinimumHeight(38)
        set_role(self._send, "primary")
        self._language, self._theme_button = Button(), Button()
        set_role(self._language, "quiet")
        set_role(self._theme_button, "quiet")
        self._build()
        self._send.clicked.connect(self._on_sent)
        for edit in (*self._labels, self.code):
            edit.returnPressed.connect(self._on_sent)
        self.user.textEdited.connect(self._forget_code)
        self._language.clicked.connect(self._on_language_clicked)
        self._theme_button.clicked.connect(self._on_theme_clicked)
        self.retranslate()
        self.focus_first()

    def _build(self) -> None:
        sheet = QFrame()
        sheet.setObjectName("sheet")
        sheet.setFixedWidth(WIDTH_PX)
        column = QVBoxLayout(sheet)
        column.setContentsMargins(28, 24, 28, 16)
        column.setSpacing(10)
        column.addWidget(self._title)
        column.addWidget(self._hint)
        form = QFormLayout()
        form.setVerticalSpacing(10)
        form.setHorizontalSpacing(12)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.DontWrapRows)
        for edit, label in self._labels.items():
            set_role(label, "second")
            label.setBuddy(edit)
            form.addRow(label, edit)
        set_role(self._code_label, "second")
        self._code_label.setBuddy(self.code)
        form.addRow(self._code_label, self.code)
        for widget in (self._code_label, self.code):
            widget.hide()
        column.addLayout(form)
        column.addWidget(self._fault)
        column.addWidget(self._send)
        row = QHBoxLayout()
        row.addWidget(self._language)
        row.addStretch(1)
        row.addWidget(self._theme_button)
        column.addLayout(row)
        across = QHBoxLayout()
        across.addStretch(1)
        across.addWidget(sheet)
        across.addStretch(1)
        outer = QVBoxLayout(self)
        outer.addStretch(2)
        outer.addLayout(across)
        outer.addStretch(3)

    def set_server(self, address: str, user: str = "") -> None:
        """Fill in where to sign in, and as whom the last time."""
        self.server.setText(address)
        if user:
            self.user.setText(user)
        self.focus_first()

    def focus_first(self) -> None:
        """Go to the first line that is still empty; whoever gives the page the focus comes there too."""
        lines = [*self._labels, *([] if self.code.isHidden() else [self.code])]
        first = next((edit for edit in lines if not edit.text()), lines[-1])
        self.setFocusProxy(first)
        first.setFocus()

    def set_busy(self, busy: bool) -> None:
        """Signing in is on its way, or came back."""
        self._busy = busy
        for edit in (*self._labels, self.code):
            edit.setEnabled(not busy)
        self._send.setEnabled(not busy)
        if busy:
            self.set_fault("")
        self.retranslate()
        if not busy:
            self.focus_first()

    def set_fault(self, telling: Telling) -> None:
        """Say why it did not work: wrong password, no such server, no line. What was typed stays but the password."""
        self._fault.tell(telling)
        if telling:
            if not self._code_asked:
                self.password.clear()
            self._code_asked = False
            self.code.clear()
            self.focus_first()

    def ask_code(self) -> None:
        """The account has a second factor: ask for its code. The password stays until the answer to it."""
        self._code_asked = True
        for widget in (self._code_label, self.code):
            widget.show()

    def clear_password(self) -> None:
        """Signed in: password and code are forgotten."""
        self.password.clear()
        self._forget_code()

    def retranslate(self) -> None:
        """Look the words up again."""
        words = self._words
        self._title.setText(words("desk.sign_in.title"))
        self._hint.setText(words("desk.sign_in.hint"))
        names = {self.server: "server", self.user: "user", self.password: "password"}
        for edit, label in self._labels.items():
            label.setText(words(f"desk.sign_in.{names[edit]}"))
            edit.setAccessibleName(label.text())
        self._code_label.setText(words("desk.sign_in.code"))
        self.code.setAccessibleName(self._code_label.text())
        self.server.setPlaceholderText(words("desk.sign_in.server_hint"))
        self._send.setText(words("desk.sign_in.busy" if self._busy else "desk.sign_in.send"))
        self._language.setText(words("desk.sign_in.other_language"))
        self._theme_button.setText(words("desk.sign_in.other_theme"))
        self._fault.retranslate()

    def set_theme(self, theme: Theme) -> None:
        """Take another theme."""
        self._theme = theme

    def _on_sent(self) -> None:
        if self._busy:
            return
        empty = next((edit for edit in self._labels if not edit.text().strip()), None)
        if empty is not None:
            missing = self._labels[empty]
            self._fault.tell(lambda: self._words("desk.sign_in.missing", name=missing.text()))
            empty.setFocus()
            return
        server, user = self.server.text().strip(), self.user.text().strip()
        self.sign_in_requested.emit(SignInIntent(server, user, self.password.text(), self.code.text().replace(" ", "")))

    def _forget_code(self) -> None:
        """Another account may have no second factor."""
        self.code.clear()
        for widget in (self._code_label, self.code):
            widget.hide()

    def _on_language_clicked(self) -> None:
        at = LANGUAGES.index(self._words.language)
        self.language_picked.emit(LANGUAGES[(at + 1) % len(LANGUAGES)])

    def _on_theme_clicked(self) -> None:
        """The other theme is the one whose ground is lighter or darker than this one's."""
        dark = int(self._theme.ground[1:3], 16) < 0x80
        self.theme_picked.emit("light" if dark else "dark")
