"""The rows of each table in the documents, made from the records of its measurement."""

import statistics
from collections.abc import Callable, Iterator
from typing import Any

Record = dict[str, Any]
MACRO_F1 = "Hotel reviews"
"""Judged by macro-F1, since three in five texts are of one class."""


def speed_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a case and system: median speed, and the ratio of ours to it, pair by pair."""
    yield "| case | system | words/s, median | seconds, median | ours faster by, median (lowest to highest) |"
    yield "| --- | --- | --- | --- | --- |"
    runs: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        if record["kind"] == "run":
            runs.setdefault((record["case"], record["system"]), []).append(record)
    ratios = {(r["case"], r["to"]): r for r in records if r["kind"] == "ratio"}
    for (case, system), repeats in runs.items():
        speeds = [run["words_per_second"] for run in repeats if "words_per_second" in run]
        speed = f"{statistics.median(speeds) / 1e6:.2f} M" if speeds else ""
        seconds = f"{statistics.median(run['seconds'] for run in repeats):.1f}"
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


def minilm_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a system: its mean accuracy."""
    return rows_by_labels(records, "labels ", "system", lambda record: f"{record['accuracy']:.1f}")


def encoder_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a number of labels: both arms, both together, and that against the better of the two."""
    results = [record for record in records if record["kind"] == "result"]
    names = list(dict.fromkeys(record["arm"] for record in results))
    yield f"| labels (draws) | {' | '.join(names)} | together, against the better |"
    yield "| --- |" + " --- |" * (len(names) + 1)
    for budget in sorted({record["n_labels"] for record in results}):
        of_arm = {record["arm"]: record for record in results if record["n_labels"] == budget}
        means = [100 * statistics.mean(of_arm[name]["accuracies"]) for name in names]
        shown = " | ".join(f"{mean:.1f}" for mean in means)
        draws = of_arm[names[0]]["draws"]
        yield f"| {budget:,} ({draws}) | {shown} | {means[2] - max(means[:2]):+.1f} |"


def verdicts_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a case and a design: how often each verdict."""
    yield "| what is wrong | design | repetitions | positive | inconclusive | negative |"
    yield "| --- | --- | --- | --- | --- | --- |"
    for record in records:
        if record["kind"] == "result":
            counts = " | ".join(str(record[name]) for name in ("positive", "inconclusive", "negative"))
            yield f"| {record['case']} | {record['design']} | {record['repetitions']} | {counts} |"


def commands_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a whole command: seconds, those of processors, and texts a second."""
    yield "| command | seconds, median (lowest to highest) | of processors | texts/s | without the start |"
    yield "| --- | --- | --- | --- | --- |"
    for record in records:
        if record["kind"] == "summary":
            n = f" on {record['n_texts']:,} texts" if "n_texts" in record else ""
            figures = [
                _spread(record[name]) if name in record else ""
                for name in ("processor_seconds", "texts_a_second", "texts_a_second_without_start")
            ]
            yield f"| {record['command']}{n} | {_spread(record['seconds'])} | {' | '.join(figures)} |"


def predicting_rows(records: list[Record]) -> Iterator[str]:
    """Say the size of the small installation, and give a row a cold start."""
    size = next(record for record in records if record["kind"] == "size")
    yield (
        f"On disk {size['megabytes']} MB in {size['n_packages']} packages, of which textransfer itself "
        f"{size['megabytes_of_textransfer']} MB. `textransfer predict TEXT --explain 3` from its start:"
    )
    yield ""
    yield "| classifier | installation | seconds of one core, median (lowest to highest) | memory |"
    yield "| --- | --- | --- | --- |"
    for record in records:
        if record["kind"] == "start":
            names = f"{record['classifier']} | {record['installation']}"
            yield f"| {names} | {_spread(record['processor_seconds'])} | {record['megabytes_in_memory']} MB |"


def answering_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a program that answers texts."""
    yield "| | on disk | one text from the start: seconds of one core | memory | texts a second of one core |"
    yield "| --- | --- | --- | --- | --- |"
    for record in records:
        if record["kind"] == "peer":
            size = f"{record['megabytes']} MB" if record["megabytes"] else ""
            start = _spread(record["processor_seconds"])
            rate = _spread({name: round(value) for name, value in record["texts_a_second"].items()})
            yield f"| {record['system']} | {size} | {start} | {record['megabytes_in_memory']} MB | {rate} |"


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
        cells_of = {record["n_labels"]: record for record in results if record["name"] == name}
        cells = [
            f"{r['without']:.1f} → {r['accuracy']:.1f} ({r['emphasized']})" if r else ""
            for r in (cells_of.get(budget) for budget in budgets)
        ]
        area = ", ".join(f"{value:.2f}" for value in areas[name])
        yield f"| {name} | {area} | {' | '.join(cells)} |"


def additions_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a system: accuracy by labels, with its standard error over draws."""
    return rows_by_labels(records, "", "system", lambda r: f"{r['accuracy']:.1f} ({r['standard_error']:.2f})")


def suggest_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a number of labels: accuracy with random and with suggested ones, and the gain."""
    yield "| labels | taken at random | suggested | gain |"
    yield "| --- | --- | --- | --- |"
    results = [record for record in records if record["kind"] != "setting"]
    for random, suggested in zip(results[::2], results[1::2], strict=True):
        n = random["n_labels"]
        name = f"the first {n}" if random["kind"] == "first" else f"{n // 2} at random, then {n // 2} more"
        means = " | ".join(f"{100 * record['accuracy']:.1f}" for record in (random, suggested))
        gain = f"{100 * suggested['gain']:+.1f} ({100 * suggested['standard_error']:.1f})"
        yield f"| {name} | {means} | {gain} |"


def fit_check_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a case with 64 labels: what the fit check says of it, and who was ahead."""
    yield "| vectors, texts | known | shift | words | called | threat | ahead of TF-IDF |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    for record in records:
        if record.get("n_labels") == 64:
            called, threats = (
                ", ".join(f"{name} {n}" for name, n in sorted(record[key].items(), key=lambda item: -item[1]))
                for key in ("nearness", "threat")
            )
            numbers = f"{record['token_share']:.0%} | {record['shift']:.2f} | {record['word_excess']:.2f}"
            ahead = f"{100 * record['ahead']:+.1f}"
            yield f"| {record['case'].replace(' vectors', '')} | {numbers} | {called} | {threats} | {ahead} |"


def joined(
    sets: dict[str, list[Record]],
    head: str,
    row: Callable[[Record], str],
    cell: Callable[[Record, str], str],
    budgets: tuple[int, ...],
) -> Iterator[str]:
    """Give a row a setting, with a cell for each data set and number of labels."""
    columns = [(title, budget) for title in sets for budget in budgets]
    heads = [f"{title}: {budget}" if budget == budgets[0] else f"{budget}" for title, budget in columns]
    yield f"| {head} | {' | '.join(heads)} |"
    yield "| --- |" + " --- |" * len(columns)
    cells: dict[str, dict[tuple[str, int], str]] = {}
    for title, records in sets.items():
        for record in records:
            if record.get("kind") != "setting":
                cells.setdefault(row(record), {})[title, record["n_labels"]] = cell(record, title)
    for name, values in cells.items():
        yield f"| {name} | {' | '.join(values.get(column, '') for column in columns)} |"


def score(record: Record, title: str) -> str:
    """Write the accuracy, or macro-F1 where one class outweighs the rest."""
    return f"{record['macro_f1' if title == MACRO_F1 else 'accuracy']:.1f}"


def components_rows(sets: dict[str, list[Record]]) -> Iterator[str]:
    """Give a row a power of the components or a smoothing."""

    def name_of(record: Record) -> str:
        if "component_power" in record:
            return f"component_power {record['component_power']:g}"
        return "smoothing " + (f"{record['smoothing']:g}" if record["smoothing"] else "by default")

    return joined(sets, "setting", name_of, score, (8, 32, 128))


def encodings_rows(sets: dict[str, list[Record]], budgets: tuple[int, ...]) -> Iterator[str]:
    """Give a row what labels choose: accuracy / macro-F1."""

    def scores(record: Record, _: str) -> str:
        return f"{record['accuracy']:.1f} / {record['macro_f1']:.1f}"

    return joined(sets, "labels choose", lambda record: record["settings"], scores, budgets)


def calibration_rows(sets: dict[str, list[Record]]) -> Iterator[str]:
    """Give a row a stage: log loss / calibration error in points."""

    def losses(record: Record, _: str) -> str:
        return f"{record['log_loss']:.3f} / {record['calibration_error']:.1f}"

    return joined(sets, "labels", lambda record: record["what"], losses, (8, 32, 128))


def negation_rows(sets: dict[str, list[Record]]) -> Iterator[str]:
    """Give a row a way to mark negated words: accuracy of plain words, else the gain over it."""

    def gain(record: Record, _: str) -> str:
        if not record["standard_error"]:
            return f"{record['accuracy']:.1f}"
        return f"{record['gain']:+.1f} ({record['standard_error']:.2f})"

    return joined(sets, "marked", lambda record: record["way"], gain, (8, 32, 128, 512))


def init_from_rows(sets: dict[str, list[Record]]) -> Iterator[str]:
    """Give a row a way to learn vectors from so many texts."""

    def name_of(record: Record) -> str:
        return f"{record['n_texts']:,} texts, {record['way']}" if record["n_texts"] else record["way"]

    return joined(sets, "vectors", name_of, score, (32, 128))


def pretraining_rows(sets: dict[str, list[Record]]) -> Iterator[str]:
    """Give a row a changed setting of pretraining."""

    def name_of(record: Record) -> str:
        name = next(name for name in record if name != "kind")
        return "nothing" if name == "defaults" else f"{name} {record[name]:g}"

    return joined(sets, "changed", name_of, score, (8, 32, 128, 512))


def short_documents_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a text and a rule for its settings: accuracy and macro-F1 for each number of labels."""
    yield "| text | words a document | settings by | sample | epochs | seconds | accuracy (macro-F1) |"
    yield "| --- | --- | --- | --- | --- | --- | --- |"
    runs: dict[tuple[str, str], list[Record]] = {}
    lengths = {}
    for record in records:
        if record["kind"] == "result":
            runs.setdefault((record["text"], record["rule"]), []).append(record)
        elif record["kind"] == "text":
            lengths[record["text"]] = record["n_tokens"] / record["n_documents"]
    for (text, rule), results in runs.items():
        first = results[0]
        scores = ", ".join(f"{r['n_labels']}: {r['accuracy']:.1f} ({r['macro_f1']:.1f})" for r in results)
        yield (
            f"| {text} | {lengths[text]:.1f} | {rule} | {first['sample']:g} | {first['epochs']} "
            f"| {first['seconds']} | {scores} |"
        )


def augmentation_rows(sets: dict[str, list[Record]]) -> Iterator[str]:
    """Give a row an arm and a kind of augmentation: accuracy without, gains with their intervals."""

    def gain(record: Record, _: str) -> str:
        if record["augmentation"] == "none":
            return f"{record['accuracy']:.1f}"
        cell = f"{record['gain']:+.1f} ({record['low']:+.1f} to {record['high']:+.1f})"
        return f"**{cell}**" if record["low"] > 0 or record["high"] < 0 else cell

    by_arm = {
        title: sorted(records, key=lambda record: record.get("arm", "")) for title, records in sets.items()
    }
    return joined(by_arm, "", lambda record: f"{record['arm']}, {record['augmentation']}", gain, (32,))


def flips_rows(sets: dict[str, list[Record]]) -> Iterator[str]:
    """Give a row a data set: neighbours that prefer another class, before and after the class means."""
    yield "| | mutual neighbours | after the class means | neighbours kept |"
    yield "| --- | --- | --- | --- |"
    for title, records in sets.items():
        record = next(record for record in records if record.get("n_labels") == 32)
        shares = (record["flipped_mutual"], record["flipped_safe"], record["kept"])
        yield f"| {title} | {' | '.join(f'{share:.1f}' for share in shares)} |"


def serving_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a run of the server under load: how fast, how long clients wait, what a stop costs."""
    yield (
        "| clients | texts a request | requests a second | wait, median | 99% | longest | errors "
        "| memory, start to end | after SIGTERM answered, lost |"
    )
    yield "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    run: dict[str, Record] = {}
    for record in records:
        run[record["kind"]] = record
        if record["kind"] == "stop":
            setting, load, memory = run["setting"], run["load"], run["memory"]
            waits = " | ".join(f"{load[name]:,.0f} ms" for name in ("p50_ms", "p99_ms", "max_ms"))
            yield (
                f"| {setting['clients']} | {setting['texts_a_request']} | {load['requests_a_second']:,.0f} | "
                f"{waits} | {sum(load['errors'].values())} | {memory['first_mb']:.0f} to "
                f"{memory['last_mb']:.0f} MB | {record['answered_after_the_signal']}, {record['lost']} |"
            )
