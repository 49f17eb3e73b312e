"""The text that `gpu.py` trains on, as numbers that travel without it, and the word pairs that judge it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr

from textransfer.text.encoding.encoded import EncodedCorpus
from textransfer.text.vocabulary import Vocabulary

PAIR_FILES = {"wordsim": "wordsim353.tsv", "simlex": "simlex999.txt"}


def prepare(sources: list[str], target: Path) -> None:
    """Write a corpus as numbers, with the word pairs that vectors are judged by."""
    import tempfile

    from gensim.test.utils import datapath

    from textransfer import Corpus
    from textransfer.config import TokenizerConfig
    from textransfer.text.encoding.scan import scan_corpus
    from textransfer.text.tokenize import build_tokenizer

    corpus = Corpus(sources)
    tokenizer = build_tokenizer(TokenizerConfig(tokenizer="words"), corpus)
    with tempfile.TemporaryDirectory() as folder:
        encoded = scan_corpus(corpus, tokenizer, Path(folder)).finish(min_count=5)
        ids = {word: i for i, word in enumerate(encoded.vocabulary.words)}
        pairs = {}
        for name, file in PAIR_FILES.items():
            lines = Path(datapath(file)).read_text(encoding="utf-8").lower().splitlines()
            split = [line.split("\t") for line in lines if not line.startswith("#")]
            known = [(ids[a], ids[b], float(score)) for a, b, score in split if a in ids and b in ids]
            pairs[name] = np.array(known)
        is_small = len(ids) <= 2**16
        np.savez_compressed(
            target,
            tokens=encoded.tokens.astype(np.uint16) if is_small else encoded.tokens,
            offsets=encoded.offsets,
            **pairs,
        )


def of_numbers(tokens: np.ndarray, offsets: np.ndarray) -> EncodedCorpus:
    """Return a corpus whose words are spelled as their ids; nothing asks for its counts of documents."""
    counts = np.bincount(tokens)
    words = [str(i) for i in range(counts.size)]
    return EncodedCorpus(
        tokens, offsets, Vocabulary(words, counts, np.zeros_like(counts), tokens.size, offsets.size - 1)
    )


def read_corpus(path: Path) -> tuple[EncodedCorpus, dict[str, np.ndarray]]:
    """Read what `prepare` wrote."""
    with np.load(path) as file:
        tokens = file["tokens"].astype(np.int32)
        return of_numbers(tokens, file["offsets"]), {n: file[n] for n in PAIR_FILES}


def small_corpus() -> tuple[EncodedCorpus, dict[str, np.ndarray]]:
    """Draw 120 documents of two topics: enough to go all the way through."""
    rng = np.random.default_rng(1)
    topics = np.repeat(rng.integers(0, 2, 40), 10)
    tokens = (10 * topics + rng.integers(0, 10, topics.size)).astype(np.int32)
    corpus = of_numbers(tokens, np.arange(0, tokens.size + 1, 10))
    rows = [(a, b, float(a // 10 == b // 10)) for a in range(20) for b in range(a)]
    return corpus, {"topics": np.array(rows)}


def scores(vectors: np.ndarray, pairs: dict[str, np.ndarray]) -> Iterator[tuple[str, float]]:
    """Yield the correlation for each list of pairs."""
    vectors = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    for name, rows in pairs.items():
        a, b = rows[:, 0].astype(int), rows[:, 1].astype(int)
        yield name, round(float(spearmanr((vectors[a] * vectors[b]).sum(axis=1), rows[:, 2]).statistic), 4)
