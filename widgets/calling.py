"""A report in words: where it came from, and by when its reporter is to be called back."""

from datetime import datetime

from domain.case import Report
from resources.words import Words
from widgets.names import Names


def source_of(report: Report, words: Words) -> str:
    """Return where a report came from, with its number there: ``12345 260302-17``."""
    return f"{report.source or words(f'channel.{report.channel}')} {report.source_no}".strip()


def callback_text(report: Report, names: Names, now: datetime) -> str:
    """Return by when somebody is to be called back, and how often it was tried."""
    words = names.words
    if report.callback_by is None:
        said = words("desk.reporters.callback")
    else:
        late = now > report.callback_by
        at = names.local(report.callback_by).strftime("%m-%d %H:%M")
        said = words("desk.reporters.callback_over" if late else "desk.reporters.callback_by", at=at)
    tries = words("desk.reporters.tries", n=report.callback_tries) if report.callback_tries else ""
    return words("list.comma").join(part for part in (said, tries) if part)
