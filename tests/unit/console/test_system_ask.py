"""How far from the town a file falls is told in kilometres that never read as none."""

import pytest

from console.systemask import km_text


@pytest.mark.parametrize(
    ("metres", "said"),
    [(20.0, "0.1"), (950.0, "0.9"), (9_949.0, "9.9"), (9_950.0, "10"), (278_000.0, "278"), (9_347_000.0, "9,347")],
)
def test_kilometres_have_tenths_below_ten_and_are_never_none(metres: float, said: str) -> None:
    assert km_text(metres) == said
