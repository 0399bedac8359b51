"""The parts of the desk one by one: docks, actions, notices, throttle, slices, photos, intents' keys and files."""

import asyncio
import base64
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from desks import until
from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QAbstractButton, QLabel, QVBoxLayout, QWidget
from served import ALL_ROOM, Served

from client.api import ServiceClient
from client.mime import mime_of
from console.actions import ActionTable, DeskAction
from console.intents import MAX_PHOTO, read_photo
from console.notices import Notice, NoticeFeed, NoticeHub
from console.photos import PhotoCache
from console.slices import in_slices
from console.tasks import Tasks
from console.throttle import Throttle
from console.workspace import DOCKS, MAP, Workspace, read_stored
from domain.faults import Fault, invalid
from domain.ids import AttachmentId
from domain.people import Role
from resources.theme import load_theme
from resources.words import Words
from widgets.map.view import MapView
from widgets.notices import NoticeStrip, Severity


@pytest.fixture
def workspace(qtbot) -> Iterator[Workspace]:
    frame = QWidget()
    qtbot.addWidget(frame)
    made = Workspace(frame, {dock.name: QLabel(dock.name) for dock in DOCKS}, Words())
    made.manager.resize(1600, 900)
    frame.resize(1600, 900)
    frame.show()
    made.proportion(1600, 900)
    yield made
    del frame  # until here: it is what the docks live in


def test_docks_keep_their_names_when_their_titles_are_translated(workspace: Workspace, tmp_path: Path) -> None:
    workspace.save(tmp_path, b"place", False)
    workspace.retranslate(Words("en"))
    assert workspace.dock(MAP).windowTitle() == "Map"
    stored = read_stored(tmp_path)
    assert stored is not None
    assert workspace.restore(stored)


def test_the_map_is_the_largest_dock(workspace: Workspace) -> None:
    areas = {dock.name: workspace.dock(dock.name).width() * workspace.dock(dock.name).height() for dock in DOCKS}
    assert max(areas, key=lambda name: areas[name]) == MAP


def _sizes(workspace: Workspace) -> dict[str, tuple[int, int]]:
    docks = {spec.name: workspace.dock(spec.name).dockAreaWidget() for spec in DOCKS}
    return {name: (area.width(), area.height()) for name, area in docks.items()}


def _new_workspace(qtbot, view: QWidget | None = None) -> tuple[QWidget, Workspace]:
    frame = QWidget()
    qtbot.addWidget(frame)
    panels: dict[str, QWidget] = {dock.name: QLabel(dock.name) for dock in DOCKS}
    made = Workspace(frame, panels if view is None else {**panels, MAP: view}, Words())
    QVBoxLayout(frame).addWidget(made.manager)
    return frame, made


def test_a_stored_layout_is_taken_at_the_size_the_window_has_when_it_shows(
    qtbot, workspace: Workspace, tmp_path: Path
) -> None:
    workspace.save(tmp_path, b"", False)
    stored, before = read_stored(tmp_path), _sizes(workspace)
    assert stored is not None
    frame, later = _new_workspace(qtbot)
    frame.resize(300, 200)
    later.begin(stored)
    later.save(tmp_path, b"", False)
    assert read_stored(tmp_path) == stored, "what has not shown yet is kept as it was stored"
    frame.layout().setContentsMargins(0, 0, 0, 0)
    frame.resize(1600, 900)
    frame.show()
    for name, (width, height) in _sizes(later).items():
        assert abs(width - before[name][0]) < 20, name
        assert abs(height - before[name][1]) < 20, name


def test_a_layout_taken_in_a_small_window_leaves_every_dock_room_when_it_grows(qtbot, workspace, tmp_path) -> None:
    workspace.save(tmp_path, b"", False)
    frame, later = _new_workspace(qtbot)
    frame.resize(300, 200)
    frame.show()
    later.begin(read_stored(tmp_path))
    frame.resize(1600, 900)
    qtbot.waitUntil(lambda: _sizes(later)[MAP][0] > 700, timeout=1000)
    assert min(min(size) for size in _sizes(later).values()) > 100


def test_a_map_without_room_gets_some_when_the_window_changes_and_when_it_is_asked_for(qtbot, workspace) -> None:
    area = workspace.dock(MAP).dockAreaWidget()
    area.hide()
    workspace.manager.resize(1500, 850)
    qtbot.waitUntil(lambda: workspace.dock(MAP).isVisible(), timeout=1000)
    workspace.dock(MAP).dockAreaWidget().hide()
    assert not workspace.dock(MAP).isVisible()
    workspace.show_dock(MAP)
    assert workspace.dock(MAP).isVisible()
    assert _sizes(workspace)[MAP][0] > 700


@pytest.mark.parametrize("width", [790, 1100, 1600])
def test_a_map_that_a_stored_layout_gives_no_width_has_some_all_the_same(qtbot, tmp_path: Path, width: int) -> None:
    frame, made = _new_workspace(qtbot, MapView(Words(), load_theme("dark")))
    frame.resize(width, 760)
    frame.show()
    splitter = made.dock(MAP).dockAreaWidget().parent()
    splitter.setSizes([width // 3, 0, width - width // 3])
    made.save(tmp_path, b"", False)
    stored = read_stored(tmp_path)
    _, later = second = _new_workspace(qtbot, MapView(Words(), load_theme("dark")))
    second[0].resize(width, 760)
    later.begin(stored)
    second[0].show()
    qtbot.waitUntil(lambda: _sizes(later)[MAP][0] > 150, timeout=1000)
    made.dock(MAP).widget().stop()
    later.dock(MAP).widget().stop()


def test_docks_that_never_showed_are_not_stored_and_a_closed_map_is_opened(qtbot, tmp_path: Path) -> None:
    frame, made = _new_workspace(qtbot)
    made.begin(None)
    made.save(tmp_path, b"", False)
    unseen = read_stored(tmp_path)
    assert unseen is not None
    assert unseen.docks == ""
    assert not made.restore(unseen)
    frame.resize(1600, 900)
    frame.show()
    made.dock(MAP).toggleView(False)
    made.save(tmp_path, b"", False)
    closed = read_stored(tmp_path)
    assert closed is not None
    assert made.restore(closed)
    assert not made.dock(MAP).isClosed()


def test_a_dock_the_stored_layout_has_never_heard_of_is_opened(workspace: Workspace, tmp_path: Path) -> None:
    workspace.dock("dock-today").toggleView(False)
    workspace.save(tmp_path, b"", False)
    stored = read_stored(tmp_path)
    assert stored is not None
    older = msgspec.structs.replace(stored, known=tuple(n for n in stored.known if n != "dock-today"))
    assert workspace.restore(stored)
    assert workspace.dock("dock-today").isClosed()
    assert workspace.restore(older)
    assert not workspace.dock("dock-today").isClosed()


@pytest.mark.qt_log_ignore("qUncompress")
def test_a_layout_that_is_none_is_refused(workspace: Workspace, tmp_path: Path) -> None:
    workspace.save(tmp_path, b"", False)
    stored = read_stored(tmp_path)
    assert stored is not None
    assert not workspace.restore(msgspec.structs.replace(stored, version=99))
    assert not workspace.restore(msgspec.structs.replace(stored, docks=base64.b64encode(b"garbage").decode()))
    (tmp_path / "workspace.json").write_bytes(b'{"version": 1}')
    assert read_stored(tmp_path) is None
    assert read_stored(tmp_path / "nowhere") is None


def test_locked_docks_have_no_title_bars_and_cannot_be_moved(workspace: Workspace) -> None:
    bar = workspace.dock("dock-card").dockAreaWidget().titleBar()
    assert not bar.isVisible()
    workspace.lock(False)
    assert bar.isVisible()
    workspace.lock(True)
    assert not bar.isVisible()


def test_a_dock_is_closed_by_a_plain_cross(workspace: Workspace) -> None:
    workspace.lock(False)
    buttons = workspace.dock("dock-card").tabWidget().findChildren(QAbstractButton)
    drawn = [b.icon().pixmap(64, 64).toImage() for b in buttons if not b.icon().isNull()]
    assert len(drawn) == 1
    middle, side = drawn[0].width() // 2, drawn[0].width()
    assert drawn[0].pixelColor(middle, middle).alpha() > 0
    assert not any(drawn[0].pixelColor(middle, y).alpha() for y in range(side // 3)), "no box around it"


def test_actions_are_done_by_their_keys_and_no_two_share_one(qtbot) -> None:
    window, done = QWidget(), []
    qtbot.addWidget(window)
    table = ActionTable(window, Words(), [DeskAction("help", ("F1",), lambda: done.append("help"))])
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert done == ["help"]
    assert table.listed() == [("help", "按键一览", "F1")]
    table.enable(["help"], False)
    qtbot.keyClick(window, Qt.Key.Key_F1)
    assert done == ["help"]
    assert table.listed() == []
    twice = [DeskAction("help", ("F1",), list), DeskAction("theme", ("F1",), list)]
    with pytest.raises(ValueError, match="F1"):
        ActionTable(window, Words(), twice)


async def test_notices_replace_each_other_go_in_time_and_follow_the_language(qtbot) -> None:
    words, hub = Words(), NoticeHub()
    desk = QWidget()
    qtbot.addWidget(desk)
    strip = NoticeStrip(words, load_theme("dark"), desk)
    feed = NoticeFeed(hub, strip, words, 1)
    hub.info("notice.layout_locked", replace="layout")
    hub.info("notice.layout_free", replace="layout")
    hub.refused(invalid("photo_type_unknown"))
    values = {"fault": "fault.settings_unknown_key", "name": "x"}
    hub.post(Notice(Severity.WARNING, "notice.settings_default", values, "settings", lasting=True))
    assert len(feed.standing()) == 3
    texts = {notice.text for notice in strip.notices()}
    assert any("不认识的项：x" in text for text in texts)
    words.use("en")
    feed.retranslate()
    assert any("unknown name: x" in notice.text for notice in strip.notices())
    await until(lambda: len(feed.standing()) == 2)
    feed.dismiss_latest()
    assert [n.key for n in feed.standing()] == ["notice.settings_default"]
    feed.stop()
    assert strip.notices() == []
    hub.info("notice.layout_free", replace="layout")
    assert strip.notices() == [], "what is told while the desk closes has no window"


async def test_a_throttle_answers_the_first_at_once_and_the_rest_together(qtbot) -> None:
    owner, due = QObject(), []
    throttle = Throttle(80, owner)
    throttle.due.connect(lambda: due.append(asyncio.get_running_loop().time()))
    throttle.request()
    assert len(due) == 1
    for _ in range(10):
        throttle.request()
    assert len(due) == 1
    await until(lambda: len(due) == 2)
    assert due[1] - due[0] > 0.06
    throttle.request()
    throttle.stop()
    await asyncio.sleep(0.12)
    assert len(due) == 2
    throttle.hurry()
    assert len(due) == 2, "nothing waits"
    throttle.request()
    throttle.request()
    throttle.hurry()
    await asyncio.sleep(0.12)
    assert len(due) == 4, "at once, and not again when the pause ends"


async def test_slices_take_everything_and_let_others_run() -> None:
    taken: list[int] = []
    turns = 0

    async def other() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(other())

    def take(part) -> None:
        taken.extend(part)
        time.sleep(0.003)

    await in_slices(list(range(1000)), take, at_once=50)
    beside.cancel()
    assert taken == list(range(1000))
    assert turns >= 5


def _jpeg(colour: str) -> bytes:
    image = QImage(400, 300, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    kept = QByteArray()
    buffer = QBuffer(kept)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, "JPG")  # type: ignore[call-overload]  # the stub knows bytes only, the binding neither
    return bytes(kept.data())


async def test_photos_are_fetched_once_kept_within_bounds_and_missed_in_words(served: Served) -> None:
    tasks = Tasks(lambda error, where: pytest.fail(f"{where}: {error!r}"))
    client = ServiceClient(served.url, served.token("desk", *ALL_ROOM, Role.GATEWAY))
    photos = PhotoCache(tasks, 1)
    loaded, failed = [], []
    photos.loaded.connect(lambda photo, full, image: loaded.append((photo, full, image.width())))
    photos.failed.connect(lambda photo, full, fault: failed.append(fault.key))
    photos.use(client)
    ids = [(await client.upload(_jpeg(c), "image/jpeg")).attachment_id for c in ("red", "green", "blue")]
    for _ in range(3):
        photos.want(ids[0], False)
    await until(lambda: loaded)
    assert loaded == [(ids[0], False, 320)]
    photos.want(ids[0], False)
    assert len(loaded) == 2, "a kept photo comes at once"
    for each in ids:
        photos.want(each, True)
    await until(lambda: len(loaded) == 5)
    assert photos.size_bytes <= 2**20
    photos.want(AttachmentId("a" * 32), False)
    await until(lambda: failed)
    photos.use(None)
    await tasks.stop()
    await client.aclose()


def test_photo_files_are_bounded_and_known_by_their_first_bytes(tmp_path: Path) -> None:
    good = tmp_path / "a.jpg"
    good.write_bytes(_jpeg("red"))
    assert mime_of(read_photo(good)) == "image/jpeg"
    big = tmp_path / "big.jpg"
    with big.open("wb") as file:
        file.truncate(MAX_PHOTO + 1)
    for path, key in ((big, "photo_too_large"), (tmp_path / "none.jpg", "photo_file_unreadable")):
        with pytest.raises(Fault) as refused:
            read_photo(path)
        assert refused.value.key == key
    with pytest.raises(Fault) as unknown:
        mime_of(b"GIF89a")
    assert unknown.value.key == "photo_type_unknown"


class _Relay:
    """A line to the service that can be cut and mended: the same port, every byte passed on."""

    def __init__(self, url: str) -> None:
        self._to = int(url.rsplit(":", 1)[1])
        self._server: asyncio.Server | None = None
        self._lines: set[asyncio.StreamWriter] = set()
        self.port = 0

    async def mend(self) -> str:
        self._server = await asyncio.start_server(self._pass_on, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{self.port}"

    async def cut(self) -> None:
        if self._server is not None:
            self._server.close()
        for line in list(self._lines):
            line.transport.abort()
        await asyncio.sleep(0.05)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._to)
        self._lines |= {writer, back}
        await asyncio.gather(_pump(reader, back), _pump(there, writer))
        self._lines -= {writer, back}


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while part := await reader.read(65_536):
            writer.write(part)
            await writer.drain()
    except ConnectionError:
        pass
    finally:
        writer.close()


async def test_photos_the_line_did_not_bring_are_fetched_when_it_is_back(served: Served) -> None:
    tasks = Tasks(lambda error, where: pytest.fail(f"{where}: {error!r}"))
    relay = _Relay(served.url)
    client = ServiceClient(await relay.mend(), served.token("desk", *ALL_ROOM, Role.GATEWAY))
    photos = PhotoCache(tasks, 8)
    loaded, failed = [], []
    photos.loaded.connect(lambda photo, full, image: loaded.append(photo))
    photos.failed.connect(lambda photo, full, fault: failed.append(fault.key))
    photos.use(client)
    kept = (await client.upload(_jpeg("red"), "image/jpeg")).attachment_id
    nowhere = AttachmentId("a" * 32)
    photos.want(nowhere, False)
    await until(lambda: failed == ["unknown_attachment"])
    await relay.cut()
    photos.want(kept, False)
    await until(lambda: len(failed) == 2)
    assert failed[1] == "line_down"
    photos.on_second(live=False)
    assert tasks.running() == []
    await relay.mend()
    photos.on_second(live=True)
    await until(lambda: loaded == [kept])
    for _ in range(10):
        photos.on_second(live=True)
    assert tasks.running() == [], "what is there is not fetched again, nor what there is none of"
    photos.use(None)
    await tasks.stop()
    await client.aclose()
    await relay.cut()
