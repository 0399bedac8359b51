"""Our end of the FastAPI + ORM peer: finds a Python that has it, and runs the peer on a database of ours.

It is never part of the set-up. By hand, in a throw-away venv: ``pip install fastapi==0.165.0 sqlalchemy==2.1.9
asyncpg==0.32.0 uvicorn==0.54.0 uvloop==0.23.0 httptools==0.9.0 greenlet``; name its interpreter in
``ONEMAP_ORM_PYTHON``.
"""

import os
import shutil
import subprocess
from contextlib import AbstractContextManager
from pathlib import Path

from benchmarks.programs import running

SCRIPT = Path(__file__).with_name("orm_intake.py")
NEEDS = "import asyncpg, fastapi, greenlet, httptools, sqlalchemy, uvicorn, uvloop"
NAME = "FastAPI + SQLAlchemy ORM + asyncpg on the same PostgreSQL, a transaction a request"


def find_python() -> str | None:
    """Return an interpreter that has the peer's packages, or None."""
    named = os.environ.get("ONEMAP_ORM_PYTHON")
    for path in filter(None, (named, shutil.which("python3"))):
        probe = subprocess.run([path, "-c", NEEDS], capture_output=True, check=False, timeout=60)
        if probe.returncode == 0:
            return path
    return None


def serving(python: str, database: str, bearer: str, kind: str) -> AbstractContextManager[str]:
    """Run the peer on an empty database; gives its URL."""
    url = database.replace("postgresql://", "postgresql+asyncpg://", 1)
    return running([str(SCRIPT), url, bearer, kind], "ready ", (python,))
