"""A service with its three administrators, for tests of what each may do."""

from typing import Any

import httpx
from served import Served, key

from domain.change import Change
from domain.people import Role
from service.store import reads

FIRST, OWN = "Vw3-first-given", "my own sentence 7"


class Office:
    """A service and its three administrators."""

    def __init__(self, served: Served) -> None:
        self.served = served
        roles = {"sys": Role.SYSTEM_ADMIN, "sec": Role.SECURITY_ADMIN, "aud": Role.AUDIT_ADMIN}
        self.clients = {user: served.client(served.token(user, role)) for user, role in roles.items()}

    def ask(self, who: str, method: str, path: str, body: Any = None, idempotency: str = "") -> httpx.Response:
        headers = {"Idempotency-Key": idempotency or key()}
        return self.clients[who].request(method, f"/v1/admin/{path}", json=body, headers=headers)

    def made(self, user: str, *roles: Role, area: str = "", **more: Any) -> int:
        """Make an account with these roles and return its version."""
        asked = {"account": user, "name": user, "password": FIRST} | more
        assert self.ask("sys", "POST", "accounts", asked).status_code == 201
        rights = {"version": 1, "roles": [r.value for r in roles], "area": area, "reason": "到岗"}
        answer = self.ask("sec", "PUT", f"accounts/{user}/rights", rights)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["change"]["version"])

    def sign_in(self, user: str, password: str = FIRST) -> httpx.Response:
        return self.served.client().post("/v1/session", json={"user": user, "password": password})

    def working(self, user: str, *roles: Role, area: str = "", **more: Any) -> httpx.Client:
        """Return a client of a new account that has changed its first password."""
        self.made(user, *roles, area=area, **more)
        client = self.served.client(self.sign_in(user).json()["token"])
        assert client.put("/v1/me/password", json={"old": FIRST, "new": OWN}).status_code == 204
        return client

    def account(self, user: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("aud", "GET", f"accounts/{user}").json()
        return found

    def settings(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("sys", "GET", "settings").json()
        return found

    def last(self) -> Change:
        with self.served.store.reading.begin() as connection:
            return reads.change(connection, reads.head(connection).seq)
