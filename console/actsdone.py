"""What was put into the register or removed from here, so that it can be taken back, the last first."""

from collections.abc import Sequence
from itertools import pairwise

from client.picture import EntryKey
from domain.change import Change
from domain.register import Entry, EntryKind, fold_entry

MOST = 50


class Act:
    """One change of an entry. ``made`` is the version that it made.

    ``stands`` is the version the entry has when everything done to it from here since then is taken back.
    """

    def __init__(self, entry: Entry) -> None:
        self.key: EntryKey = (entry.kind, entry.entry_id)
        self.made = self.stands = entry.version

    @property
    def kind(self) -> EntryKind:
        """The register it was done in."""
        return self.key[0]


class ActsDone:
    """The acts of whoever is signed in, at most ``MOST``."""

    def __init__(self) -> None:
        self._acts: list[Act] = []

    def __len__(self) -> int:
        return len(self._acts)

    @property
    def last(self) -> Act | None:
        """What is taken back next."""
        return self._acts[-1] if self._acts else None

    def note(self, entry: Entry) -> None:
        """Something was done: the entry is so by now."""
        self._acts = [*self._acts, Act(entry)][-MOST:]

    def took_back(self, act: Act, entry: Entry) -> None:
        """An act was taken back. What was done before to the same entry stood on a version that is none any more."""
        self._acts = [each for each in self._acts if each is not act]
        for each in self._acts:
            if each.key == act.key:
                each.stands = entry.version

    def forget(self, key: EntryKey) -> None:
        """Somebody else altered this entry: nothing of it is taken back."""
        self._acts = [each for each in self._acts if each.key != key]

    def clear(self) -> None:
        """Nobody is signed in any more."""
        self._acts = []


def state_before(history: Sequence[Change], act: Act) -> Entry | None:
    """Return an entry as it was before an act, None where that was its first."""
    return next((fold_entry(before) for before, change in pairwise(history) if change.version == act.made), None)
