"""Going along with who is chosen in a playback: they are in the middle until the map is taken elsewhere."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from widgets.map.playback_bar import PlaybackBar

if TYPE_CHECKING:
    from console.desk import Desk

NOTICE = "playback-follow"


class Following(QObject):
    """Is on while the bar's box is ticked; the box says no more than what is done."""

    def __init__(self, desk: "Desk", bar: PlaybackBar) -> None:
        super().__init__(bar)
        self._desk, self._view, self._box = desk, desk.panels.map, bar.follow
        bar.follow_toggled.connect(self._on_toggled)
        self._view.thing_chosen.connect(self._on_chosen)
        self._view.taken_elsewhere.connect(self._on_taken_elsewhere)

    def go_along(self) -> None:
        """Have who is chosen in the middle, where that is wanted and known."""
        place = self._place()
        if self._box.isChecked() and place is not None:
            self._view.centre_on(*place)

    def end(self) -> None:
        """Go along no more."""
        self._box.setChecked(False)

    def _place(self) -> tuple[float, float] | None:
        thing = self._view.chosen.thing
        return None if thing is None else self._desk.map_feed.models.positions.place(thing)

    def _on_toggled(self, on: bool) -> None:
        if on:
            self._begin()
        else:
            self._desk.notices.withdraw(NOTICE)

    def _on_chosen(self) -> None:
        if self._box.isChecked():
            self._begin()

    def _begin(self) -> None:
        """Go to who is chosen, or say why that cannot be."""
        notices = self._desk.notices
        notices.withdraw(NOTICE)
        if self._view.chosen.thing is None:
            self.end()
            notices.info("notice.playback_follow_nobody", NOTICE)
        elif self._place() is None:
            notices.info("notice.playback_follow_nowhere", NOTICE)
        self.go_along()

    def _on_taken_elsewhere(self) -> None:
        """Whoever moves the map wants to look there; going to who is followed is no going away."""
        place, camera = self._place(), self._view.camera
        if place is None or max(abs(camera.x - place[0]), abs(camera.y - place[1])) >= camera.scale:
            self.end()
