#!/usr/bin/env python3
"""Check each format of other programs with these programs, and keep which version said yes.

    python benchmarks/formats.py            # writes docs/benchmarks/formats.jsonl, and docs/formats.md
    python benchmarks/formats.py --page     # the table of docs/formats.md alone

The peers: pip install fasttext-wheel spacy sentence-transformers model2vec onnx onnxruntime. One that is
missing keeps the record of the last run.
"""

import json
import re
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from textransfer.formats import FORMATS

ROOT = Path(__file__).resolve().parent.parent
RECORDS = ROOT / "docs/benchmarks/formats.jsonl"
PAGE = ROOT / "docs/formats.md"
PLACE = re.compile(r"(<!-- formats -->\n).*?(<!-- end -->)", re.DOTALL)
PACKAGES = {"fasttext": "fasttext-wheel"}
"""Names of packages that are not those of their modules."""
TESTS = {
    ("word2vec", "gensim"): ["test_gensim_vectors.py", "test_array_files.py::test_text_and_binary_by_gensim"],
    ("word2vec-text", "gensim"): [
        "test_gensim_vectors.py",
        "test_array_files.py::test_text_and_binary_by_gensim",
    ],
    ("glove", "gensim"): [
        "test_gensim_vectors.py::test_ours_loads_glove_text_that_gensim_wrote",
        "test_array_files.py::test_text_and_binary_by_gensim",
    ],
    ("fasttext-vec", "gensim"): ["test_array_files.py::test_text_and_binary_by_gensim"],
    ("fasttext-vec", "fasttext"): ["test_fasttext_files.py::test_vec_files_both_ways"],
    ("fasttext", "fasttext"): ["test_fasttext_files.py"],
    ("fasttext", "gensim"): [
        "test_fasttext_files.py::test_gensim_reads_ours_and_says_the_same_of_unknown_words"
    ],
    ("gensim", "gensim"): ["test_array_files.py::test_gensims_own_file", "test_gensim_vectors.py"],
    ("npz", "numpy"): [
        "test_array_files.py::test_npz",
        "test_array_files.py::test_npz_of_int8_says_its_scales",
    ],
    ("safetensors", "safetensors"): ["test_array_files.py::test_safetensors"],
    ("parquet", "pyarrow"): ["test_array_files.py::test_parquet"],
    ("spacy", "spacy"): ["test_spacy_vectors.py"],
    ("sentence-transformers", "sentence-transformers"): ["test_sentence_folders.py"],
    ("model2vec", "model2vec"): ["test_sentence_folders.py"],
    ("model2vec", "sentence-transformers"): ["test_sentence_folders.py"],
    ("onnx", "onnxruntime"): ["test_onnx_classifier.py"],
}
"""Tests in tests/peers by format and peer."""


def main() -> None:
    """Write the records, unless ``--page`` is given, and the table."""
    is_right = "--page" in sys.argv[1:] or check_all()
    text = PAGE.read_text(encoding="utf-8")
    PAGE.write_text(PLACE.sub(lambda place: f"{place[1]}{table()}\n{place[2]}", text), encoding="utf-8")
    sys.exit(not is_right)


def check_all() -> bool:
    """Run the tests of all peers that are installed; tell whether every record is right."""
    records = {(record["format"], record["peer"]): record for record in read_records()}
    outcomes: dict[tuple[str, ...], bool] = {}
    for (name, peer), nodes in TESTS.items():
        try:
            installed = version(PACKAGES.get(peer, peer))
        except PackageNotFoundError:
            print(f"{name}: {peer} is not installed")
            continue
        if tuple(nodes) not in outcomes:
            outcomes[tuple(nodes)] = passes(nodes)
        is_right = outcomes[tuple(nodes)]
        records[name, peer] = {
            "format": name,
            "peer": peer,
            "version": installed,
            "is_right": is_right,
            "date": datetime.now(UTC).date().isoformat(),
        }
        print(f"{name}: {peer} {installed} {'agrees' if is_right else 'DISAGREES'}")
    ordered = [records[key] for key in TESTS if key in records]
    RECORDS.write_text("".join(json.dumps(record) + "\n" for record in ordered), encoding="utf-8")
    return all(record["is_right"] for record in ordered)


def passes(nodes: list[str]) -> bool:
    """Run tests; a skipped one counts as failed, since nothing was checked."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, *(f"tests/peers/{node}" for node in nodes)], cwd=ROOT, capture_output=True, text=True
    )
    print(done.stdout.strip().splitlines()[-1])
    return done.returncode == 0 and "skipped" not in done.stdout.splitlines()[-1]


def read_records() -> list[dict[str, str]]:
    """Return the records of the last run."""
    if not RECORDS.is_file():
        return []
    return [json.loads(line) for line in RECORDS.read_text(encoding="utf-8").splitlines()]


def table() -> str:
    """Return the table of docs/formats.md."""
    checks = {(record["format"], record["peer"]): record["version"] for record in read_records()}
    lines = [
        "| `--to` | format | read | write | checked by the program itself | holds besides words and numbers |"
    ]
    lines.append("| --- | --- | --- | --- | --- | --- |")
    for row in FORMATS.values():
        checked = ", ".join(f"{peer} {checks.get((row.name, peer), '')}".strip() for peer in row.peers)
        cells = [
            f"`{row.name}`",
            row.title + (f"; {row.note}" if row.note else ""),
            "yes" if row.can_read else "no",
            "yes" if row.can_write else "no",
            checked or "itself",
            held(row.holds),
        ]
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def held(parts: frozenset[str]) -> str:
    """Return what a format holds, in a few words."""
    short = {
        "counts": "counts",
        "out_matrix": "context vectors",
        "moments": "weights, centre, stretch",
        "phrases": "phrases",
        "ngrams": "n-grams",
        "tokenizer_spec": "tokenizer",
        "spellings": "spellings",
        "metadata": "settings",
    }
    if parts == frozenset(short):
        return "everything"
    return ", ".join(text for part, text in short.items() if part in parts) or "nothing"


if __name__ == "__main__":
    main()
