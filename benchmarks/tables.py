"""Write the tables of the documents and the logs from the records in docs/benchmarks/.

    python benchmarks/tables.py            # or --check: say which pages are not up to date

A table stands between ``<!-- table NAME -->`` and ``<!-- end -->``. It comes from
``docs/benchmarks/NAME.jsonl``, or from several files, see `JOINED`. The table ``machine`` says once
a page where its records were measured.
"""

import json
import re
import sys
from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import endurance_rows
import fault_rows
import fuzz_rows
import little_text_rows
import peer_rows
import results_rows as results
import roof_rows
import streaming_rows
import table_rows as rows

DOCS = Path(__file__).resolve().parent.parent / "docs"
PLACE = re.compile(r"(<!-- table (?P<name>[\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
PAGES = (
    *("benchmarks", "results", "predicting", "reliability", "tutorial"),
    *(f"coming-from/{name}" for name in ("gensim", "fasttext", "setfit", "model2vec")),
    "../README.ja",
)
WHERE = ("machine", "python", "versions")
Record = dict[str, Any]


def main() -> int:
    """Write the tables, or check them."""
    is_check = "--check" in sys.argv[1:]
    stale = []
    for page in [*(DOCS / f"{name}.md" for name in PAGES), *sorted((DOCS / "log").glob("*.md"))]:
        text = page.read_text(encoding="utf-8")
        usual = usual_place([place["name"] for place in PLACE.finditer(text)])
        fresh = PLACE.sub(partial(written, usual=usual), text)
        if fresh != text:
            stale.append(str(page.resolve().relative_to(DOCS.parent)))
            if not is_check:
                page.write_text(fresh, encoding="utf-8")
    if stale and is_check:
        print(
            f"tables differ from their records in {', '.join(stale)}: run python benchmarks/tables.py",
            file=sys.stderr,
        )
    return int(is_check and bool(stale))


def written(place: re.Match[str], usual: str) -> str:
    """Return a table between its marks."""
    return f"{place[1]}{table(place['name'], usual)}{place[3]}"


def table(name: str, usual: str) -> str:
    """Return the Markdown of a table; `usual` is where most tables of the page were measured."""
    if name == "machine":
        return f"\n{usual}\n\n"
    if name in JOINED:
        files, make = JOINED[name]
        records = {title: read(file) for title, file in files.items()}
        lines = [f"{title}: {setting(part, usual)}." for title, part in records.items()]
        if name.startswith(("results_", "against_")):  # the table of each set says it
            lines = []
        return "\n" + " ".join(lines) + "\n\n" * bool(lines) + "\n".join(make(records)) + "\n\n"
    records = read(name)
    line = setting(records, usual)
    return "\n" + (f"{line}.\n\n" if line else "") + "\n".join(MAKERS[name](records)) + "\n\n"


def read(name: str) -> list[Record]:
    """Return the records of a measurement."""
    lines = (DOCS / "benchmarks" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def settings_of(names: list[str]) -> Iterator[Record]:
    """Yield the first setting of each file that the tables come from."""
    for name in names:
        files = JOINED[name][0].values() if name in JOINED else [name] if name != "machine" else []
        for file in files:
            yield from [record for record in read(file) if record.get("kind") == "setting"][:1]


def usual_place(names: list[str]) -> str:
    """Say on which machine and with which versions most of these tables were measured."""
    return Counter(map(place_of, settings_of(names))).most_common(1)[0][0]


def place_of(record: Record) -> str:
    """Say on which machine and with which versions."""
    versions = ", ".join(f"{name} {version}" for name, version in record.get("versions", {}).items())
    where = record.get("machine", "machine not recorded")
    return where + (f"; Python {record['python']}, {versions}." if versions else ".")


def setting(records: list[Record], usual: str) -> str:
    """Say when and with what, and where if that is not the usual place."""
    first = next((record for record in records if record.get("kind") == "setting"), None)
    if first is None:
        return ""
    left_out = ("kind", "date", "name", "areas", "data", "set", "clients", "texts_a_request", *WHERE)
    facts = ", ".join(f"{k.replace('_', ' ')} {number(v)}" for k, v in first.items() if k not in left_out)
    own = place_of(first)
    return ", ".join(filter(None, [first["date"], facts])) + (f"; {own.rstrip('.')}" if own != usual else "")


def number(value: object) -> str:
    """Write a number so that it can be read."""
    return f"{value:,}" if isinstance(value, int) else str(value)


MAKERS = {
    "speed": rows.speed_rows,
    "quality": rows.quality_rows,
    "roof": roof_rows.roof_rows,
    "text": rows.text_rows,
    "kill": rows.kill_rows,
    "faults": fault_rows.fault_rows,
    "endurance": endurance_rows.endurance_rows,
    "fuzz": fuzz_rows.fuzz_rows,
    "surroundings": fault_rows.surrounding_rows,
    "update": rows.update_rows,
    "flight": rows.flight_rows,
    "few_imdb_minilm": rows.minilm_rows,
    "encoders_clinc150": rows.encoder_rows,
    "encoders_sst2_imdb": rows.encoder_rows,
    "emphasis": rows.emphasis_rows,
    "additions_imdb": rows.additions_rows,
    "verdicts": rows.verdicts_rows,
    "commands": rows.commands_rows,
    "predicting": rows.predicting_rows,
    "answering": rows.answering_rows,
    "streaming": streaming_rows.streaming_rows,
    "suggest": rows.suggest_rows,
    "serving": rows.serving_rows,
    "fit_check": rows.fit_check_rows,
    "short_documents": rows.short_documents_rows,
    "little_text": little_text_rows.little_text_rows,
}

RESULTS = {
    "IMDb": "results_imdb",
    "SST-2, text of IMDb": "results_sst2_imdb",
    "SST-2, own text": "results_sst2",
    "AG News": "results_ag_news",
    "Hotel reviews": "results_jrte_ja",
    "Korean comments": "results_khate_ko",
    "German tweets": "results_germeval_de",
    "150 intents": "results_clinc150",
}
OFFICIAL = {
    "AG News": "results_ag_news_test",
    "Hotel reviews": "results_jrte_ja_test",
    "German tweets": "results_germeval_de_test",
    "150 intents": "results_clinc150_test",
}
"""The same on the official test parts."""
MAKERS |= dict.fromkeys([*RESULTS.values(), *OFFICIAL.values()], results.set_rows)

OFFICIAL_NEWS = {"AG News, official": "results_ag_news_test"}
SPEED = {"speed": "speed"}
ANSWERING = {"answering": "answering"}
PUBLISHED = {"published": "published"}

JOINED = {
    "against_gensim": (RESULTS | SPEED, peer_rows.against_gensim),
    "against_fasttext": (RESULTS | OFFICIAL_NEWS | SPEED | ANSWERING, peer_rows.against_fasttext),
    "against_setfit": (
        RESULTS
        | OFFICIAL_NEWS
        | PUBLISHED
        | ANSWERING
        | {"encoders": "encoders_clinc150", "predicting": "predicting"},
        peer_rows.against_setfit,
    ),
    "against_model2vec": (RESULTS | OFFICIAL_NEWS | PUBLISHED | ANSWERING, peer_rows.against_model2vec),
    "results_ja": (RESULTS, peer_rows.readme_ja),
    "results_summary": (RESULTS, results.summary_rows),
    "results_gain": (RESULTS, results.gain_rows),
    "results_published": (
        RESULTS | OFFICIAL_NEWS | PUBLISHED,
        results.published_rows,
    ),
    "augmentation": (
        {"IMDb": "augmentation_imdb", "SST-2": "augmentation_sst2", "AG News": "augmentation_ag"},
        rows.augmentation_rows,
    ),
    "calibration": (
        {"IMDb": "calibration_imdb", "AG News": "calibration_ag", "SST-2": "calibration_sst2"},
        rows.calibration_rows,
    ),
    "components": (
        {
            "IMDb": "components_imdb",
            "SST-2": "components_sst2",
            "AG News": "components_ag",
            rows.MACRO_F1: "components_ja",
        },
        rows.components_rows,
    ),
    "encodings": (
        {
            "IMDb": "encodings_imdb",
            "SST-2, IMDb's vectors": "encodings_sst2",
            "AG News": "encodings_ag_news",
            "Hotel reviews": "encodings_jrte_ja",
            "Korean comments": "encodings_khate_ko",
            "German tweets": "encodings_germeval_de",
        },
        partial(rows.encodings_rows, budgets=(8, 32, 128, 512)),
    ),
    "encodings_many": (
        {"150 intents": "encodings_clinc150"},
        partial(rows.encodings_rows, budgets=(300, 750, 1500)),
    ),
    "flips": (
        {
            "IMDb": "augmentation_flips_imdb",
            "SST-2": "augmentation_flips_sst2",
            "AG News, 4 classes": "augmentation_flips_ag",
        },
        rows.flips_rows,
    ),
    "init_from": (
        {"IMDb's vectors": "init_from_imdb", "AG News's": "init_from_ag"},
        rows.init_from_rows,
    ),
    "negation": ({"IMDb": "negation_imdb", "SST-2": "negation_sst2"}, rows.negation_rows),
    "pretraining": (
        {"AG News": "pretraining_ag", rows.MACRO_F1: "pretraining_ja", "2,000 of IMDb": "pretraining_imdb2k"},
        rows.pretraining_rows,
    ),
}
"""Tables over several data sets: the file of each, and what makes the rows of all."""


if __name__ == "__main__":
    sys.exit(main())
