"""A late part is made once, when first asked for, and prepared before anybody has it."""

from console.late import Late


def test_it_is_made_once_and_prepared_in_order() -> None:
    done: list[str] = []

    def make() -> list[str]:
        done.append("made")
        return done

    late = Late(make)
    late.then(lambda part: part.append("placed"))
    late.then(lambda part: part.append("connected"))
    assert late.made is None
    assert done == []
    assert late.get() is done
    assert late.get() is late.made
    assert done == ["made", "placed", "connected"]
    late.then(lambda part: part.append("at once"))
    assert done[-1] == "at once"
