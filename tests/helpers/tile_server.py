"""A map server on a real socket that tells the truth, or lies in the way the path asks for; and pictures for it."""

import io
import json
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from PIL import Image

LIES = ("html", "json200", "size", "bomb", "endless", "drip", "slow", "redirect", "cut", "garbage", "gzipbomb", "huge")


def png(colour: tuple[int, int, int] = (200, 60, 40), side: int = 256) -> bytes:
    """Return a picture of one colour."""
    out = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(out, "PNG")
    return out.getvalue()


def png_bomb(side: int = 40_000) -> bytes:
    """Return a small PNG that says, truly, that it unpacks to gigabytes."""
    import struct

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(b"\x00" * ((side // 8 + 1) * 2000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@cache
def gzip_bomb() -> bytes:
    """Return some kilobytes that unpack to fifty megabytes."""
    packer = zlib.compressobj(1, wbits=31)
    return packer.compress(b"\x00" * 50_000_000) + packer.flush()


class _Asked(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: "TileServer"

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        lie = self.server.lie or next((name for name in LIES if f"/{name}/" in self.path), "")
        try:
            getattr(self, f"_{lie or 'truth'}")()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _send(self, body: bytes, status: int = 200, kind: str = "image/png", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def _truth(self) -> None:
        if self.server.status != 200:
            self._send(b"no", self.server.status, "text/plain", Retry_After="1")
        elif "GetCapabilities" in self.path or self.path.endswith(".xml"):
            self._send(self.server.capabilities, kind="text/xml")
        else:
            self._send(self.server.picture)

    def _html(self) -> None:
        self._send(b"<!DOCTYPE html><html><body>sign in, please</body></html>", kind="image/png")

    def _json200(self) -> None:
        self._send(json.dumps({"code": 301011, "msg": "key is invalid"}).encode())

    def _size(self) -> None:
        self._send(png(side=100))

    def _bomb(self) -> None:
        self._send(png_bomb())

    def _garbage(self) -> None:
        whole = png()
        self._send(whole[: len(whole) - 60] + b"\x00" * 60)

    def _gzipbomb(self) -> None:
        self._send(gzip_bomb(), Content_Encoding="gzip")

    def _huge(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(10**12))
        self.end_headers()
        self.wfile.write(b"\x00" * 1000)
        self.close_connection = True

    def _cut(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5000")
        self.end_headers()
        self.wfile.write(png()[:200])
        self.close_connection = True

    def _endless(self) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.server.over.is_set():
            self.wfile.write(b"\x00" * 65536)

    def _drip(self) -> None:
        self.send_response(200)
        self.end_headers()
        while not self.server.over.is_set():
            self.wfile.write(b"\x89")
            self.wfile.flush()
            time.sleep(0.05)

    def _slow(self) -> None:
        self.server.over.wait(30)
        self.close_connection = True

    def _redirect(self) -> None:
        self._send(b"", 302, Location="http://elsewhere.example/steal")


class TileServer(ThreadingHTTPServer):
    """The server. ``asked`` are the paths asked for; ``lie``, ``status``, ``picture`` may be changed at any time."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Asked)
        self.asked: list[str] = []
        self.lie = ""
        self.status = 200
        self.picture = png()
        self.capabilities = b""
        self.over = threading.Event()

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that hangs up is what these tests are about."""


@contextmanager
def tile_server() -> Iterator[TileServer]:
    """Serve until the block is left."""
    server = TileServer()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join(2)


def dead_address() -> str:
    """Return an address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"
