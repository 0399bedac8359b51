"""A text: a few lines, where Ctrl+Enter sends, Tab moves on, and Enter begins a new line."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from domain.case import MAX_TEXT
from domain.command import Arg
from widgets.case_card.fields.base import Field, FormContext
from widgets.templates import KEY, KEY_NAME, TemplateMenu


class TextField(Field):
    """Free text of at most ``MAX_TEXT`` characters."""

    def __init__(self, arg: Arg, context: FormContext, parent: QWidget | None = None) -> None:
        super().__init__(arg, context, parent)
        self.edit = QPlainTextEdit()
        self.edit.setTabChangesFocus(True)
        self.edit.setFixedHeight(58 if arg.required else 40)
        self.edit.installEventFilter(self)
        self.edit.textChanged.connect(self.changed)
        self.column.addWidget(self.edit)
        self.setFocusProxy(self.edit)
        self.finish()

    def retranslate(self) -> None:
        """Look the words up again."""
        super().retranslate()
        self.edit.setAccessibleName(self.label_text())
        self.edit.setPlaceholderText(self.context.names.words("template.hint", name=KEY_NAME))

    def value(self) -> object:
        """Return the text without blanks around it."""
        return self.edit.toPlainText().strip() or None

    def prefill(self, value: str) -> None:
        """Put a text in."""
        self.edit.setPlainText(value)

    def problem(self) -> str:
        """Say that it is missing or too long."""
        if len(self.edit.toPlainText().strip()) > MAX_TEXT:
            return self.context.names.words("desk.form.too_long", n=MAX_TEXT)
        return super().problem()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+Enter sends; so does Enter in an optional text that is still empty."""
        if watched is self.edit and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == KEY:
                names = self.context.names
                TemplateMenu(self.edit, names.templates, self.context.action, names.words).open_menu()
                return True
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
            if enter and (control or not (self.arg.required or self.edit.toPlainText())):
                self.submitted.emit()
                return True
        return super().eventFilter(watched, event)
