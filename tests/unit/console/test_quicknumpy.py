"""numpy's types are read when somebody asks for more than the one that a start needs, and are numpy's own then."""

import subprocess
import sys
from pathlib import Path

SCRIPT = """
import sys
from console import quicknumpy
quicknumpy.import_numpy()
import numpy as np
import numpy.typing as npt
spared = npt.NDArray[np.float32]
print("numpy._typing._dtype_like" in sys.modules)
import numpy._typing._nbit_base
print(type(npt).__name__)
print(npt.ArrayLike is not None, hasattr(np.typing, "DTypeLike"), hasattr(npt, "no_such_type"))
from numpy.typing import DTypeLike, NDArray
read = "numpy._typing._dtype_like" in sys.modules
print(NDArray[np.float32] == spared, read, type(sys.modules["numpy.typing"]).__name__)
"""


def test_types_are_read_when_asked_for_and_the_one_kept_is_the_same() -> None:
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", SCRIPT], cwd=root, check=True, capture_output=True, text=True)
    assert done.stdout.splitlines() == ["False", "_Later", "True True False", "True True module"]
