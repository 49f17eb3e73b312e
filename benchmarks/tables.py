"""Write the tables of docs/benchmarks.md and docs/justified.md from the records in docs/benchmarks/.

    python benchmarks/tables.py            # or --check: say whether they are up to date

A table stands between ``<!-- table NAME -->`` and ``<!-- end -->``; it comes from
``docs/benchmarks/NAME.jsonl``.
"""

import json
import re
import statistics
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

DOCS = Path(__file__).resolve().parent.parent / "docs"
PAGES = ("benchmarks.md", "justified.md")
PLACE = re.compile(r"(<!-- table (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
Record = dict[str, Any]


def main() -> int:
    """Write the tables, or check them."""
    is_stale = False
    for name in PAGES:
        page = DOCS / name
        text = page.read_text(encoding="utf-8")
        fresh = PLACE.sub(lambda place: f"{place[1]}{table(place['name'])}{place[3]}", text)
        is_stale |= fresh != text
        if "--check" not in sys.argv[1:]:
            page.write_text(fresh, encoding="utf-8")
    return int(is_stale and "--check" in sys.argv[1:])


def table(name: str) -> str:
    """Return the Markdown of a benchmark."""
    file = DOCS / "benchmarks" / f"{name}.jsonl"
    if not file.exists():
        return "\nNot measured yet.\n\n"
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    parts = [setting(record) for record in records if record["kind"] == "setting"][:1]
    parts += ["\n".join(rows) for rows in (MAKERS[name](records),)]
    return "\n" + "\n\n".join(parts) + "\n\n"


def setting(record: Record) -> str:
    """Say where, when and with what."""
    left_out = ("kind", "date", "machine", "python", "versions", "name", "areas")
    facts = ", ".join(f"{k.replace('_', ' ')} {number(v)}" for k, v in record.items() if k not in left_out)
    versions = ", ".join(f"{name} {version}" for name, version in record.get("versions", {}).items())
    where = f"{record['date']}, {record.get('machine', 'machine not recorded')}"
    return f"{where}; {facts}" + (f"; Python {record['python']}, {versions}." if versions else ".")


def speed_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a case and system: median speed, and the ratio of ours to it, pair by pair."""
    yield "| case | system | words/s, median | seconds, median | ours faster by, median (lowest to highest) |"
    yield "| --- | --- | --- | --- | --- |"
    runs: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        if record["kind"] == "run":
            runs.setdefault((record["case"], record["system"]), []).append(record)
    ratios = {(r["case"], r["to"]): r for r in records if r["kind"] == "ratio"}
    for (case, system), found in runs.items():
        speeds = [run["words_per_second"] for run in found if "words_per_second" in run]
        speed = f"{statistics.median(speeds) / 1e6:.2f} M" if speeds else ""
        seconds = f"{statistics.median(run['seconds'] for run in found):.1f}"
        ratio = ratios.get((case, system))
        if ratio is None and "NCE" in case and system == "textransfer":
            ratio = ratios.get((case, "sgns"))
        faster = f"{ratio['median']:.2f} ({ratio['lowest']:.2f} to {ratio['highest']:.2f})" if ratio else ""
        yield f"| {case} | {system} | {speed} | {seconds} | {faster} |"
    for record in records:
        if record["kind"] == "failure":
            yield f"| {record['case']} | {record['system']} | failed: {record['error']} | | |"


def quality_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a measure: the mean, every run, and the difference of the means."""
    yield "| measure | textransfer | gensim | difference of the means |"
    yield "| --- | --- | --- | --- |"
    runs = [record for record in records if record["kind"] == "run"]
    for measure in [name for name in runs[0] if name not in ("kind", "system", "state")]:
        cells, means = [], []
        for system in ("textransfer", "gensim"):
            values = [run[measure] for run in runs if run["system"] == system]
            means.append(statistics.mean(values))
            cells.append(f"{means[-1]:.3f} ({', '.join(f'{value:.3f}' for value in values)})")
        yield f"| {measure} | {cells[0]} | {cells[1]} | {means[0] - means[1]:+.3f} |"


def text_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a measurement: median of tokens a second, and the most memory."""
    yield "| what | tokens/s, median (lowest to highest) | peak memory |"
    yield "| --- | --- | --- |"
    for record in records:
        if record["kind"] == "summary" and "threads" in record:
            low, middle, high = (record[name] / 1e6 for name in ("lowest", "median", "highest"))
            what = f"text to encoded corpus, {record['threads']} thread(s)"
            yield f"| {what} | {middle:.1f} M ({low:.1f} to {high:.1f}) | {record['peak_megabytes']:,} MB |"
        elif record["kind"] == "summary":
            low, middle, high = (record[name] for name in ("lowest", "median", "highest"))
            yield f"| {record['what']} | {middle:.1f} times ({low:.1f} to {high:.1f}) | |"
        elif record["kind"] == "pretrain":
            what = f"reading, then training on the first {record['trained_tokens']:,} tokens"
            yield f"| {what} | | {record['peak_megabytes']:,} MB |"


def kill_rows(records: list[Record]) -> Iterator[str]:
    """Sum the kills up."""
    yield "| kills | of them while reading | most words lost | allowed | end |"
    yield "| --- | --- | --- | --- | --- |"
    for record in records:
        if record["kind"] == "summary":
            end = "equal bit for bit" if record["end_equal_bit_for_bit"] else "different"
            counts = " | ".join(
                f"{record[name]:,}" for name in ("kills", "during_reading", "largest_loss", "allowed_loss")
            )
            yield f"| {counts} | {end} |"


UPDATE_MEASURES = {
    "agreement, old words": "agreement_old",
    "agreement, new words": "agreement_new",
    "accuracy, 32 labels": "accuracy",
}


def update_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a share of new text and a way to deal with it."""
    yield f"| new text | what is done | {' | '.join(UPDATE_MEASURES)} |"
    yield "| --- | --- |" + " --- |" * len(UPDATE_MEASURES)
    for record in records:
        if record["kind"] == "summary":
            cells = " | ".join(f"{record[name]:.3f}" for name in UPDATE_MEASURES.values())
            yield f"| {record['share']:.0%} | {record['arm']} | {cells} |"


def few_labels_rows(records: list[Record], measure: str = "accuracy") -> Iterator[str]:
    """Give a row a system: its mean at each number of labels, and by how much ours is ahead."""
    results = [record for record in records if record["kind"] == "result"]
    budgets = sorted({record["n_labels"] for record in results})
    ahead = "ahead" if measure == "accuracy" else f"{measure}_ahead"
    yield f"| labels | {' | '.join(f'{budget:,}' for budget in budgets)} |"
    yield "| --- |" + " --- |" * len(budgets)
    for system in dict.fromkeys(record["system"] for record in results):
        cells = {record["n_labels"]: record for record in results if record["system"] == system}
        shown = [_few_labels_cell(cells.get(budget), measure, ahead, system) for budget in budgets]
        yield f"| {system} | {' | '.join(shown)} |"


def _few_labels_cell(record: Record | None, measure: str, ahead: str, system: str) -> str:
    if record is None:
        return ""
    gain = f" ({-record[ahead]:+.1f})" if ahead in record and system != "textransfer" else ""
    return f"{record[measure]:.1f}{gain}"


def macro_f1_rows(records: list[Record]) -> Iterator[str]:
    """Do the same for macro-F1."""
    yield from few_labels_rows(records, "macro_f1")


def components_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a setting: accuracy at each number of labels."""
    results = [record for record in records if record["kind"] == "result"]
    budgets = sorted({record["n_labels"] for record in results})
    yield f"| setting | {' | '.join(f'{budget:,}' for budget in budgets)} |"
    yield "| --- |" + " --- |" * len(budgets)
    rows: dict[str, list[str]] = {}
    for record in results:
        if "component_power" in record:
            name = f"component_power {record['component_power']:g}"
        else:
            name = (
                "smoothing by default"
                if record["smoothing"] is None
                else f"smoothing {record['smoothing']:g}"
            )
        rows.setdefault(name, []).append(f"{record['accuracy']:.1f} / {record['macro_f1']:.1f}")
    for name, cells in rows.items():
        yield f"| {name} | {' | '.join(cells)} |"


def rows_by_labels(
    records: list[Record], head: str, key: str, cell: Callable[[Record], str]
) -> Iterator[str]:
    """Give a row each value of a key, with a cell for each number of labels."""
    results = [record for record in records if record["kind"] == "result"]
    budgets = sorted({record["n_labels"] for record in results})
    yield f"| {head}| {' | '.join(map(str, budgets))} |"
    yield "| --- |" + " --- |" * len(budgets)
    for name in dict.fromkeys(record[key] for record in results):
        yield f"| {name} | {' | '.join(cell(record) for record in results if record[key] == name)} |"


def calibration_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a stage: log loss / calibration error in points, at each number of labels."""
    return rows_by_labels(
        records, "labels ", "what", lambda one: f"{one['log_loss']:.3f} / {one['calibration_error']:.1f}"
    )


def verdicts_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a case and a design: how often each verdict."""
    yield "| what is wrong | design | repetitions | positive | inconclusive | negative |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for record in records:
        if record["kind"] == "result":
            counts = " | ".join(str(record[name]) for name in ("positive", "inconclusive", "negative"))
            yield f"| {record['case']} | {record['design']} | {record['repetitions']} | {counts} |"


def commands_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a whole command: seconds, and texts a second."""
    yield "| command | seconds, median (lowest to highest) | texts/s | without the start |"
    yield "| --- | --- | --- | --- |"
    for record in records:
        if record["kind"] == "summary":
            n = f" on {record['n_texts']:,} texts" if "n_texts" in record else " with 32 labels"
            rates = [
                _spread(record[name]) if name in record else ""
                for name in ("texts_a_second", "texts_a_second_without_start")
            ]
            yield f"| {record['command']}{n} | {_spread(record['seconds'])} | {' | '.join(rates)} |"


def _spread(values: Record) -> str:
    return f"{values['median']:,} ({values['lowest']:,} to {values['highest']:,})"


def flight_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a number of windows in flight."""
    yield "| windows in flight | most changes to a vector at once | loss | WordSim-353 | SimLex-999 |"
    yield "| --- | --- | --- | --- | --- |"
    for record in records:
        if record["kind"] == "quality":
            bound = f"{record['most_changes']:g}" if record.get("most_changes") else "not bounded"
            cells = f"{record['windows_in_flight']:,} | {bound}"
            if "error" in record:
                yield f"| {cells} | left the finite numbers | | |"
            else:
                measures = " | ".join(f"{record[name]:.3f}" for name in ("loss", "wordsim", "simlex"))
                yield f"| {cells} | {measures} |"


def emphasis_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a question: accuracy without and with, and the draws in which labels spoke for it."""
    results = [record for record in records if record["kind"] == "result"]
    areas = {record["name"]: record["areas"] for record in records if record["kind"] == "setting"}
    budgets = sorted({record["n_labels"] for record in results})
    yield f"| | area | {' | '.join(map(str, budgets))} |"
    yield "| --- | --- |" + " --- |" * len(budgets)
    for name in dict.fromkeys(record["name"] for record in results):
        found = {record["n_labels"]: record for record in results if record["name"] == name}
        cells = [
            f"{one['without']:.1f} → {one['accuracy']:.1f} ({one['emphasized']})" if one else ""
            for one in (found.get(budget) for budget in budgets)
        ]
        area = ", ".join(f"{one:.2f}" for one in areas[name])
        yield f"| {name} | {area} | {' | '.join(cells)} |"


def negation_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a way to mark negated words: accuracy by labels, and the gain over plain words."""
    return rows_by_labels(records, "marked ", "way", gained)


def gained(record: Record) -> str:
    """Write an accuracy, with the gain and its standard error if there is one."""
    gain = f" ({record['gain']:+.1f}, {record['standard_error']:.2f})" if record["standard_error"] else ""
    return f"{record['accuracy']:.1f}{gain}"


def additions_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a system: accuracy by labels, with its standard error over draws."""
    return rows_by_labels(
        records, "", "system", lambda one: f"{one['accuracy']:.1f} ({one['standard_error']:.2f})"
    )


def pretraining_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a changed setting: accuracy / macro-F1 by labels."""
    results = [record for record in records if record["kind"] == "result"]
    budgets = sorted({record["n_labels"] for record in results})
    yield f"| changed | {' | '.join(map(str, budgets))} |"
    yield "| --- |" + " --- |" * len(budgets)
    rows: dict[str, list[str]] = {}
    for record in results:
        name = next(name for name in record if name != "kind")
        row = "nothing" if name == "defaults" else f"{name} {record[name]:g}"
        rows.setdefault(row, []).append(f"{record['accuracy']:.1f} / {record['macro_f1']:.1f}")
    for row, cells in rows.items():
        yield f"| {row} | {' | '.join(cells)} |"


def number(value: object) -> str:
    """Write a number so that it can be read."""
    return f"{value:,}" if isinstance(value, int) else str(value)


MAKERS = {
    "speed": speed_rows,
    "quality": quality_rows,
    "text": text_rows,
    "kill": kill_rows,
    "update": update_rows,
    "flight": flight_rows,
    "few_imdb": few_labels_rows,
    "few_imdb_all": few_labels_rows,
    "few_imdb_all5000": few_labels_rows,
    "few_sst2": few_labels_rows,
    "few_sst2_words": few_labels_rows,
    "few_imdb_words": few_labels_rows,
    "few_ag": few_labels_rows,
    "few_ag_words": few_labels_rows,
    "few_ja": macro_f1_rows,
    "few_ja_words": macro_f1_rows,
    "few_ja_balanced": macro_f1_rows,
    "few_ja_subword": macro_f1_rows,
    "few_imdb_minilm": few_labels_rows,
    "components_imdb": components_rows,
    "components_sst2": components_rows,
    "components_ag": components_rows,
    "components_ja": components_rows,
    "calibration_imdb": calibration_rows,
    "calibration_sst2": calibration_rows,
    "calibration_ag": calibration_rows,
    "emphasis": emphasis_rows,
    "negation_imdb": negation_rows,
    "negation_sst2": negation_rows,
    "additions_imdb": additions_rows,
    "pretraining_ag": pretraining_rows,
    "pretraining_ja": pretraining_rows,
    "pretraining_imdb2k": pretraining_rows,
    "verdicts": verdicts_rows,
    "commands": commands_rows,
}


if __name__ == "__main__":
    sys.exit(main())
