"""Write ``docs/api/openapi.json`` from the service's own routes: ``python packaging/write_openapi.py``."""

import sys
import tempfile
from pathlib import Path

import msgspec

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

OUT = ROOT / "docs" / "api" / "openapi.json"


def document() -> bytes:
    """Return the document as the service of this tree would give it, laid out for people."""
    from service.app import make_app  # noqa: PLC0415 - after the path is set
    from service.starting import make_runtime, opened  # noqa: PLC0415 - likewise

    with tempfile.TemporaryDirectory() as folder, opened(str(Path(folder) / "empty.db"), exclusive=True) as store:
        runtime = make_runtime(store, None, None)
        try:
            schema = make_app(runtime).ordinary.openapi_schema.to_schema()
        finally:
            runtime.doorkeeper.close()
    return msgspec.json.format(msgspec.json.encode(schema, order="deterministic"), indent=1) + b"\n"


if __name__ == "__main__":
    OUT.write_bytes(document())
    print(OUT.relative_to(ROOT))
