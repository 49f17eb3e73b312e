"""Check that the bundled corpora show what they are there to show.

Run ``python scripts/check_corpora.py``: it prints the figures of every language and exits with 1 if a check
fails. What the files must satisfy, and why, stands in ``corpora/README.md``. English words are lower-cased
and lose scikit-learn's stop words; Japanese ones are SudachiPy's normalized forms (mode C) of content words.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

CORPORA = Path(__file__).resolve().parent.parent / "corpora"
LABELS = ("positive", "negative")
SIZES = {"unlabeled": 62, "few": 8, "test": 2, "heldout": 40}
SEEN = 3  # a deciding word must occur at least so often among the unlabelled sentences
MOST = 0.9  # "most" of the held-out deciding words
ENGLISH_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
JAPANESE_CONTENT = {"名詞", "動詞", "形容詞", "形状詞", "副詞"}
JAPANESE_STOP_WORDS = {"為る", "有る", "居る", "成る", "事", "物", "様", "無い", "言う", "所", "程", "上"}

Words = tuple[str, ...]


@dataclass(frozen=True)
class Sentence:
    """One sentence of a corpus: its text, its content words and its label ("" where it has none)."""

    text: str
    words: Words
    label: str = ""


@dataclass(frozen=True)
class Check:
    """One requirement: what it says, the number found, and whether it holds."""

    name: str
    found: str
    holds: bool


def english_words(text: str) -> Words:
    """Return the lower-cased words of `text` that are no stop words."""
    return tuple(word for word in ENGLISH_WORD.findall(text.lower()) if word not in ENGLISH_STOP_WORDS)


@cache
def japanese_tokenizer() -> Any:  # noqa: ANN401 (SudachiPy is an extra, so its types cannot be named here)
    """Load SudachiPy's dictionary once and return its tokenizer (mode C)."""
    from sudachipy import Dictionary, SplitMode

    dictionary = Dictionary()
    create = getattr(dictionary, "tokenizer", None) or dictionary.create  # renamed in SudachiPy 0.7
    return create(mode=SplitMode.C)


def japanese_words(text: str) -> Words:
    """Return the normalized forms of the content words of `text`."""
    words = []
    for morpheme in japanese_tokenizer().tokenize(text):
        kind, subkind, *_ = morpheme.part_of_speech()
        word = morpheme.normalized_form()
        if kind in JAPANESE_CONTENT and subkind != "数詞" and word not in JAPANESE_STOP_WORDS:
            words.append(word)
    return tuple(words)


LANGUAGES: dict[str, tuple[Path, Callable[[str], Words]]] = {
    "English": (CORPORA, english_words),
    "Japanese": (CORPORA / "ja", japanese_words),
}


def read_corpus(folder: Path, words_of: Callable[[str], Words]) -> dict[str, list[Sentence]]:
    """Read the four files of `folder`."""
    lines = (folder / "unlabeled.txt").read_text(encoding="utf-8").splitlines()
    corpus = {"unlabeled": [Sentence(line, words_of(line)) for line in lines]}
    for name in ("few", "test", "heldout"):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        corpus[name] = [Sentence(row["text"], words_of(row["text"]), row["label"]) for row in rows]
    return corpus


def read_deciding(folder: Path, words_of: Callable[[str], Words]) -> dict[tuple[str, int], Words]:
    """Read ``deciding_words.txt``: (file, row counted from 1) -> words, as the tokenizer writes them."""
    with (folder / "deciding_words.txt").open(encoding="utf-8", newline="") as file:
        return {(row["file"], int(row["row"])): words_of(row["words"]) for row in csv.DictReader(file)}


def count_words(sentences: list[Sentence], label: str | None = None) -> Counter[str]:
    """Count the content words of the sentences, or of those with one label."""
    return Counter(word for s in sentences if label in (None, s.label) for word in s.words)


def count_links(corpus: dict[str, list[Sentence]], word: str) -> dict[str, int]:
    """Count, per label, the words of that label's few sentences alone that stand beside `word` in the 62."""
    beside = Counter(w for s in corpus["unlabeled"] if word in s.words for w in s.words)
    vocabulary = {label: set(count_words(corpus["few"], label)) for label in LABELS}
    shared = vocabulary["positive"] & vocabulary["negative"]
    return {label: sum(beside[w] for w in vocabulary[label] - shared) for label in LABELS}


def check_files(corpus: dict[str, list[Sentence]]) -> list[Check]:
    """Check sizes, balance of the labels, and that no sentence occurs twice."""
    checks = []
    for name, size in SIZES.items():
        checks.append(Check(f"{name}: {size} sentences", str(len(corpus[name])), len(corpus[name]) == size))
        if name != "unlabeled":
            counts = [sum(s.label == label for s in corpus[name]) for label in LABELS]
            balanced = counts == [size // 2, size // 2]
            checks.append(Check(f"{name}: balanced", "{} positive, {} negative".format(*counts), balanced))
    texts = Counter(" ".join(s.text.casefold().split()) for sentences in corpus.values() for s in sentences)
    repeated = sum(count - 1 for count in texts.values())
    return [*checks, Check("no sentence occurs twice", f"{repeated} repeated", repeated == 0)]


def check_deciding(corpus: dict[str, list[Sentence]], deciding: dict[tuple[str, int], Words]) -> list[Check]:
    """Check that the deciding words are absent from few, known from unlabeled, and beside the right class."""
    few, unlabeled = count_words(corpus["few"]), count_words(corpus["unlabeled"])
    rows = {(name, row): s for name in ("test", "heldout") for row, s in enumerate(corpus[name], 1)}
    listed = sum(bool(deciding.get(key)) and set(deciding[key]) <= set(s.words) for key, s in rows.items())
    found_all = listed == len(rows) == len(deciding)
    checks = [Check("sentences with their deciding words listed", f"{listed} of {len(rows)}", found_all)]
    for name, least in (("test", 1.0), ("heldout", MOST)):
        words = [(word, rows[key].label) for key in rows if key[0] == name for word in deciding.get(key, ())]
        links = [(count_links(corpus, word), label) for word, label in words]
        found = {
            "absent from few": sum(few[word] == 0 for word, _ in words),
            f"at least {SEEN} times in unlabeled": sum(unlabeled[word] >= SEEN for word, _ in words),
            "beside more few-label words of the same class than of the other": sum(
                count[label] * 2 > sum(count.values()) for count, label in links
            ),
        }
        checks += [
            Check(f"{name}: deciding words {what}", f"{n} of {len(words)}", 0 < len(words) * least <= n)
            for what, n in found.items()
        ]
    return checks


def check_overlap(corpus: dict[str, list[Sentence]]) -> list[Check]:
    """Check that words shared by the few and the scored sentences say nothing about the label."""
    few = {label: count_words(corpus["few"], label) for label in LABELS}
    scored = {label: count_words(corpus["test"] + corpus["heldout"], label) for label in LABELS}
    both = sorted(set().union(*few.values()) & set().union(*scored.values()))
    for word in both:
        seen = [
            f"{name} {n[label][word]} {label}"
            for name, n in (("few", few), ("scored", scored))
            for label in n
        ]
        print(f"  shared word {word}: {', '.join(seen)}")
    uneven = [word for word in both if few["positive"][word] != few["negative"][word]]
    found = f"{len(both)} shared, {len(uneven)} uneven {' '.join(uneven)}".rstrip()
    return [Check("words shared by few and test/heldout are even in few", found, not uneven)]


def print_figures(corpus: dict[str, list[Sentence]]) -> None:
    """Print sizes, the content words of the test sentences, and how much of heldout was seen where."""
    for name, sentences in corpus.items():
        counts = count_words(sentences)
        print(f"  {name}: {len(sentences)} sentences, {counts.total()} content words, {len(counts)} distinct")
    few, unlabeled = count_words(corpus["few"]), count_words(corpus["unlabeled"])
    for sentence in corpus["test"]:
        seen = ", ".join(f"{word} {few[word]}/{unlabeled[word]}" for word in sentence.words)
        print(f"  test {sentence.label} (word, in few/in unlabeled): {seen}")
    heldout = count_words(corpus["heldout"])
    for name, counts in (("few", few), ("unlabeled", unlabeled)):
        share = sum(n for word, n in heldout.items() if counts[word]) / heldout.total()
        print(f"  heldout content words seen in {name}: {share:.1%}")


def main() -> int:
    """Print every language's figures and checks; return 1 if a check failed."""
    failed = 0
    for language, (folder, words_of) in LANGUAGES.items():
        print(language)
        corpus, deciding = read_corpus(folder, words_of), read_deciding(folder, words_of)
        print_figures(corpus)
        for check in check_files(corpus) + check_deciding(corpus, deciding) + check_overlap(corpus):
            print(f"  {'ok    ' if check.holds else 'FAILED'} {check.name}: {check.found}")
            failed += not check.holds
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
