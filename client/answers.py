"""What one sending of a request comes to: an answer, or a line that broke."""

from typing import NamedTuple


class Answer(NamedTuple):
    """A whole reply of any status; ``sent_at`` and ``received_at`` (of its head) are monotonic seconds."""

    status: int
    body: bytes
    headers: dict[str, str]
    sent_at: float
    received_at: float


class LineBrokenError(Exception):
    """There was no whole reply. ``maybe_taken``: the request may have reached the service all the same.

    ``untrusted``: the service showed a certificate that nobody we trust has signed.
    """

    def __init__(self, *, maybe_taken: bool, untrusted: bool) -> None:
        super().__init__()
        self.maybe_taken = maybe_taken
        self.untrusted = untrusted
