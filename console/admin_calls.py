"""How each thing an administrator's screen asks for is fetched or done over the line. Imported when first needed."""

from collections.abc import Awaitable, Callable
from typing import Any

from client.admin import AdminClient
from client.transport import Transport
from domain.ids import AccountId, CaseNo, UnitId
from domain.wire_admin import Done
from widgets.admin.asking import Load
from widgets.forms.act import Act

Ask = Callable[[AdminClient, Load], Awaitable[Any]]
Do = Callable[[AdminClient, Act, str], Awaitable[Any]]

LOADS: dict[str, Ask] = {
    "accounts": lambda c, load: c.accounts(**load.args),
    "sessions": lambda c, load: c.sessions(**load.args),
    "settings": lambda c, load: c.settings(),
    "trail": lambda c, load: c.trail(**load.args),
    "head": lambda c, load: c.head(),
    "keys": lambda c, load: c.keys(),
    "retention": lambda c, load: c.retention(),
    "readings": lambda c, load: c.own_readings(**load.args),
}
"""How each thing the screens ask for is fetched."""

ACTS: dict[str, Do] = {
    "account_new": lambda c, a, key: c.make_account(a.body, key=key),
    "account_edit": lambda c, a, key: c.edit_account(_account(a), a.body, key=key),
    "password_reset": lambda c, a, key: c.reset_password(_account(a), a.body, key=key),
    "rights": lambda c, a, key: c.grant(_account(a), a.body, key=key),
    "disable": lambda c, a, key: c.step_account(_account(a), "disable", a.body, key=key),
    "enable": lambda c, a, key: c.step_account(_account(a), "enable", a.body, key=key),
    "lock": lambda c, a, key: c.step_account(_account(a), "lock", a.body, key=key),
    "unlock": lambda c, a, key: c.step_account(_account(a), "unlock", a.body, key=key),
    "totp-reset": lambda c, a, key: c.step_account(_account(a), "totp-reset", a.body, key=key),
    "sign-out": lambda c, a, key: c.step_account(_account(a), "sign-out", a.body, key=key),
    "session_end": lambda c, a, key: c.end_session(a.target, a.body, key=key),
    "unit": lambda c, a, key: c.set_unit(UnitId(a.target), a.body, key=key),
    "rules": lambda c, a, key: c.set_rules(a.body, key=key),
    "days": lambda c, a, key: c.set_days(a.body, key=key),
    "hours": lambda c, a, key: c.set_hours(a.body, key=key),
    "kind": lambda c, a, key: c.set_kind(a.target, a.body, key=key),
    "condition": lambda c, a, key: c.set_condition(a.target, a.body, key=key),
    "retention": lambda c, a, key: c.keep(a.target, a.body),
    "erasure_count": lambda c, a, key: c.erase(CaseNo(a.target), a.body, key=key),
    "erasure": lambda c, a, key: c.erase(CaseNo(a.target), a.body, key=key),
    "password": lambda c, a, key: c.change_password(a.body),
    "totp": lambda c, a, key: c.ask_totp(a.body),
    "totp_confirm": lambda c, a, key: c.confirm_totp(a.body),
    "sign_out_everywhere": lambda c, a, key: c.sign_out_everywhere(),
}
"""How each thing the screens want done is asked for."""


async def fetch(line: Transport, load: Load) -> Any:
    """Return what a screen asks for. Raises ``Fault``."""
    return await LOADS[load.what](AdminClient(line), load)


async def do(line: Transport, act: Act, key: str) -> Any:
    """Have something done under an idempotency key and return the answer. Raises ``Fault``."""
    return await ACTS[act.do](AdminClient(line), act, key)


def number_of(answer: Any) -> int | None:
    """Return the number of the change that an answer tells of, None where it tells of none."""
    return answer.change.seq if isinstance(answer, Done) else None


def _account(act: Act) -> AccountId:
    return AccountId(act.target)
