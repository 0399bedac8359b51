"""What the reading process hands back: features, a track, or where places would fall; everything bounded. No Qt."""

from typing import Any

import msgspec

FEATURE_SUFFIXES = (".geojson", ".json", ".gpkg", ".zip", ".shp", ".csv", ".txt", ".kml", ".gpx")
TRACK_SUFFIXES = (".gpx", ".csv", ".txt")
SHP, BESIDE_SHP = ".shp", (".shx", ".dbf", ".prj", ".cpg", ".sbn", ".sbx", ".qix", ".qmd", ".qpj")
"""A Shapefile, and what lies beside it: no file of its own."""
MAX_BYTES = 64 * 2**20
"""Of a file that is shown."""
MAX_FEATURES = 50_000
MAX_POINTS = 2_000_000
MAX_COLUMNS = 60
MAX_TEXT = 400
MAX_ANSWER = 400 * 2**20

FEATURES, TRACK, FITS = "features", "track", "fits"
Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""
REST = "rest"
"""Said where bad rows of a table are to be left out."""


class FileFeatures(msgspec.Struct, frozen=True):
    """Features: WKB in WGS-84 degrees, and a text for each column; ``notes`` say what was left out and why."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    wkbs: tuple[bytes, ...]
    notes: tuple[str, ...] = ()


class FileFix(msgspec.Struct, frozen=True, array_like=True):
    """A point of a track: which of the file's tracks, POSIX time (None where it says none), lon and lat."""

    track: int
    at: float | None
    lon: float
    lat: float


class FileTrack(msgspec.Struct, frozen=True):
    """The tracks of a file: their names, their points in the order of the file, and how many rows are left out."""

    names: tuple[str, ...]
    fixes: tuple[FileFix, ...]
    left_out: int = 0


class Fit(msgspec.Struct, frozen=True):
    """Where a file's places fall in a system: west, south, east, north; no ``box`` where most cannot be of it."""

    system: str
    box: Box | None = None


class Answer(msgspec.Struct, frozen=True):
    """What was asked for, or the fault that says why not: its key and what it says."""

    features: FileFeatures | None = None
    track: FileTrack | None = None
    fits: tuple[Fit, ...] | None = None
    fault: str = ""
    params: dict[str, Any] = {}
