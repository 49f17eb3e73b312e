"""Rows of the table of random inputs: for each kind, how many there were and what became of them."""

from collections.abc import Iterator
from typing import Any

Record = dict[str, Any]


def fuzz_rows(records: list[Record]) -> Iterator[str]:
    """Give a row to each group of targets, and one to all."""
    yield "| what takes them | targets | inputs | refused | taken | faults | slowest, seconds |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    targets = [record for record in records if record["kind"] == "target"]
    for group in dict.fromkeys(target["group"] for target in targets):
        yield _row(group, [target for target in targets if target["group"] == group])
    yield _row("all", targets)


def _row(title: str, targets: list[Record]) -> str:
    sums = (
        f"{sum(target[name] for target in targets):,}" for name in ("cases", "refused", "accepted", "faults")
    )
    slowest = max(target["slowest"] for target in targets)
    return f"| {title} | {len(targets)} | {' | '.join(sums)} | {slowest} |"
