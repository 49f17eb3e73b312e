"""The rows that say, on the pages for those who come from another program, what is gained and lost."""

import statistics
from collections.abc import Iterator
from typing import Any

import results_rows as results

Record = dict[str, Any]
Sets = dict[str, list[Record]]
GENSIM = ("gensim means + LR", "gensim means + LR, C=0.1")
FASTTEXT = ("fastText, pretrained vectors",)
DAY_OF_SPEED = "training, same settings, two threads"


def against_gensim(sets: Sets) -> Iterator[str]:
    """Give a row a measure: ours and gensim's."""
    yield "| | textransfer | gensim |"
    yield "| --- | --- | --- |"
    for dimensions, case in ((100, "2 threads"), (300, "2 threads, 300 dimensions")):
        speeds = _speeds(sets["speed"], case, "textransfer", "gensim")
        yield f"| {DAY_OF_SPEED}, {dimensions} dimensions, words a second | {speeds} |"
    yield _pair("IMDb", sets["IMDb"], 32, GENSIM)
    yield _pair("IMDb", sets["IMDb"], 512, GENSIM)
    yield _pair("AG News", sets["AG News"], 32, GENSIM)
    for n_labels in (8, 512):
        yield _pair("Japanese hotel reviews", sets["Hotel reviews"], n_labels, GENSIM)


def against_fasttext(sets: Sets) -> Iterator[str]:
    """Give a row a measure: ours and fastText's."""
    yield "| | textransfer | fastText |"
    yield "| --- | --- | --- |"
    for n_labels in (32, 512, 12500):
        yield _pair("IMDb", sets["IMDb"], n_labels, FASTTEXT)
    yield _pair("AG News, official test", sets["AG News, official"], 1000, FASTTEXT)
    yield _pair("Japanese hotel reviews", sets["Hotel reviews"], 8, FASTTEXT, "macro-F1")
    speeds = _speeds(sets["speed"], "2 threads", "textransfer", "fasttext")
    yield f"| {DAY_OF_SPEED}, words a second, fastText with its n-grams and reading | {speeds} |"
    ours, theirs = (_peer(sets["answering"], name) for name in ("textransfer, whole", "fastText"))
    yield f"| texts of 230 words classified a second, one core | {_larger(ours, theirs)} |"
    memory = " | ".join(f"{record['megabytes_in_memory']:,} MB" for record in (ours, theirs))
    yield f"| memory for one text | {memory} |"


def against_setfit(sets: Sets) -> Iterator[str]:
    """Give a row a task: ours, and what is published of SetFit."""
    yield "| | textransfer | SetFit |"
    yield "| --- | --- | --- |"
    yield _published("IMDb", "IMDb, 1,000 labels", sets, "1000_imdb", ["SetFit, all-MiniLM"])
    yield _published(
        "AG News, official", "AG News, 1,000 labels", sets, "1000_ag_news", ["SetFit, all-MiniLM"]
    )
    alone, encoder, both = (
        100 * statistics.mean(record["accuracies"])
        for record in sets["encoders"]
        if record["kind"] == "result" and record["n_labels"] == 300
    )
    yield (
        f"| 150 intents, 2 labels of each | {alone:.1f} %; with frozen all-MiniLM-L6-v2 {encoder:.1f} %, "
        f"**both together {both:.1f} %** | not run here: its fine-tuned body may be better still |"
    )
    size = next(record for record in sets["predicting"] if record["kind"] == "size")
    start = _peer(sets["answering"], "textransfer, small")["processor_seconds"]["median"]
    yield (
        f"| installation to predict | {size['megabytes']} MB, {start:.1f} s of one core from start to answer "
        "| torch, transformers and the model |"
    )


def against_model2vec(sets: Sets) -> Iterator[str]:
    """Give a row a task: ours, and what is published or was measured of model2vec."""
    yield "| | textransfer | model2vec |"
    yield "| --- | --- | --- |"
    yield _published("IMDb", "IMDb, 16 labels", sets, "mteb", ["potion-base-8M (model2vec) + LR"])
    both = ["model2vec + LR", "model2vec, fine-tuned"]
    yield _published("IMDb", "IMDb, 1,000 labels", sets, "1000_imdb", both)
    yield _published("AG News, official", "AG News, 1,000 labels", sets, "1000_ag_news", both)
    ours, theirs = (_peer(sets["answering"], name) for name in ("textransfer, whole", "model2vec"))
    shown = _larger(ours, theirs).replace(" | ", ", label and probability | ")
    yield f"| texts of 230 words a second, one core | {shown}, a folder of ours, encoding alone |"


def readme_ja(sets: Sets) -> Iterator[str]:
    """Give a row a set and number of labels, in Japanese: ours, and the lead over the best rival."""
    yield "| データ | ラベル数 | textransfer | 手元のテキストだけで学習する他の手法の最良との差 |"
    yield "| --- | --- | --- | --- |"
    titles = {
        "IMDb": "IMDb(英語の映画レビュー)",
        "AG News": "AG News(英語のニュース)",
        "Korean comments": "韓国語のコメント",
        "Hotel reviews": "日本語のホテルレビュー(1 文ずつ)",
    }
    for name, n_labels in [
        ("IMDb", 32),
        ("AG News", 32),
        ("Korean comments", 32),
        *(("Hotel reviews", n_labels) for n_labels in (8, 32, 128, 512)),
    ]:
        ours = results.by_labels(sets[name])[n_labels][results.OURS]
        lead, rival = results.leads(sets[name], "accuracy")[n_labels]
        points = f"{lead.points:+.1f}".replace("-", "−")
        if not lead.is_sure:
            points += "(有意差なし)"
        elif lead.is_behind:
            points = f"**{points}({rival.split()[0]} のほうが上)**"
        row = f"| {titles[name]} | {n_labels} | {results.mean(ours, 'accuracy'):.1f} % | {points} |"
        yield row.replace("(", "（").replace(")", "）")


def _pair(
    title: str, records: list[Record], n_labels: int, rivals: tuple[str, ...], measure: str = "accuracy"
) -> str:
    """Write ours and the best of some rivals; bold where theirs is ahead by more than is tolerated."""
    of_systems = results.by_labels(records)[n_labels]
    ours = of_systems[results.OURS]
    best = max(
        (of_systems[name] for name in rivals if name in of_systems),
        key=lambda record: results.mean(record, measure),
    )
    theirs = f"{results.mean(best, measure):.1f} %"
    if best["draws"] != ours["draws"]:
        theirs += f" ({best['draws']} draws)"
    if results.difference(ours, best, measure).is_behind:
        theirs = f"**{theirs}**"
    head = f"{title}, {n_labels:,} labels" + f", {measure}" * (measure != "accuracy")
    return f"| {head} | {results.mean(ours, measure):.1f} % | {theirs} |"


def _published(set_name: str, title: str, sets: Sets, protocol: str, systems: list[str]) -> str:
    """Write ours beside published figures of the same protocol, the best one bold if ahead."""
    rule = next(r for r in sets["published"] if r["kind"] == "protocol" and r["name"] == protocol)
    records = sets[set_name]
    ours = results.by_labels(records)[rule["n_labels"]][results.OURS]
    accuracy = results.mean(ours, "accuracy", min(rule.get("draws", 20), ours["draws"]))
    is_official = any(record.get("tested_on") == "official test" for record in records)
    theirs = []
    for record in sets["published"]:
        if record["kind"] == "published" and record["protocol"] == protocol and record["system"] in systems:
            shown = f"{record['accuracy']:.1f} % ({record['system']}; {record['source']})"
            theirs.append(f"**{shown}**" if record["accuracy"] > accuracy else shown)
    tested_on = "official test" if is_official else "development texts"
    return f"| {title} | {accuracy:.1f} %, {tested_on} | {', '.join(theirs)} |"


def _speeds(records: list[Record], case: str, *systems: str) -> str:
    medians = []
    for system in systems:
        runs = [r for r in records if r["kind"] == "run" and (r["case"], r["system"]) == (case, system)]
        medians.append(statistics.median(run["words_per_second"] for run in runs))
    return " | ".join(f"{speed / 1e6:.2f} M" for speed in medians)


def _peer(records: list[Record], start: str) -> Record:
    return next(r for r in records if r["kind"] == "peer" and r["system"].startswith(start))


def _larger(ours: Record, theirs: Record) -> str:
    rates = [record["texts_a_second"]["median"] for record in (ours, theirs)]
    return " | ".join(f"**{rate:,.0f}**" if rate == max(rates) else f"{rate:,.0f}" for rate in rates)
