"""Classes of grids: every grid with a figure is in one, equal ones share it, and classes follow the figures."""

from hypothesis import given
from hypothesis import strategies as st

from domain.ids import GridCode
from layers.grids.figures import CLASS_COUNT, Indicator, classed, figure_text
from layers.grids.model import GridsModel


@given(st.lists(st.one_of(st.integers(0, 9), st.floats(0, 500)), max_size=80))
def test_every_figure_is_in_the_class_that_says_so(values: list[float]) -> None:
    figures = {GridCode(f"g{i}"): float(value) for i, value in enumerate(values)}
    found = classed(figures)
    assert found.classes.keys() == {code for code, value in figures.items() if value > 0}
    for code, step in found.classes.items():
        assert found.lows[step] - 1e-6 <= figures[code] <= found.highs[step] + 1e-6
    assert sum(found.counts) == len(found.classes)
    for a in found.classes:
        for b in found.classes:
            if figures[a] < figures[b]:
                assert found.classes[a] <= found.classes[b]
    if found.classes:
        assert max(found.classes.values()) == CLASS_COUNT - 1, "the highest is always the strongest"


def test_classes_are_of_about_one_size() -> None:
    found = classed({GridCode(f"g{i}"): float(i + 1) for i in range(100)})
    assert found.counts == (20, 20, 20, 20, 20)


def test_figures_are_written_whole_but_for_ages() -> None:
    assert figure_text(Indicator.OPEN, 3.0) == "3"
    assert figure_text(Indicator.AGE, 3.26) == "3.3"


def test_figures_are_asked_for_only_while_wanted_and_not_too_often() -> None:
    asked: list[Indicator] = []

    def source(indicator: Indicator) -> dict[GridCode, float]:
        asked.append(indicator)
        return {GridCode("g"): float(len(asked))}

    model = GridsModel()
    model.set_source(source)
    model.fill_by(Indicator.NONE, 0.0)
    assert not asked
    model.fill_by(Indicator.OPEN, 0.0)
    model.fill_by(Indicator.OPEN, 1.0)
    assert asked == [Indicator.OPEN]
    model.fill_by(Indicator.AGE, 1.1)
    assert asked == [Indicator.OPEN, Indicator.AGE]
    model.fill_by(Indicator.AGE, 9.0)
    assert model.figures == {"g": 3.0}
    model.fill_by(Indicator.NONE, 9.1)
    assert model.classes is None
