"""QGIS drawing the county, driven through pipes. Runs in the Python that has QGIS, not in ours: standard library only.

The first line of the input is JSON: size, extent, and for each layer its colours and the files with its geometries
(WKB, one after the other), their lengths and their codes. It answers ``ready`` with its version. Then each line is a
command with one line back: ``full``, ``staff``, ``lean`` and ``apply`` give the milliseconds they took, ``pick X Y``
those of finding what lies there, ``memory`` the megabytes it takes (its share of what others use too), ``save PATH``
and ``areas PATH`` (areas alone) ``saved``, ``quit`` nothing.

``full`` is QgsMapRendererSequentialJob over all three layers (memory layers, which were the fastest at this extent).
``staff`` is the same job with QGIS's own QgsMapRendererCache, from which only the staff layer's picture was dropped;
applying new positions to the layer is left out, to its advantage. ``lean`` draws the staff layer alone and lays it over
a kept picture of the others by hand, the least QGIS can do. ``apply`` is ``staff`` with new positions put into the
layer first, by the fastest way found (truncate, add).
"""

import json
import os
import sys
import time
from array import array
from pathlib import Path
from typing import Any

os.environ["QT_QPA_PLATFORM"] = "offscreen"
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})

from qgis.core import (
    Qgis,
    QgsApplication,
    QgsCategorizedSymbolRenderer,
    QgsFeature,
    QgsFeatureRequest,
    QgsFillSymbol,
    QgsGeometry,
    QgsMapRendererCache,
    QgsMapRendererSequentialJob,
    QgsMapSettings,
    QgsMarkerSymbol,
    QgsRectangle,
    QgsRendererCategory,
    QgsVectorLayer,
)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor, QPainter


def make_layer(kind: str, spec: dict[str, Any]) -> Any:
    """Return a memory layer with one symbol a class."""
    layer = QgsVectorLayer(f"{kind}?crs=EPSG:3857&field=code:integer", kind, "memory")
    wkb = Path(spec["wkb"]).read_bytes()
    lengths, codes = array("I"), array("B")
    lengths.frombytes(Path(spec["lengths"]).read_bytes())
    codes.frombytes(Path(spec["codes"]).read_bytes())
    features, fields, at = [], layer.fields(), 0
    for length, code in zip(lengths, codes):  # noqa: B905 - QGIS may run on an older Python
        feature = QgsFeature(fields)
        geometry = QgsGeometry()
        geometry.fromWkb(wkb[at : at + length])
        at += length
        feature.setGeometry(geometry)
        feature.setAttributes([code])
        features.append(feature)
    layer.dataProvider().addFeatures(features)
    layer.updateExtents()
    categories = []
    for code, style in enumerate(spec["styles"]):
        symbol = (QgsFillSymbol if kind == "Polygon" else QgsMarkerSymbol).createSimple(style)
        categories.append(QgsRendererCategory(code, symbol, str(code)))
    layer.setRenderer(QgsCategorizedSymbolRenderer("code", categories))
    return layer


class Picture:
    """The map settings and the layers."""

    def __init__(self, spec: dict[str, Any]) -> None:
        self.layers = [make_layer("Polygon", spec["areas"]), make_layer("Point", spec["cases"])]
        self.staff = make_layer("Point", spec["staff"])
        self.spec = spec
        self.shift = 60.0
        self.took_ms = 0.0
        self.kept = self.render(self.layers)
        self.cache = QgsMapRendererCache()
        self.render([*self.layers, self.staff], cache=self.cache)

    def render(self, layers: list[Any], ground: Any = None, cache: Any = None) -> Any:
        """Draw some layers, bottom first."""
        settings = QgsMapSettings()
        settings.setOutputSize(QSize(*self.spec["size"]))
        settings.setOutputDpi(96)
        settings.setDestinationCrs(self.layers[0].crs())
        settings.setExtent(QgsRectangle(*self.spec["extent"]))
        settings.setBackgroundColor(QColor(self.spec["ground"]) if ground is None else ground)
        settings.setFlag(QgsMapSettings.Antialiasing, True)
        settings.setLayers(list(reversed(layers)))
        job = QgsMapRendererSequentialJob(settings)
        if cache is not None:
            job.setCache(cache)
        job.start()
        job.waitForFinished()
        return job.renderedImage()

    def full(self) -> Any:
        """Draw everything."""
        return self.render([*self.layers, self.staff])

    def moved(self) -> Any:
        """Draw the staff, the others from QGIS's own cache."""
        self.staff.triggerRepaint()  # drops the layer's picture from the cache
        return self.render([*self.layers, self.staff], cache=self.cache)

    def applied(self) -> Any:
        """Put every person a little elsewhere, then draw as ``moved``."""
        provider = self.staff.dataProvider()
        features = list(self.staff.getFeatures())
        self.shift = -self.shift
        for feature in features:
            geometry = feature.geometry()
            geometry.translate(self.shift, self.shift)
            feature.setGeometry(geometry)
        began = time.perf_counter()  # making the features is not QGIS's doing
        provider.truncate()
        provider.addFeatures(features)
        self.moved()
        self.took_ms = (time.perf_counter() - began) * 1000

    def pick(self, x: float, y: float) -> float:
        """Find what lies within five pixels of a point, top first; return the milliseconds it took."""
        reach = 5 * (self.spec["extent"][2] - self.spec["extent"][0]) / self.spec["size"][0]
        near = QgsRectangle(x - reach, y - reach, x + reach, y + reach)
        point = QgsGeometry.fromPointXY(near.center())
        began = time.perf_counter()
        for layer in (self.staff, *reversed(self.layers)):
            request = QgsFeatureRequest(near).setFlags(QgsFeatureRequest.ExactIntersect)
            if any(layer is not self.layers[0] or f.geometry().contains(point) for f in layer.getFeatures(request)):
                break
        return (time.perf_counter() - began) * 1000

    def lean(self) -> Any:
        """Draw the staff over what is kept."""
        drawn = self.render([self.staff], QColor(0, 0, 0, 0))
        image = self.kept.copy()
        painter = QPainter(image)
        painter.drawImage(0, 0, drawn)
        painter.end()
        return image


def memory_mb() -> float:
    """Return the megabytes this process takes, shared ones by its share; 0 where the system does not say."""
    rollup = Path("/proc/self/smaps_rollup")
    lines = rollup.read_text().splitlines() if rollup.exists() else []
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def main() -> None:
    """Answer commands until told to quit."""
    app = QgsApplication([], False)
    app.setMaxThreads(1)
    app.initQgis()
    picture = Picture(json.loads(sys.stdin.readline()))
    print("ready", Qgis.QGIS_VERSION.split("-")[0], flush=True)
    for line in sys.stdin:
        command, _, path = line.strip().partition(" ")
        began = time.perf_counter()
        if command in ("full", "staff", "lean"):
            {"full": picture.full, "staff": picture.moved, "lean": picture.lean}[command]()
            print((time.perf_counter() - began) * 1000, flush=True)
        elif command == "apply":
            picture.applied()
            print(picture.took_ms, flush=True)
        elif command == "pick":
            print(picture.pick(*map(float, path.split())), flush=True)
        elif command == "memory":
            print(memory_mb(), flush=True)
        elif command == "save":
            print("saved" if picture.full().save(path) else "failed", flush=True)
        elif command == "areas":
            print("saved" if picture.render(picture.layers[:1]).save(path) else "failed", flush=True)
        else:
            break
    sys.stdout.flush()
    os._exit(0)  # QGIS takes seconds to clean up, and there is nothing to keep


main()
