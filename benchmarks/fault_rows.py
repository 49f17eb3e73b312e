"""Rows of the table of faults: for each command, how often each kind was injected and what was lost."""

from collections.abc import Iterator
from typing import Any

Record = dict[str, Any]
KINDS = ("no space", "I/O error", "interrupted", "killed")


def fault_rows(records: list[Record]) -> Iterator[str]:
    """Give a row to each command, and one to all."""
    yield "| command | file calls | disk full | I/O error | Ctrl-C | SIGKILL | lost | messages unclear |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    faults = [record for record in records if record["kind"] == "fault"]
    commands = list(dict.fromkeys(record["command"] for record in faults))
    for command in commands:
        rows = {record["fault"]: record for record in faults if record["command"] == command}
        counts = [str(rows[kind]["injections"]) if kind in rows else "" for kind in KINDS]
        calls = next(iter(rows.values()))["calls"]
        yield f"| `{command}` | {calls} | {' | '.join(counts)} | {_sums(list(rows.values()))} |"
    totals = [sum(record["injections"] for record in faults if record["fault"] == kind) for kind in KINDS]
    yield f"| all | | {' | '.join(f'{total:,}' for total in totals)} | {_sums(faults)} |"


def _sums(records: list[Record]) -> str:
    return " | ".join(str(sum(record[name] for record in records)) for name in ("lost", "unclear"))
