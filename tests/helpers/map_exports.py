"""Exports of the map by a real desk, and what the service logged of them."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from desks import until
from served import ALL_ROOM, Served, key, send_report

from console.desk import Desk
from domain.change import Subject
from domain.exporting import MapFormat
from domain.people import Role
from service.store import reads
from widgets.map.papers import Paper
from widgets.map_export_sheet import Extent, MapExportWanted

NAME, PHONE = "章某某", "13900007777"
SAID = '井盖缺失 <img src=x onerror="alert(1)">'
SECRET = "两家为院墙争执多年"


CHROMIUM = shutil.which("chromium")


def report(served: Served) -> None:
    """Send two reports with contacts: one with markup in its words, one of a sensitive kind."""
    room = served.client(served.token("hotline", *ALL_ROOM))
    admin = served.client(served.token("sys", Role.SYSTEM_ADMIN))
    quarrel = {"revision": 0, "name_zh": "其他", "name_en": "Other", "parent": "01", "enabled": True, "sensitive": True}
    assert admin.put("/v1/admin/kinds/01-99", json=quarrel, headers={"Idempotency-Key": key()}).status_code == 200
    contact = {"name": NAME, "phone": PHONE}
    send_report(room, text=SAID, contact=contact, lon=120.805, lat=29.555)
    send_report(room, text=SECRET, kind="01-99", contact=contact, lon=120.806, lat=29.556)


async def export(
    desk: Desk,
    form: MapFormat,
    out: Path,
    *,
    staff: bool = False,
    extent: Extent = Extent.ALL,
    paper: Paper = Paper.A3,
) -> None:
    """Have the sheet write a file, and wait until it has or says why not."""
    sheet = desk.map_export.sheet
    sheet.open_sheet()
    sheet.export_requested.emit(MapExportWanted(form, extent, staff, "演示图", str(out), paper))
    await until(lambda: not sheet.isVisible() or sheet._fault.text())


async def geojson_of(desk: Desk, folder: Path, *, staff: bool = False) -> list[dict[str, Any]]:
    """Return the features of the whole town as they go out."""
    out = folder / "map.geojson"
    await export(desk, MapFormat.GEOJSON, out, staff=staff)
    features: list[dict[str, Any]] = json.loads(out.read_text("utf-8"))["features"]
    return features


def logged(served: Served) -> list[dict[str, Any]]:
    """Return what the service logged of exports, the first first."""
    with served.store.reading.begin() as connection:
        changes = reads.changes_after(connection, 0, 10_000)
    return [dict(c.data) for c in changes if c.subject is Subject.EXPORT]


def opened(page: Path, profile: Path, size: str = "1280,720", *more: str) -> str:
    """Return what a browser without a network makes of a page, on a screen of a size."""
    assert CHROMIUM is not None
    offline = ["--host-resolver-rules=MAP * ~NOTFOUND", "--proxy-server=127.0.0.1:9"]
    quiet = ["--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
    shown = subprocess.run(
        [CHROMIUM, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", *quiet, *offline,
         f"--window-size={size}", f"--user-data-dir={profile}", "--virtual-time-budget=4000",
         *(more or ("--dump-dom",)), page.as_uri()],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return shown.stdout
