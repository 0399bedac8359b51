"""Which of the listed cases are marked, to act on all of them at once; no Qt. A mark stays with its case."""

from collections.abc import Iterable, Sequence

from domain.ids import CaseNo

MOST = 200
"""Cases marked at once: enough for a storm, and a slip of the hand stays bounded."""


class Marks:
    """Marked cases in the order they were marked; ``anchor`` is where a stretch begins."""

    def __init__(self) -> None:
        self._marked: dict[CaseNo, None] = {}
        self.anchor: CaseNo | None = None

    def __len__(self) -> int:
        return len(self._marked)

    def __contains__(self, case_no: object) -> bool:
        return case_no in self._marked

    def numbers(self) -> tuple[CaseNo, ...]:
        """Return the marked cases."""
        return tuple(self._marked)

    def toggle(self, case_no: CaseNo) -> None:
        """Mark a case, or take its mark away."""
        self.anchor = case_no
        if case_no in self._marked:
            del self._marked[case_no]
        elif len(self._marked) < MOST:
            self._marked[case_no] = None

    def stretch(self, listed: Sequence[CaseNo], to: CaseNo, since: CaseNo | None) -> None:
        """Mark everything listed from the anchor (or ``since``) up to a case."""
        begin = self.anchor if self.anchor in listed else since
        if begin not in listed or to not in listed:
            self.toggle(to)
            return
        one, other = sorted((listed.index(begin), listed.index(to)))
        self.anchor = begin
        self.mark(listed[one : other + 1])

    def mark(self, numbers: Iterable[CaseNo]) -> None:
        """Mark these as well, as far as there is room."""
        for case_no in numbers:
            if len(self._marked) >= MOST:
                return
            self._marked[case_no] = None

    def keep(self, numbers: Iterable[CaseNo]) -> None:
        """Let go of all marks but these."""
        wanted = set(numbers)
        self._marked = {case_no: None for case_no in self._marked if case_no in wanted}

    def clear(self) -> None:
        """Let go of all marks."""
        self._marked.clear()
        self.anchor = None
