"""The table of how much text is enough, from the record of `experiments/little_text.py`."""

from collections.abc import Iterator
from typing import Any

Record = dict[str, Any]
SIZES = (50, 100, 200, 500, 1000, 2000, 4000)
TITLES = {
    "en": "bundled reviews, 8 labels",
    "ja": "the same in Japanese",
    "sst2": "film reviews, sentences (SST-2)",
    "jrte_ja": "hotel reviews, Japanese sentences",
    "germeval_de": "German tweets",
    "khate_ko": "Korean comments on news",
    "ag_news": "news of 4 classes (AG News)",
    "clinc150": "requests of 150 intents, 300 labels",
    "imdb": "film reviews, long (IMDb)",
}


def little_text_rows(records: list[Record]) -> Iterator[str]:
    """Give a row a set: attested share, and points ahead of no pretraining, bold if that is proven."""
    runs = [record for record in records if record["kind"] == "result"]
    yield f"| documents | {' | '.join(f'{size:,}' for size in SIZES)} | all, if fewer |"
    yield "| --- |" + " --- |" * (len(SIZES) + 1)
    for name in dict.fromkeys(run["set"] for run in runs):
        cells = {run["n_documents"]: _cell(run) for run in runs if run["set"] == name}
        rest = [f"{size:,}: {cell}" for size, cell in cells.items() if size not in SIZES]
        shown = [cells.get(size, "") for size in SIZES]
        yield f"| {TITLES[name]} | {' | '.join([*shown, *(rest or [''])])} |"
    yield ""
    little, enough = (
        [run for run in runs if (run["attested"] < 0.5) is is_little] for is_little in (True, False)
    )
    yield (
        f"With less than half attested, pretraining was proven ahead in {_proven(little)}; with half or "
        f"more, in {_proven(enough)}."
    )


def _cell(run: Record) -> str:
    points = f"{100 * run['gain'][0]:+.1f}"
    return f"{run['attested']:.0%}, " + (f"**{points}**" if run["gain"][1] > 0 else points)


def _proven(runs: list[Record]) -> str:
    public = [run for run in runs if run["set"] not in ("en", "ja")]
    return f"{sum(run['gain'][1] > 0 for run in public)} of {len(public)} runs on public sets"
