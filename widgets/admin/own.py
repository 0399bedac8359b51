"""One's own account: password, second factor, all sessions; and for staff who looked at where they were."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from domain.wire import TrackReading, TrackReadings
from domain.wire_admin import PasswordChange, TotpAsked, TotpConfirm, TotpShown
from resources.words import Words
from widgets.admin.asking import Load
from widgets.admin.known import Known
from widgets.admin.screen import Screen, Step
from widgets.common.row_table import Row
from widgets.forms.act import Act
from widgets.forms.entries import Entry, NoteEntry, TextEntry
from widgets.forms.form import FormSpec

GROUP = 4


class OwnScreen(Screen):
    """What everybody does with their own account."""

    name = "own"

    def __init__(self, known: Known) -> None:
        super().__init__(known)
        self._readings: dict[str, TrackReading] = {}
        self._before: int | None = None
        self._loaded = not self._is_staff
        self.refresh()

    def needs(self) -> tuple[Load, ...]:
        """Return the readings of one's own track, for staff."""
        return (Load("readings"),) if self._is_staff else ()

    def load(self) -> None:
        """Ask for what there is to be told."""
        self._loaded = self._loaded or not self._is_staff
        super().load()

    def take(self, what: str, value: Any, *, more: bool) -> None:
        """Take a page of readings."""
        page: TrackReadings = value
        found = {str(reading.seq): reading for reading in page.readings}
        self._readings = self._readings | found if more else found
        self._before = page.before

    def heads(self) -> Sequence[str]:
        """Return the columns."""
        return ("admin.trail.at", "admin.own.by", "admin.reason", "admin.own.stretch")

    def rows(self) -> Sequence[Row]:
        """Return the readings as rows."""
        return [
            Row(key, (self.known.moment(r.at), r.by, self._reason(r), self._stretch(r)))
            for key, r in self._readings.items()
        ]

    def title(self, key: str) -> str:
        """Return who looked."""
        return self._readings[key].by

    def facts(self, key: str) -> Sequence[tuple[str, str]]:
        """Return what is known of a reading; without one, of the account."""
        if key:
            r = self._readings[key]
            return (
                ("admin.trail.at", self.known.moment(r.at)),
                ("admin.reason", self._reason(r)),
                ("admin.own.stretch", self._stretch(r)),
            )
        me = self.known.names.me
        if me is None:
            return ()
        return (
            ("admin.account.account", me.account),
            ("admin.account.name", me.name),
            ("admin.account.roles", self.known.role_names(me.roles)),
            ("admin.account.area", self.known.area_name(me.area)),
        )

    def steps(self) -> Sequence[Step]:
        """Offer what can be done with the account."""
        more = Step("more", "admin.more", load=Load("readings", {"before": self._before}, True))
        return [
            Step("password", "admin.own.password", form=partial(password_form, self.words)),
            Step("totp", "admin.own.totp", form=self._totp_form),
            Step("everywhere", "admin.own.everywhere", form=self._everywhere_form),
            *([more] if self._before else []),
        ]

    def set_done(self, act: Act, answer: Any) -> None:
        """What was asked for is done; a new second factor is shown, to be confirmed."""
        super().set_done(act, answer)
        if act.do == "totp" and isinstance(answer, TotpShown):
            self.open_form(self._confirm_form(answer))

    @property
    def _is_staff(self) -> bool:
        me = self.known.names.me
        return me is not None and me.staff is not None

    def _reason(self, r: TrackReading) -> str:
        return self.words("admin.own.self") if r.reason == "own" else r.reason

    def _stretch(self, r: TrackReading) -> str:
        ends = [self.known.moment(at) for at in (r.since, r.until) if at is not None]
        return " – ".join(ends)

    def _totp_form(self) -> FormSpec:
        w = self.words
        return FormSpec(
            partial(w, "admin.own.totp"),
            partial(w, "admin.own.totp_effect"),
            lambda: [_secret(w, "password", "desk.sign_in.password")],
            lambda v: Act("totp", "", TotpAsked(password=v["password"])),
            "admin.own.totp_ask",
        )

    def _confirm_form(self, shown: TotpShown) -> FormSpec:
        w = self.words

        def entries() -> list[Entry]:
            grouped = " ".join(shown.secret[i : i + GROUP] for i in range(0, len(shown.secret), GROUP))
            return [
                NoteEntry(w, "secret", "admin.own.secret", grouped, hint="admin.own.secret_hint"),
                NoteEntry(w, "uri", "admin.own.uri", shown.uri),
                TextEntry(w, "code", "desk.sign_in.code", most=8, least=6),
            ]

        return FormSpec(
            partial(w, "admin.own.totp_confirm"),
            partial(w, "admin.own.totp_confirm_effect"),
            entries,
            lambda v: Act("totp_confirm", "", TotpConfirm(code=v["code"].replace(" ", ""))),
            "admin.own.totp_confirm",
        )

    def _everywhere_form(self) -> FormSpec:
        w = self.words
        return FormSpec(
            partial(w, "admin.own.everywhere"),
            partial(w, "admin.own.everywhere_effect"),
            list,
            lambda _: Act("sign_out_everywhere"),
            "admin.own.everywhere",
            grave=True,
        )


def password_form(words: Words, *, first: bool = False) -> FormSpec:
    """Return the form to change one's own password; ``first`` says that it must be done before anything else."""
    effect = "admin.own.first_effect" if first else "admin.own.password_effect"

    def entries() -> list[Entry]:
        return [
            _secret(words, "old", "admin.own.old"),
            _secret(words, "new", "admin.own.new", hint="admin.account.first_password_hint"),
            _secret(words, "again", "admin.own.again"),
        ]

    def check(v: dict[str, Any]) -> str:
        return "" if v["new"] == v["again"] else words("admin.own.differ")

    return FormSpec(
        partial(words, "admin.own.password"),
        partial(words, effect),
        entries,
        lambda v: Act("password", "", PasswordChange(old=v["old"], new=v["new"])),
        "admin.own.password",
        check=check,
    )


def _secret(words: Words, name: str, label: str, *, hint: str = "") -> Entry:
    return TextEntry(words, name, label, most=256, secret=True, hint=hint)
