"""The docks and their layout: made once, saved and restored, locked or free to be moved.

Traps of QtAds that this module keeps away from the rest: a dock's object name is its identity (the title would be, and
is translated); ``restoreState`` closes docks the saved state has never heard of, so those are opened again; docks are
hidden, never deleted; no ``QMainWindow.restoreState`` on the same docks.
"""

import base64
from pathlib import Path

import msgspec
import PySide6QtAds as ads  # noqa: N813
from PySide6.QtCore import QEvent, QObject, QPointF, Qt, QTimer
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QSplitter, QWidget

from console.folders import write_atomically
from console.late import Place
from resources.theme import load_theme
from resources.words import Words

FILE_NAME = "workspace.json"
VERSION = 1
MAX_FILE = 1024 * 1024
MAP = "dock-map"
CROSS_PX = 16
"""Size of the sign that closes a dock."""
LOCKED_HANDLE_PX, FREE_HANDLE_PX = 1, 5
"""A hairline while the layout is locked; something to take hold of while it is free."""


class Dock(msgspec.Struct, frozen=True):
    """A dock by its lasting name. ``side`` is where it stands by default: of ``beside``, or of the whole window."""

    name: str
    title: str
    side: ads.DockWidgetArea
    beside: str = ""


LEFT, RIGHT = ads.DockWidgetArea.LeftDockWidgetArea, ads.DockWidgetArea.RightDockWidgetArea
BOTTOM, CENTRE = ads.DockWidgetArea.BottomDockWidgetArea, ads.DockWidgetArea.CenterDockWidgetArea

DOCKS: tuple[Dock, ...] = (
    Dock(MAP, "dock.map", CENTRE),
    Dock("dock-units", "dock.units", BOTTOM),
    Dock("dock-cases", "dock.cases", LEFT, MAP),
    Dock("dock-card", "dock.card", RIGHT, MAP),
    Dock("dock-today", "dock.today", RIGHT, "dock-units"),
)
LIST_SHARE, CARD_SHARE, BOTTOM_SHARE, TODAY_SHARE = 0.205, 0.228, 0.195, 0.36
LIST_LEAST_PX, CARD_LEAST_PX, BOTTOM_LEAST_PX = 280, 360, 170
SOUND_PX, SOUND_MAP_PX = 40, 150
"""An open dock (the map) that is narrower or lower than this is of no use: the layout is put right."""
ROOM_WIDTH_PX, ROOM_HEIGHT_PX = 800, 450
"""In less than this there is no layout in which every dock has room; the map has some all the same."""


class Stored(msgspec.Struct, frozen=True):
    """A saved workspace, Qt's own byte strings in base64."""

    version: int
    window: str
    docks: str
    known: tuple[str, ...]
    full_screen: bool = False


class Workspace(QObject):
    """The dock manager with one dock for each panel. ``panels`` maps dock names to widgets."""

    def __init__(self, parent: QWidget, panels: dict[str, QWidget], words: Words) -> None:
        super().__init__(parent)
        _set_flags()
        for icon in (ads.TabCloseIcon, ads.DockAreaCloseIcon):
            ads.CDockManager.iconProvider().registerCustomIcon(icon, _cross())  # takes the icon for its own
        self.manager = ads.CDockManager(parent)
        self._docks: dict[str, ads.CDockWidget] = {}
        self._locked = True
        self._stored: Stored | None = None
        self._awaited = False
        self._check = QTimer(self)
        self._check.setSingleShot(True)
        self._check.setInterval(0)
        self._check.timeout.connect(self.settle)
        for spec in DOCKS:
            dock = ads.CDockWidget(self.manager, words(spec.title))
            dock.setObjectName(spec.name)
            dock.setWidget(panels[spec.name], ads.CDockWidget.eInsertMode.ForceNoScrollArea)
            dock.setMinimumSizeHintMode(ads.CDockWidget.eMinimumSizeHintMode.MinimumSizeHintFromContent)
            self._docks[spec.name] = dock
        self._place()
        self.manager.dockAreaCreated.connect(self._on_area_created)
        self.lock(True)
        self.manager.installEventFilter(self)

    @property
    def locked(self) -> bool:
        """Whether the docks stay where they are (their title bars are hidden)."""
        return self._locked

    def dock(self, name: str) -> ads.CDockWidget:
        """Return a dock by its lasting name."""
        return self._docks[name]

    def reset(self, width: int, height: int) -> None:
        """Put every dock where it stands by default, for a window of that size in pixels."""
        self._stored, self._awaited = None, False
        for dock in self._docks.values():
            if dock.isFloating():
                dock.setFloating()
        self._place()
        self.proportion(width, height)
        self.lock(self._locked)

    def proportion(self, width: int, height: int) -> None:
        """Give the docks their default shares of a window of that size in pixels."""
        left, right = max(LIST_LEAST_PX, int(width * LIST_SHARE)), max(CARD_LEAST_PX, int(width * CARD_SHARE))
        bottom, today = max(BOTTOM_LEAST_PX, int(height * BOTTOM_SHARE)), int(width * TODAY_SHARE)
        centre = self._docks[MAP].dockAreaWidget()
        self.manager.setSplitterSizes(centre, [left, max(200, width - left - right), right])
        self.manager.setSplitterSizes(self._docks["dock-units"].dockAreaWidget(), [width - today, today])
        root = self.manager.rootSplitter()
        if root.count() == 2:
            root.setSizes([max(200, height - bottom), bottom])

    def lock(self, locked: bool) -> None:
        """Keep the docks in place without title bars, or show these so that docks can be moved."""
        self._locked = locked
        for name, dock in self._docks.items():
            free = ads.CDockWidget.DockWidgetFeature.NoDockWidgetFeatures
            if not locked and name != MAP:
                features = ads.CDockWidget.DockWidgetFeature
                free = features.DockWidgetMovable | features.DockWidgetFloatable | features.DockWidgetClosable
            dock.setFeatures(free | ads.CDockWidget.DockWidgetFeature.DockWidgetFocusable)
        for area in self.manager.openedDockAreas():
            self._on_area_created(area)
        for splitter in self.manager.findChildren(QSplitter):
            splitter.setHandleWidth(LOCKED_HANDLE_PX if locked else FREE_HANDLE_PX)

    def show_dock(self, name: str) -> QWidget:
        """Open a dock, bring it to the front, and return its panel; one without room to show gets some."""
        dock = self._docks[name]
        if dock.isClosed():
            dock.toggleView(True)
        self.settle()
        dock.raise_()
        panel: QWidget = dock.widget()
        return panel.part() if isinstance(panel, Place) else panel

    def retranslate(self, words: Words) -> None:
        """Give the docks their titles in the language in use."""
        for spec in DOCKS:
            self._docks[spec.name].setWindowTitle(words(spec.title))

    # -- room for every dock ---------------------------------------------------------------------------------------

    def begin(self, stored: Stored | None) -> None:
        """Take this layout, or the default one, once the docks show and have their size: shares of no size are none."""
        self._stored, self._awaited = stored, True
        if self.manager.isVisible():
            self._arrange()

    def settle(self) -> None:
        """Put the layout right where an open dock has no room: as it was stored, or else as it is by default."""
        if not self.manager.isVisible() or not self._cramped():
            return
        if self._stored is not None and self.restore(self._stored) and not self._cramped():
            return
        if self._roomy():
            self.reset(self.manager.width(), self.manager.height())
        else:
            self.proportion(self.manager.width(), self.manager.height())  # what is stored waits for a larger window

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrange the docks when they first show, and see to it that all have room whenever their size changes."""
        kind = event.type()
        if kind == QEvent.Type.Show and self._awaited:
            self._arrange()
        if kind in (QEvent.Type.Show, QEvent.Type.Resize):
            self._check.start()
        return False

    def _arrange(self) -> None:
        self._awaited = False
        if self._stored is None or not self.restore(self._stored):
            self._stored = None
            self.proportion(self.manager.width(), self.manager.height())

    def _roomy(self) -> bool:
        width, height = int(self.manager.width()), int(self.manager.height())
        return width >= ROOM_WIDTH_PX and height >= ROOM_HEIGHT_PX

    def _cramped(self) -> bool:
        """Whether an open dock is hidden, or too small to be of use; in too small a window only the map counts."""
        roomy = self._roomy()
        for name, dock in self._docks.items():
            if name != MAP and not roomy:
                continue
            area = dock.dockAreaWidget()
            if dock.isClosed() or dock.isFloating() or dock.isInFloatingContainer() or area is None:
                continue
            least = SOUND_MAP_PX if name == MAP else SOUND_PX
            if not area.isVisible() or min(area.width(), area.height()) < least:
                return True
        return False

    # -- keeping ---------------------------------------------------------------------------------------------------

    def save(self, folder: Path, window: bytes, full_screen: bool) -> None:
        """Store the layout (the stored one until the docks show) and the window's place. Raises OSError."""
        docks = base64.b64encode(bytes(self.manager.saveState(VERSION).data())).decode("ascii")
        if self._awaited:  # never shown: shares of no size would be stored
            docks = "" if self._stored is None else self._stored.docks
        stored = Stored(
            version=VERSION,
            window=base64.b64encode(window).decode("ascii"),
            docks=docks,
            known=tuple(self._docks),
            full_screen=full_screen,
        )
        write_atomically(folder / FILE_NAME, msgspec.json.encode(stored))

    def restore(self, stored: Stored) -> bool:
        """Take a stored layout; the map, and docks it never heard of, are opened. False where it cannot be used."""
        if stored.version != VERSION or not stored.docks:
            return False
        if not self.manager.restoreState(base64.b64decode(stored.docks), VERSION):
            return False
        for name, dock in self._docks.items():
            if name not in stored.known or (name == MAP and dock.isClosed()):
                dock.toggleView(True)
        self.lock(self._locked)
        return True

    def close_all(self) -> None:
        """Let go of floating docks before the window goes."""
        for dock in self._docks.values():
            if dock.isFloating():
                dock.closeDockWidget()

    def _place(self) -> None:
        for spec in DOCKS:
            dock = self._docks[spec.name]
            beside = self._docks[spec.beside].dockAreaWidget() if spec.beside else None
            if beside is None:
                self.manager.addDockWidget(spec.side, dock)
            else:
                self.manager.addDockWidget(spec.side, dock, beside)
            dock.toggleView(True)

    def _on_area_created(self, area: ads.CDockAreaWidget) -> None:
        area.setDockAreaFlag(ads.CDockAreaWidget.eDockAreaFlag.HideSingleWidgetTitleBar, self._locked)


def read_stored(folder: Path) -> Stored | None:
    """Return the stored workspace, None where there is none or it is not one."""
    try:
        content = (folder / FILE_NAME).read_bytes()
    except OSError:
        return None
    if len(content) > MAX_FILE:
        return None
    try:
        stored = msgspec.json.decode(content, type=Stored)
        base64.b64decode(stored.docks, validate=True)
        base64.b64decode(stored.window, validate=True)
    except ValueError:  # msgspec.DecodeError and binascii.Error are ValueErrors
        return None
    return stored


def _set_flags() -> None:
    """Choose what docks look like. Must come before the manager is made."""
    flags = ads.CDockManager.eConfigFlag
    for flag in (flags.DisableStylesheet, flags.OpaqueSplitterResize, flags.FocusHighlighting):
        ads.CDockManager.setConfigFlag(flag, flag is not flags.FocusHighlighting)
    for flag in (flags.DockAreaHasTabsMenuButton, flags.DockAreaHasUndockButton, flags.DockAreaHasCloseButton):
        ads.CDockManager.setConfigFlag(flag, False)
    ads.CDockManager.setConfigFlag(flags.XmlCompressionEnabled, True)


def _cross() -> QIcon:
    """Return the sign that closes a dock: a plain cross, where Qt's own style draws a boxed one."""
    picture = QPixmap(4 * CROSS_PX, 4 * CROSS_PX)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(4.0, 4.0)
    painter.setPen(QPen(QColor(load_theme("dark").text_second), 1.5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
    near, far = CROSS_PX * 0.25, CROSS_PX * 0.75
    painter.drawLine(QPointF(near, near), QPointF(far, far))
    painter.drawLine(QPointF(near, far), QPointF(far, near))
    painter.end()
    return QIcon(picture)
