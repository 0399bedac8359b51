"""Qt's sound says nothing while it is loaded: a handler in Python under the loader's lock could stop the program."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LOADING = """
from PySide6.QtCore import QLoggingCategory, qInstallMessageHandler
said = []
qInstallMessageHandler(lambda kind, context, message: said.append(message))
from console.sounds import load_sound
try:
    load_sound()
except ImportError:
    pass
assert not said, said
assert not QLoggingCategory("qt.multimedia.symbolsresolver").isWarningEnabled()
assert QLoggingCategory("qt.multimedia").isWarningEnabled()
"""

BESIDE_A_THREAD_THAT_LOOKS_UP_SYMBOLS = """
import ctypes, os, threading
from PySide6.QtCore import qInstallMessageHandler
from console.sounds import load_sound

def take(kind, context, message):
    for _ in range(50):
        open(os.devnull).close()  # as a log does, lets others have the interpreter

def look_up():
    library = ctypes.CDLL(None)
    while True:
        library["printf"]

qInstallMessageHandler(take)
threading.Thread(target=look_up, daemon=True).start()
loading = threading.Thread(target=load_sound)
loading.start()
loading.join()
os._exit(0)
"""


def _run(script: str) -> None:
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr.decode(errors="replace")


def test_nothing_is_said_while_the_library_is_loaded() -> None:
    _run(LOADING)


@pytest.mark.skipif(sys.platform == "win32", reason="the loader of Windows is another, and so are its symbols")
def test_loading_it_beside_a_thread_that_looks_up_symbols_ends() -> None:
    _run(BESIDE_A_THREAD_THAT_LOOKS_UP_SYMBOLS)
