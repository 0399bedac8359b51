"""Numbers that reach a person are masked in words nobody checked; numbers of things are not."""

import pytest

from domain.contacts import without_contacts


@pytest.mark.parametrize(
    "text",
    [
        "13900007777",
        "张三 139 0000 7777",
        "+86-13900007777。",
        "电话0571-87654321",
        "(0571)87654321",
        "（0571）8765 4321",
        "0575－8765432",
        "门卫电话：87654321",
        "TEL 8765-4321",
        "１３９００００７７７７",
        "身份证33010219900101123X",
        "330102199001011234",
    ],
)
def test_a_number_that_reaches_a_person_is_masked(text: str) -> None:
    said = without_contacts(text)
    assert "***" in said
    assert not any(run.isdigit() for run in (said[i : i + 4] for i in range(len(said) - 3)))


@pytest.mark.parametrize(
    "text",
    [
        "检查井 12",
        "87654321 号井",
        "电话亭 12",
        "2026-11-23 08:32",
        "330102001017",
        "2026-11-23",
        "K12+300",
        "G25",
        "120.805123, 29.555",
        "",
    ],
)
def test_numbers_of_things_stay(text: str) -> None:
    assert without_contacts(text) == text
