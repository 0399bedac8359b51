"""Opening a file: what it says it is by its name, what it is by its first bytes, and the reader for that."""

from pathlib import Path

from console.exchange.csv_reader import read_csv
from console.exchange.geojson_reader import read_geojson
from console.exchange.table import ReadOptions, Table, read_whole
from domain.faults import invalid

_BY_SUFFIX = {
    ".csv": "CSV",
    ".txt": "CSV",
    ".json": "GeoJSON",
    ".geojson": "GeoJSON",
    ".zip": "ZIP",
    ".gpkg": "GeoPackage",
    ".shp": "SHP",
}
_BY_HEAD = (
    (b"PK\x03\x04", "ZIP"),
    (b"PK\x05\x06", "ZIP"),
    (b"SQLite format 3\x00", "GeoPackage"),
    (b"%PDF", "PDF"),
    (b"\x1f\x8b", "gzip"),
    (b"\xd0\xcf\x11\xe0", "Excel (.xls)"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "RAR"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x00\x00\x27\x0a", "SHP"),
)
_BOM = b"\xef\xbb\xbf"


def read_table(path: Path, options: ReadOptions) -> Table:
    """Return all records of a file, or raise the ``Fault`` that says where it is broken. Nothing is skipped."""
    declared = _BY_SUFFIX.get(path.suffix.lower())
    if declared is None:
        raise invalid("file_kind_unknown", file=path.name, known=" ".join(sorted(_BY_SUFFIX)))
    content = read_whole(path)
    found = sniff(content, declared)
    if not found:
        raise invalid("file_not_recognised", file=path.name, expected=declared)
    if found != declared:
        raise invalid("file_not_what_it_says", file=path.name, expected=declared, found=found)
    if declared == "CSV":
        return read_csv(content, options)
    if declared == "GeoJSON":
        return read_geojson(content, options)
    from console.exchange.container_reader import (  # noqa: PLC0415 - loads GDAL
        read_geopackage,
        read_shapefile,
        read_shapefile_zip,
    )

    if declared == "SHP":
        return read_shapefile(path, options)
    return read_shapefile_zip(content, options) if declared == "ZIP" else read_geopackage(content, options)


def sniff(content: bytes, declared: str) -> str:
    """Return what the first bytes say a file is; ``declared`` where they say nothing against it, empty for rubbish."""
    for head, kind in _BY_HEAD:
        if content.startswith(head):
            if kind == "ZIP" and b"[Content_Types].xml" in content[:4096]:
                return "Excel (.xlsx)"
            return kind
    if declared in ("ZIP", "GeoPackage"):
        return _text_kind(content, "") or ("CSV" if _looks_like_text(content[:4096]) else "")
    return _text_kind(content, declared)


def _text_kind(content: bytes, otherwise: str) -> str:
    start = content[:4096].removeprefix(_BOM).lstrip()
    if start[:1] in (b"{", b"["):
        return "GeoJSON" if otherwise == "GeoJSON" else "JSON"
    if start[:1] == b"<":
        return "HTML/XML"
    return "CSV" if otherwise == "GeoJSON" and _looks_like_text(start) else otherwise


def _looks_like_text(start: bytes) -> bool:
    return b"\x00" not in start and b"," in start.split(b"\n", 1)[0]
