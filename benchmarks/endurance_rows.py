"""Rows of the table of endurance: what each part did, and what its memory was on the way."""

from collections.abc import Iterator
from typing import Any

Record = dict[str, Any]
NAMES = {
    "pretrain": "`pretrain`, {words:,} words, {pairs:,} pairs, a checkpoint each half minute",
    "checkpoints": "`pretrain`, {checkpoints:,} checkpoints, one after each epoch",
    "predict": "`predict --input`, {predictions:,} texts as a stream",
    "calls": "`predict_proba`, {predictions:,} texts, ten a call",
}


def endurance_rows(records: list[Record]) -> Iterator[str]:
    """Give a row to each part."""
    yield "| work of one process | minutes | memory early | at the end | most |"
    yield "| --- | --- | --- | --- | --- |"
    for record in records:
        if record.get("kind") == "setting":
            continue
        name = NAMES[record["part"]].format(**record)
        megabytes = " | ".join(f"{record[place]:.0f} MB" for place in ("early_mb", "late_mb", "most_mb"))
        yield f"| {name} | {record['seconds'] / 60:.0f} | {megabytes} |"
