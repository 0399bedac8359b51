"""Figures of the running service for Prometheus: counts and sizes, never a name, a text or a place.

They are served on an address of their own (``--metrics HOST:PORT``), so that a firewall can keep it to the machine
that watches. Nothing is counted per request: a scrape reads what the parts know anyway.
"""

from collections.abc import Iterator
from pathlib import Path
from wsgiref.simple_server import WSGIServer

from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from domain.faults import invalid
from service.runtime import Runtime

_PARTS = ("", "-wal")


class Figures(Collector):
    """Reads the parts of a runtime when it is scraped."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    def collect(self) -> Iterator[Metric]:
        """Yield every figure."""
        runtime = self._runtime
        writer, hub = runtime.writer, runtime.hub
        yield _counter("onemap_jobs", "Jobs the writer has done", writer.jobs)
        yield _counter("onemap_transactions", "Transactions they were done in", writer.batches)
        yield _gauge("onemap_jobs_waiting", "Jobs waiting for the writer", writer.waiting)
        yield _gauge("onemap_writing_well", "1 where the store can be written", writer.trouble() is None)
        yield _gauge("onemap_head", "Number of the last change handed out", hub.head)
        yield _gauge("onemap_feeds", "Open live feeds", hub.readers)
        yield _gauge("onemap_feed_waiting_bytes", "Bytes waiting for all feeds together", hub.waiting)
        yield _gauge("onemap_things_tracked", "Staff and vehicles with a position", len(runtime.tracker.latest))
        if runtime.store.path is not None:
            yield self._files(runtime.store.path)

    def _files(self, path: Path) -> Metric:
        sizes = GaugeMetricFamily("onemap_store_bytes", "Size of the files of the record", labels=("file",))
        for ending in _PARTS:
            file = path.with_name(path.name + ending)
            if file.exists():
                sizes.add_metric(("log" if ending else "record",), file.stat().st_size)
        return sizes


def _counter(name: str, text: str, value: float) -> Metric:
    return CounterMetricFamily(name, text, value=value)


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(name, text, value=value)


def parse_address(text: str) -> tuple[str, int]:
    """Return host and port of ``HOST:PORT``. Raises ``Fault('metrics_address_bad')``."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdecimal() or not port.isascii() or int(port) > 65535:
        raise invalid("metrics_address_bad", address=text[:100])
    return host.strip("[]"), int(port)


def serve_metrics(runtime: Runtime, host: str, port: int) -> WSGIServer:
    """Serve the figures in a thread until ``shutdown`` is called on what is returned. Raises ``Fault``."""
    registry = CollectorRegistry()
    registry.register(Figures(runtime))
    ProcessCollector(registry=registry)
    try:
        server, _thread = start_http_server(port, addr=host, registry=registry)
    except (OSError, OverflowError):
        raise invalid("address_in_use", host=host, port=port) from None
    return server
