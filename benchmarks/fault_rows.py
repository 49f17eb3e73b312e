"""Rows of the tables of faults: how often each was injected, in which command, and what was lost."""

from collections.abc import Iterator
from typing import Any

Record = dict[str, Any]
KINDS = ("no space", "I/O error", "interrupted", "killed")
UNREADABLE = "unreadable"


def fault_rows(records: list[Record]) -> Iterator[str]:
    """Give a row to each command, and one to all."""
    yield (
        "| command | file calls | disk full | I/O error | Ctrl-C | SIGKILL | reading calls | I/O error "
        "| lost | messages unclear |"
    )
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    faults = [record for record in records if record["kind"] == "fault"]
    commands = list(dict.fromkeys(record["command"] for record in faults))
    for command in commands:
        rows = {record["fault"]: record for record in faults if record["command"] == command}
        counts = [str(rows[kind]["injections"]) if kind in rows else "" for kind in KINDS]
        calls = next(row["calls"] for kind, row in rows.items() if kind != UNREADABLE)
        looks = rows.get(UNREADABLE, {"calls": "", "injections": ""})
        cells = [calls, *counts, looks["calls"], looks["injections"], _sums(list(rows.values()))]
        yield f"| `{command}` | {' | '.join(map(str, cells))} |"
    *totals, looks = (
        f"{sum(record['injections'] for record in faults if record['fault'] == kind):,}"
        for kind in (*KINDS, UNREADABLE)
    )
    yield f"| all | | {' | '.join(totals)} | | {looks} | {_sums(faults)} |"


def surrounding_rows(records: list[Record]) -> Iterator[str]:
    """Give a row to each kind of surroundings, and one to all."""
    yield "| what goes wrong | command lines | runs | lost | messages unclear |"
    yield "| --- | --- | --- | --- | --- |"
    runs = [record for record in records if record["kind"] == "surrounding"]
    for name in dict.fromkeys(record["surrounding"] for record in runs):
        own = [record for record in runs if record["surrounding"] == name]
        yield f"| {name} | {len(own)} | {sum(record['runs'] for record in own):,} | {_sums(own)} |"
    n_commands = len({record["command"] for record in runs})
    yield f"| all | {n_commands} | {sum(record['runs'] for record in runs):,} | {_sums(runs)} |"


def _sums(records: list[Record]) -> str:
    return " | ".join(str(sum(record[name] for record in records)) for name in ("lost", "unclear"))
