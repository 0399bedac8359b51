"""The administrators' endpoints and those of one's own account as methods. Refusals are ``domain.faults.Fault``.

Whatever alters something takes an idempotency ``key``: one per thing a person wants done, kept while it is asked again.
"""

from datetime import datetime
from typing import Any, Literal, TypeVar
from urllib.parse import quote

from client.transport import Transport, decode_apart, encode
from domain.change import Seq, Subject
from domain.ids import AccountId, CaseNo, UnitId
from domain.wire import TrackReadings
from domain.wire_admin import (
    AccountAsked,
    AccountEdit,
    AccountInfo,
    AccountPage,
    AccountStep,
    ConditionEdit,
    DaysEdit,
    Done,
    HoursEdit,
    KindEdit,
    PasswordChange,
    PasswordReset,
    RightsAsked,
    RulesEdit,
    SessionEnd,
    SessionPage,
    Settings,
    TotpAsked,
    TotpConfirm,
    TotpShown,
    UnitEdit,
)
from domain.wire_audit import AuditPage, Erased, ErasureAsked, HeadToSign, KeepingAsked, KeepingList, KnownKey

T = TypeVar("T")
AccountStepName = Literal["disable", "enable", "lock", "unlock", "totp-reset", "sign-out"]


class AdminClient:
    """What administrators do, and what everybody does with their own account, over the line of a session."""

    def __init__(self, line: Transport) -> None:
        self._line = line

    # -- accounts --------------------------------------------------------------------------------------------------

    async def accounts(self, *, after: str | None = None, limit: int | None = None) -> AccountPage:
        """Return a page of accounts, by sign-in name."""
        return await self._get("/v1/admin/accounts", AccountPage, after=after, limit=limit)

    async def account(self, account: AccountId) -> AccountInfo:
        """Return one account."""
        return await self._get(_account(account), AccountInfo)

    async def make_account(self, asked: AccountAsked, *, key: str) -> Done:
        """Make an account; it has no role until one is granted."""
        return await self._change("POST", "/v1/admin/accounts", asked, key)

    async def edit_account(self, account: AccountId, asked: AccountEdit, *, key: str) -> Done:
        """Give an account another name, unit or member of staff."""
        return await self._change("PUT", _account(account), asked, key)

    async def reset_password(self, account: AccountId, asked: PasswordReset, *, key: str) -> Done:
        """Give an account a first password; it stays locked until it is unlocked."""
        return await self._change("POST", f"{_account(account)}/password", asked, key)

    async def step_account(self, account: AccountId, step: AccountStepName, asked: AccountStep, *, key: str) -> Done:
        """Do one of the steps that need only a reason."""
        return await self._change("POST", f"{_account(account)}/{step}", asked, key)

    async def grant(self, account: AccountId, asked: RightsAsked, *, key: str) -> Done:
        """Give an account its roles and its area."""
        return await self._change("PUT", f"{_account(account)}/rights", asked, key)

    async def sessions(self, *, account: str | None = None, after: str | None = None) -> SessionPage:
        """Return a page of the valid sessions, by account."""
        return await self._get("/v1/admin/sessions", SessionPage, account=account, after=after)

    async def end_session(self, session: str, asked: SessionEnd, *, key: str) -> Done:
        """End one session."""
        return await self._change("POST", f"/v1/admin/sessions/{quote(session, safe='')}/revoke", asked, key)

    # -- the town's settings ---------------------------------------------------------------------------------------

    async def settings(self) -> Settings:
        """Return what is in force and what is planned."""
        return await self._get("/v1/admin/settings", Settings)

    async def set_rules(self, edit: RulesEdit, *, key: str) -> Done:
        """Put limits in force, now or from a moment on."""
        return await self._change("PUT", "/v1/admin/rules", edit, key)

    async def set_days(self, edit: DaysEdit, *, key: str) -> Done:
        """Make single days holidays, make-up days or ordinary ones."""
        return await self._change("PUT", "/v1/admin/days", edit, key)

    async def set_hours(self, edit: HoursEdit, *, key: str) -> Done:
        """Put working hours in force from a day on."""
        return await self._change("PUT", "/v1/admin/hours", edit, key)

    async def set_kind(self, code: str, edit: KindEdit, *, key: str) -> Done:
        """Add or alter a kind of case."""
        return await self._change("PUT", f"/v1/admin/kinds/{quote(code, safe='')}", edit, key)

    async def set_condition(self, code: str, edit: ConditionEdit, *, key: str) -> Done:
        """Add or alter a filing condition."""
        return await self._change("PUT", f"/v1/admin/conditions/{quote(code, safe='')}", edit, key)

    async def set_unit(self, unit: UnitId, edit: UnitEdit, *, key: str) -> Done:
        """Add or alter a unit."""
        return await self._change("PUT", f"/v1/admin/units/{quote(unit, safe='')}", edit, key)

    # -- the record ------------------------------------------------------------------------------------------------

    async def head(self) -> HeadToSign:
        """Return where the log stands, and the last head that was signed."""
        return await self._get("/v1/audit/head", HeadToSign)

    async def keys(self) -> list[KnownKey]:
        """Return the registered keys, oldest first; the last one signs."""
        return await self._get("/v1/audit/keys", list[KnownKey])

    async def trail(
        self,
        *,
        who: str | None = None,
        subject: Subject | None = None,
        subject_id: str | None = None,
        since: datetime | None = None,
        before: Seq | None = None,
    ) -> AuditPage:
        """Return a page of who did what, newest first. That it is read is logged with the first page."""
        return await self._get(
            "/v1/audit/changes",
            AuditPage,
            who=who,
            subject=subject,
            subject_id=subject_id,
            since=None if since is None else since.isoformat(),
            before=before,
        )

    # -- how long things stay ---------------------------------------------------------------------------------------

    async def retention(self) -> KeepingList:
        """Return how long each class of data is kept."""
        return await self._get("/v1/retention", KeepingList)

    async def keep(self, name: str, asked: KeepingAsked) -> KeepingList:
        """Keep a class of data this long from now on."""
        reply = await self._line.exchange("PUT", f"/v1/retention/{quote(name, safe='')}", body=encode(asked))
        return await decode_apart(reply, KeepingList)

    async def erase(self, case_no: CaseNo, asked: ErasureAsked, *, key: str) -> Erased:
        """Make parts of a case unreadable for good, or only count what that would take."""
        path = f"/v1/cases/{quote(case_no, safe='')}/erasure"
        return await decode_apart(await self._line.exchange("POST", path, body=encode(asked), key=key), Erased)

    # -- one's own account -----------------------------------------------------------------------------------------

    async def change_password(self, asked: PasswordChange) -> None:
        """Change one's own password; the account's other sessions end."""
        await self._line.exchange("PUT", "/v1/me/password", body=encode(asked))

    async def ask_totp(self, asked: TotpAsked) -> TotpShown:
        """Ask for a second factor; its secret is in this answer and in no other."""
        return await decode_apart(await self._line.exchange("POST", "/v1/me/totp", body=encode(asked)), TotpShown)

    async def confirm_totp(self, asked: TotpConfirm) -> None:
        """Show that the second factor works; it is asked for from now on."""
        await self._line.exchange("POST", "/v1/me/totp/confirm", body=encode(asked))

    async def sign_out_everywhere(self) -> None:
        """End every session of one's own account, this one too."""
        await self._line.exchange("DELETE", "/v1/me/sessions")

    async def own_readings(self, *, before: Seq | None = None) -> TrackReadings:
        """Return who looked at where one was, newest first."""
        return await self._get("/v1/me/readings", TrackReadings, before=before)

    # -- in common -------------------------------------------------------------------------------------------------

    async def _get(self, path: str, kind: type[T], **params: str | int | None) -> T:
        given: dict[str, Any] = {name: value for name, value in params.items() if value is not None}
        reply = await self._line.exchange("GET", path, params=given)
        return await decode_apart(reply, kind)

    async def _change(self, method: str, path: str, value: Any, key: str) -> Done:
        reply = await self._line.exchange(method, path, body=encode(value), key=key)
        return await decode_apart(reply, Done)


def _account(account: AccountId) -> str:
    return f"/v1/admin/accounts/{quote(account, safe='')}"
