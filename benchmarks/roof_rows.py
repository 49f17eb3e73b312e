"""The rows of the table of what bounds the training kernel, made from its record."""

from collections.abc import Callable, Iterator
from typing import Any

Record = dict[str, Any]


def roof_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a size: the kernel's time, work and rows a window, and the machine's roofs."""
    (processor,) = [record for record in records if record["kind"] == "processor"]
    yield (
        f"One core multiplies and adds {processor['gflops']:,.0f} GFLOP/s in registers, and copies "
        f"{processor['copied_gb_per_second']:.0f} GB/s (read and written). A window has the operations "
        "and bytes that the kernel executes, also for pairs that count for nothing."
    )
    yield ""
    yield "| dimensions | | " + " | ".join(str(record["vector_size"]) for record in kernels(records)) + " |"
    yield "| --- | --- |" + " --- |" * len(kernels(records))
    lines: list[tuple[str, str, Callable[[Record], str]]] = [
        ("a window", "ns", lambda r: f"{r['ns_a_window']:,.0f}"),
        ("the same, all words in the caches", "ns", lambda r: f"{r['ns_a_window_in_cache']:,.0f}"),
        ("operations a window", "FLOP", lambda r: f"{r['flop_a_window']:,}"),
        (
            "rows read and changed a window",
            "",
            lambda r: f"{r['in_rows_a_window'] + r['out_rows_a_window']:.2f}",
        ),
        ("bytes read and written a window", "", lambda r: f"{r['bytes_a_window']:,}"),
        ("a random row read and changed, fetched ahead", "ns", lambda r: f"{r['ns_a_random_row']:.1f}"),
        ("a random place, one after the other", "ns", lambda r: f"{r['ns_a_random_place']:.0f}"),
        ("share of the arithmetic", "", lambda r: f"{arithmetic_ns(r, processor) / r['ns_a_window']:.0%}"),
        (
            "the same, all words in the caches",
            "",
            lambda r: f"{arithmetic_ns(r, processor) / r['ns_a_window_in_cache']:.0%}",
        ),
        (
            "share of the memory, its new rows at random",
            "",
            lambda r: f"{memory_ns(r) / r['ns_a_window']:.0%}",
        ),
    ]
    for what, unit, cell in lines:
        yield f"| {what} | {unit} | " + " | ".join(map(cell, kernels(records))) + " |"


def kernels(records: list[Record]) -> list[Record]:
    """Return the records of the kernel."""
    return [record for record in records if record["kind"] == "kernel"]


def arithmetic_ns(record: Record, processor: Record) -> float:
    """Return the time of a window's operations if nothing else took time."""
    return float(record["flop_a_window"] / processor["gflops"])


def memory_ns(record: Record) -> float:
    """Return the time of the rows that a window fetches, outputs and a centre, at the rate of random ones."""
    return float((record["out_rows_a_window"] + 1) * record["ns_a_random_row"])
