"""What Prometheus reads at /metrics."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
MOST_LABELS = 200
"""Classes that are counted by name; of more, the rest together."""
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 100, 300)
_SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)


class Metrics:
    """Counts and times of one server, in a registry of its own.

    Parameters
    ----------
    classes : list of str
        Names of the classes.
    n_waiting : callable
        Returns how many requests wait for a batch.
    """

    def __init__(self, classes: list[str], n_waiting: Callable[[], int]) -> None:
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._counted = set(classes[:MOST_LABELS])
        self.requests = Counter(
            "textransfer_requests", "Requests.", ["path", "method", "status"], registry=registry
        )
        self.seconds = Histogram(
            "textransfer_request_seconds",
            "From the first byte of a request to the end of its answer.",
            ["path"],
            buckets=_SECONDS,
            registry=registry,
        )
        self.texts = Counter("textransfer_texts", "Texts that were answered.", ["path"], registry=registry)
        self.labels = Counter(
            "textransfer_labels", "Texts by their most probable class.", ["label"], registry=registry
        )
        self.unknown_texts = Counter(
            "textransfer_unknown_texts", "Texts without a known word.", registry=registry
        )
        self.known_shares = Histogram(
            "textransfer_known_words",
            "Share of a text's words that the classifier knows; where it falls, the texts have changed.",
            buckets=[tenth / 10 for tenth in range(11)],
            registry=registry,
        )
        self.batches = Histogram(
            "textransfer_batch_texts", "Texts that were computed together.", buckets=_SIZES, registry=registry
        )
        self.held_bytes = Gauge(
            "textransfer_held_bytes", "Bytes of bodies that are in memory.", registry=registry
        )
        waiting = Gauge("textransfer_waiting_requests", "Requests that wait for a batch.", registry=registry)
        waiting.set_function(n_waiting)

    def count_answers(self, labels: list[str], known_shares: list[float]) -> None:
        """Count what was said of some texts."""
        for label in labels:
            self.labels.labels(label if label in self._counted else "(other)").inc()
        for share in known_shares:
            self.known_shares.observe(share)
            if share == 0:
                self.unknown_texts.inc()

    def page(self) -> bytes:
        """Return all numbers in Prometheus's text format."""
        return generate_latest(self._registry)
