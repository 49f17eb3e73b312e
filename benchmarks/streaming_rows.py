"""The rows of the table of programs that label a stream of texts."""

from collections.abc import Iterator
from typing import Any


def streaming_rows(records: list[dict[str, Any]]) -> Iterator[str]:
    """Give a row a program and a kind of texts."""
    yield "| | texts | texts a second after the start | start: seconds | processor seconds | memory |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for record in sorted(records, key=lambda record: record.get("texts", ""), reverse=True):
        if record["kind"] == "stream":
            rate, processor = record["texts_a_second"], record["processor_seconds"]
            cells = [
                record["system"],
                f"{record['n_texts']:,} {record['texts']}",
                f"{rate['median']:,.0f} ({rate['lowest']:,.0f} to {rate['highest']:,.0f})",
                f"{record['start_seconds']}",
                f"{processor['median']} ({processor['lowest']} to {processor['highest']})",
                f"{record['megabytes_in_memory']} MB",
            ]
            yield f"| {' | '.join(cells)} |"
