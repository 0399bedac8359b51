"""Keeping the open form of the card in view, and bringing the card back to where it was when the form is gone."""

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QScrollArea

from widgets.case_card.form import ActionForm

EDGE_PX = 8


class FormInView(QObject):
    """Scrolls to a form when it opens, grows or has something to say; who scrolled away to read is left alone."""

    def __init__(self, scroll: QScrollArea) -> None:
        super().__init__(scroll)
        self._scroll, self._bar = scroll, scroll.verticalScrollBar()
        self._form: ActionForm | None = None
        self._before = self._version = self._put = self._height = 0
        self._asked = False
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._on_settled)
        scroll.viewport().installEventFilter(self)

    def open(self, form: ActionForm, *, first: bool) -> None:
        """A form is there; where it is the ``first`` and not the next of a row, the card is to come back to here."""
        if first:
            self._before, self._version = self._bar.value(), form.context.case.version
        self._form, self._height, self._asked = form, 0, False
        form.installEventFilter(self)
        form.said.connect(self.follow)

    def let_go(self) -> None:
        """The form is no longer there."""
        if self._form is not None:
            self._form.removeEventFilter(self)
            self._form.said.disconnect(self.follow)
        self._form = None
        self._soon.stop()

    def go_back(self, version: int, *, done: bool) -> None:
        """Go back to where the card was before the form; to its top where the case is another by now."""
        self._bar.setValue(0 if done or version != self._version else self._before)

    def follow(self) -> None:
        """Bring what matters of the form into view, once all has its place."""
        self._asked = True
        self._soon.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look again once the form, or its room, is another."""
        if self._form is not None and event.type() in (QEvent.Type.Move, QEvent.Type.Resize):
            self._soon.start()
        return super().eventFilter(watched, event)

    def _on_settled(self) -> None:
        """Follow a form that has grown; one that was only pushed about while nobody has scrolled away from it."""
        if self._form is None:
            return
        if self._asked or self._form.height() > self._height or self._bar.value() == self._put:
            self._scroll_to(self._form)
        self._asked = False
        self._height = max(self._height, self._form.height())  # a layout may squeeze it for a turn

    def _scroll_to(self, form: ActionForm) -> None:
        """Bring the whole form into view, or as much as fits of what matters now."""
        room = self._scroll.viewport().height()
        wanted = form.geometry()
        for part in form.what_matters():
            if wanted.height() + 2 * EDGE_PX <= room:
                break
            wanted = part.translated(form.pos())
        top, over = wanted.top() - EDGE_PX, wanted.bottom() + EDGE_PX - room
        if self._bar.value() < over or self._bar.value() > top:
            self._bar.setValue(min(top, max(over, 0)))
        self._put = self._bar.value()
