"""Many consoles and one field in a process of their own: ``python -m benchmarks.probes.consoles``, a ``Plan`` on stdin.

Positions are sent at a steady pace, and read on as many connections as there are consoles. All but the last few only
drain what comes; those decode every fix and note how old it is. A fix carries the moment it was sent in its accuracy,
milliseconds of the system's monotonic clock modulo ``WRAP``.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import Callable
from typing import Any

import msgspec

WRAP = 100_000
PROBES = 2
_STAMP = re.compile(rb'ce="(\d+\.\d+)"')


class Plan(msgspec.Struct):
    """What to do. ``carrier`` is ``onemap``, ``mqtt`` or ``cot``; ``things`` move ``per_second`` in all."""

    carrier: str
    host: str
    port: int
    consoles: int
    things: list[str]
    per_second: int
    seconds: float
    every_s: float
    lead_s: float = 2.0
    reader: str = ""
    gate: str = ""
    path: str = ""
    rate_hz: int = 10
    clock_ahead_s: float = 0.0
    reports: float = 0.0
    report: str = ""


class Figures(msgspec.Struct):
    """What came of it. ``ages_ms`` are of every fix a probe got; ``waits_ms`` of the reports sent meanwhile."""

    sent: int
    refused: int
    got: int
    bytes_in: int
    seconds: float
    core: float
    ages_ms: list[float]
    waits_ms: list[float]
    reports_refused: int


class Console(asyncio.Protocol):
    """One connection that reads. ``probe`` is called with each whole message, None only to drain.

    ``hello`` is said at once, ``then`` when a WebSocket has been opened.
    """

    def __init__(
        self, hello: bytes, then: bytes, probe: Callable[[bytes], None] | None, split: Callable[["Console"], None]
    ) -> None:
        self.hello = hello
        self.then = then
        self.probe = probe
        self.buffer = bytearray()
        self.bytes_in = 0
        self.lost = False
        self.skip = 0
        self.handshake = True
        self._split = split

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(self.hello)

    def data_received(self, data: bytes) -> None:
        self.bytes_in += len(data)
        if self.skip >= len(data):
            self.skip -= len(data)
            return
        self.buffer += memoryview(data)[self.skip :]
        self.skip = 0
        self._split(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True


def split_websocket(console: Console) -> None:
    """Take whole WebSocket frames; answer pings; drop what need not be read without keeping it."""
    buffer = console.buffer
    if console.handshake:
        end = buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        if not buffer.startswith(b"HTTP/1.1 101"):
            raise RuntimeError(bytes(buffer[:200]).decode())
        del buffer[: end + 4]
        console.handshake = False
        console.transport.write(console.then)
    while len(buffer) >= 2:
        short = buffer[1] & 0x7F
        more = {126: 2, 127: 8}.get(short, 0)
        if len(buffer) < 2 + more:
            return
        size = int.from_bytes(buffer[2 : 2 + more], "big") if more else short
        whole = 2 + more + size
        kind = buffer[0] & 0x0F
        if kind == 0x9 and len(buffer) >= whole:
            console.transport.write(b"\x8a" + bytes((0x80 | size,)) + b"\0\0\0\0" + bytes(buffer[2:whole]))
        elif console.probe is None and kind == 0x2:
            console.skip = max(0, whole - len(buffer))
        elif len(buffer) < whole:
            return
        elif console.probe is not None and kind == 0x2:
            console.probe(bytes(buffer[2 + more : whole]))
        del buffer[:whole]


def split_mqtt(console: Console) -> None:
    """Take whole MQTT packets."""
    buffer = console.buffer
    while len(buffer) >= 2:
        size, shift, at = 0, 0, 1
        while at < len(buffer):
            size |= (buffer[at] & 0x7F) << shift
            at += 1
            if not buffer[at - 1] & 0x80:
                break
            shift += 7
        else:
            return
        whole = at + size
        is_message = buffer[0] >> 4 == 3
        if console.probe is None and is_message:
            console.skip = max(0, whole - len(buffer))
        elif len(buffer) < whole:
            return
        elif console.probe is not None and is_message:
            topic = int.from_bytes(buffer[at : at + 2], "big")
            console.probe(bytes(buffer[at + 2 + topic : whole]))
        del buffer[:whole]


def split_cot(console: Console) -> None:
    """Take what has come of the XML, whole events only where they are read."""
    if console.probe is None:
        console.buffer.clear()
        return
    end = console.buffer.rfind(b"</event>")
    if end >= 0:
        console.probe(bytes(console.buffer[: end + 8]))
        del console.buffer[: end + 8]


def now_ms() -> float:
    """Return the stamp of this moment."""
    return time.monotonic() * 1000 % WRAP


class Field:
    """Makes the fixes, in turn over the things."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.number = 0

    def batch(self, count: int) -> list[dict[str, Any]]:
        """Return the next fixes, stamped with now."""
        things, stamp = self.plan.things, now_ms()
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(time.time() + self.plan.clock_ahead_s))
        at += f".{int((time.time() + self.plan.clock_ahead_s) % 1 * 1e6):06d}Z"
        first = self.number
        self.number += count
        return [
            {
                "thing": things[i % len(things)],
                "lon": 120.7 + i % 1000 / 10_000,
                "lat": 29.5 + i % 997 / 10_000,
                "fixed_at": at,
                "speed_mps": 1.5,
                "heading_deg": float(i % 360),
                "accuracy_m": stamp,
            }
            for i in range(first, first + count)
        ]


class Http(asyncio.Protocol):
    """A keep-alive connection that sends requests and counts the answers; they come in order."""

    def __init__(self) -> None:
        self.asked: list[float] = []
        self.waits_ms: list[float] = []
        self.refused = 0
        self._buffer = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def send(self, request: bytes) -> None:
        self.asked.append(time.monotonic())
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while (end := self._buffer.find(b"\r\n\r\n")) >= 0:
            head = self._buffer[:end].lower()
            at = head.find(b"content-length:")
            size = int(head[at + 15 :].split(b"\r\n")[0]) if at >= 0 else 0
            if len(self._buffer) < end + 4 + size:
                return
            if self._buffer[9:10] != b"2":
                self.refused += 1
            self.waits_ms.append((time.monotonic() - self.asked.pop(0)) * 1000)
            self._buffer = self._buffer[end + 4 + size :]


def post(plan: Plan, path: str, body: bytes, kind: str, extra: str = "") -> bytes:
    """Return a POST of the field's gateway."""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: {plan.host}:{plan.port}\r\nAuthorization: Bearer {plan.gate}\r\n{extra}"
        f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def mqtt(kind: int, body: bytes) -> bytes:
    """Return an MQTT packet."""
    size, left = b"", len(body)
    while True:
        left, digit = divmod(left, 128)[0], left % 128
        size += bytes((digit | (0x80 if left else 0),))
        if not left:
            return bytes((kind,)) + size + body


def mqtt_hello(name: str) -> bytes:
    """Return what an MQTT client says first: CONNECT, and SUBSCRIBE to ``p``."""
    ident = name.encode()
    connect = b"\0\x04MQTT\x04\x02\0\0" + len(ident).to_bytes(2, "big") + ident
    return mqtt(0x10, connect) + mqtt(0x82, b"\0\x01\0\x01p\0")


def cot(uid: str, fix: dict[str, Any]) -> bytes:
    """Return a position as a Cursor-on-Target event."""
    at = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    stale = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(time.time() + 300))
    return (
        f'<event version="2.0" uid="{uid}" type="a-f-G-U-C" how="m-g" time="{at}" start="{at}" stale="{stale}">'
        f'<point lat="{fix["lat"]}" lon="{fix["lon"]}" hae="0" ce="{fix["accuracy_m"]:.3f}" le="9"/>'
        f'<detail><contact callsign="{uid}"/><uid Droid="{uid}"/></detail></event>'
    ).encode()


class Run:
    """One run of a plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.field = Field(plan)
        self.ages: list[float] = []
        self.counting = False
        self.began = 0.0
        self.consoles: list[Console] = []
        self.pending: list[dict[str, Any]] = []

    def note(self, stamps: list[float]) -> None:
        """Take the ages of fixes that have just arrived; those of an earlier run are what was there before."""
        if self.counting:
            now = now_ms()
            longest = (time.monotonic() - self.began) * 1000
            self.ages += [age for stamp in stamps if (age := (now - stamp) % WRAP) <= longest]

    def probe(self, message: bytes) -> None:
        """Read a message as a console does."""
        if self.plan.carrier == "cot":
            self.note([float(found) for found in _STAMP.findall(message)])
            return
        told = msgspec.msgpack.decode(message)
        if self.plan.carrier == "mqtt":
            self.note([fix[6] for fix in told])
        elif told["type"] == "fixes" and not told["whole"]:
            self.note([fix[6] for fix in told["fixes"]])

    async def connect(self) -> None:
        """Open every console."""
        plan = self.plan
        split = {"onemap": split_websocket, "mqtt": split_mqtt, "cot": split_cot}[plan.carrier]
        loop = asyncio.get_running_loop()
        for n in range(plan.consoles):
            probe = self.probe if n >= plan.consoles - PROBES else None
            console = Console(self._hello(n), self._look(), probe, split)
            await loop.create_connection(lambda c=console: c, plan.host, plan.port)  # type: ignore[misc]
            self.consoles.append(console)
            if n % 20 == 19:
                await asyncio.sleep(0.02)

    def _hello(self, n: int) -> bytes:
        plan = self.plan
        if plan.carrier == "mqtt":
            return mqtt_hello(f"console-{n}")
        if plan.carrier == "cot":
            return cot(f"console-{n}", {"lat": 29.5, "lon": 120.7, "accuracy_m": 9.0})
        return (
            f"GET {plan.path} HTTP/1.1\r\nHost: {plan.host}:{plan.port}\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
            f"Authorization: Bearer {plan.reader}\r\nOneMap-Wire: 2\r\n\r\n"
        ).encode()

    def _look(self) -> bytes:
        look = msgspec.msgpack.encode({"type": "look", "view": None, "rate_hz": self.plan.rate_hz})
        return bytes((0x82, 0x80 | len(look))) + b"\0\0\0\0" + look

    async def run(self) -> Figures:
        """Send and read for as long as planned, after a lead that does not count."""
        plan = self.plan
        await self.connect()
        await asyncio.sleep(0.5)
        loop = asyncio.get_running_loop()
        out = Http()
        await loop.create_connection(lambda: out, plan.host, plan.port)
        if plan.carrier == "mqtt":
            out.transport.write(mqtt(0x10, b"\0\x04MQTT\x04\x02\0\0\0\x05field"))
        reports = Http()
        if plan.reports:
            await loop.create_connection(lambda: reports, plan.host, plan.port)
        began = self.began = time.monotonic()
        due = report_due = began
        sent = 0
        used = 0.0
        each = plan.per_second * plan.every_s
        carry = 0.0
        bytes_before = 0
        start = began + plan.lead_s
        while (now := time.monotonic()) < start + plan.seconds:
            if not self.counting and now >= start:
                self.counting = True
                print("counting", flush=True)
                sent, used = 0, time.process_time()
                bytes_before = sum(c.bytes_in for c in self.consoles)
            carry += each
            count = int(carry)
            carry -= count
            self._send(out, count)
            sent += count
            if plan.reports and now >= report_due:
                report_due = now + plan.reports
                body = plan.report.encode()
                reports.send(
                    post(plan, "/v1/reports", body, "application/json", f"Idempotency-Key: feed-{now:.6f}\r\n")
                )
            due += plan.every_s
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        seconds = time.monotonic() - start
        core = (time.process_time() - used) / seconds
        print("counted", flush=True)
        await asyncio.sleep(0.3)
        return Figures(
            sent=sent,
            refused=out.refused,
            got=len(self.ages) // PROBES,
            bytes_in=sum(c.bytes_in for c in self.consoles) - bytes_before,
            seconds=seconds,
            core=core,
            ages_ms=sorted(self.ages)[:: max(1, len(self.ages) // 20_000)],
            waits_ms=reports.waits_ms,
            reports_refused=reports.refused + len(reports.asked) + sum(c.lost for c in self.consoles),
        )

    def _send(self, out: Http, count: int) -> None:
        plan = self.plan
        fixes = self.field.batch(count)
        if plan.carrier == "cot":
            out.transport.write(b"".join(cot(fix["thing"], fix) for fix in fixes))
            return
        if plan.carrier == "mqtt":
            self.pending += fixes
            if plan.rate_hz and int(time.monotonic() * plan.rate_hz) == int(
                (time.monotonic() - plan.every_s) * plan.rate_hz
            ):
                return
            packed = [list(fix.values()) for fix in self.pending]
            self.pending = []
            out.transport.write(mqtt(0x30, b"\0\x01p" + msgspec.msgpack.encode(packed)))
            return
        for i in range(0, count, 1000):
            body = msgspec.msgpack.encode({"positions": fixes[i : i + 1000]})
            if len(out.asked) < 50:
                out.send(post(plan, "/v1/positions", body, "application/msgpack"))
            else:
                out.refused += 1


def main() -> None:
    """Carry out the plan on stdin and print its figures."""
    plan = msgspec.json.decode(sys.stdin.read(), type=Plan)
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        figures = runner.run(Run(plan).run())
    print("figures " + json.dumps(msgspec.to_builtins(figures)), flush=True)


if __name__ == "__main__":
    main()
