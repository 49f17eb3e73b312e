r"""Mark words after a negation ("not good": "not", "not_good"): how many, what it and phrases gain.

    python -m experiments.negation corpus.txt --labeled train.csv --test dev.csv --folder vectors

The corpus is learned anew in each way, with the defaults; `--folder` keeps the vectors for another data set.
The classifier then learns from the same nested, stratified draws. "after but": words between the start of a
sentence and its "but" are left out of the labelled and test texts. Phrases are gensim's. English only. Choose
on development texts.
"""

import re
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.arguments import TASK, make_parser, read_task
from benchmarks.records import print_line, print_setting
from benchmarks.token_cache import EncodedTexts, TokenCache
from experiments.draws import fit_all
from textransfer import SkipGram, WordVectors
from textransfer.text.negation import MOST_BRIDGES, N_TURNED, mark_negated
from textransfer.text.reading.corpus import Corpus
from textransfer.text.reading.labelled import LabelledTexts
from textransfer.text.tokenizers.words import WordsTokenizer
from textransfer.transfer.comparing.splits import few_shot_draws

BUDGETS = (8, 32, 128, 512)
PLAIN = "words as they are"
MARKED = {
    "next word": (1, MOST_BRIDGES),
    "next 2 words (default)": (N_TURNED, MOST_BRIDGES),
    "next 2 words, none passed over": (2, 0),
    "next 3 words": (3, MOST_BRIDGES),
}
"""How many words after a negation are marked, and how many are passed over."""
DEFAULT = "next 2 words (default)"
GLUE = "\u01c2"
"""A letter that no corpus has, so that what it joins is one word to every tokenizer."""
SENTENCE = re.compile(r"(?<=[.!?;])\s+|<br\s*/?>")
BUT = re.compile(r"\bbut\b", re.IGNORECASE)

Cut = Callable[[str], list[str]]


def main() -> None:
    """Run the experiment."""
    parser = make_parser(__doc__, "corpus", *TASK, "--folder")
    arguments = parser.parse_args()
    pool, test = read_task(arguments)
    print_setting(n_pool=len(pool), n_test=len(test), draws=arguments.draws)
    corpus = list(Corpus(arguments.corpus))
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        plain = None
        for way, cut in ways(corpus, folder).items():
            vectors = learned(corpus, cut, folder / re.sub(r"\W+", "-", way))
            found = accuracies(vectors, cut, pool, test, arguments.draws)
            plain = found if plain is None else plain
            report(way, found, plain)
            if way == DEFAULT:
                parts = [
                    LabelledTexts(list(map(after_but, one.texts)), one.labels, one.source)
                    for one in (pool, test)
                ]
                report(f"{way}, after but", accuracies(vectors, cut, *parts, arguments.draws), plain)


def ways(corpus: Sequence[str], folder: Path) -> dict[str, Cut]:
    """Return what makes words of a text, in each way."""
    words = WordsTokenizer().tokenize
    found: dict[str, Cut] = {PLAIN: words}
    for way, (n_turned, most_bridges) in MARKED.items():
        found[way] = lambda text, n=n_turned, most=most_bridges: mark_negated(
            words(text), n_turned=n, most_bridges=most
        )
    marked = found[DEFAULT]
    phrases = learned_phrases(corpus, marked, folder / "phrases")
    found[f"{DEFAULT}, phrases"] = lambda text: phrases[marked(text)]
    return found


def learned_phrases(corpus: Sequence[str], cut: Cut, path: Path) -> "object":
    """Find words that occur together more often than by chance, or read what was found."""
    from gensim.models.phrases import ENGLISH_CONNECTOR_WORDS, FrozenPhrases, Phrases

    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        lists = map(cut, corpus)
        found = Phrases(lists, min_count=30, threshold=10, connector_words=ENGLISH_CONNECTOR_WORDS)
        found.freeze().save(str(path))
    return FrozenPhrases.load(str(path))


def learned(corpus: Sequence[str], cut: Cut, path: Path) -> WordVectors:
    """Learn the corpus, or read what was learned."""
    if not path.exists():
        texts = [glued(cut, text) for text in corpus]
        SkipGram(tokenizer="words", negation="none", random_state=0).fit(texts).vectors_.save(path)
    return WordVectors.load(path)


def glued(cut: Cut, text: str) -> str:
    """Return the words with spaces between, in a form that any tokenizer cuts there alone."""
    return " ".join(cut(text)).replace("_", GLUE)


def after_but(text: str) -> str:
    """Return the text with each sentence from behind its "but" on."""
    return " ".join(BUT.split(sentence)[-1] for sentence in SENTENCE.split(text))


def accuracies(
    vectors: WordVectors, cut: Cut, pool: LabelledTexts, test: LabelledTexts, n_draws: int
) -> list[np.ndarray]:
    """Return the accuracy on the test texts for each budget and draw."""
    tokens = TokenCache(vectors.tokenizer())
    pool, test = (
        LabelledTexts([glued(cut, text) for text in one.texts], one.labels, one.source)
        for one in (pool, test)
    )
    truth = np.array(test.labels)
    found = []
    for n_labels in BUDGETS:
        draws = few_shot_draws(pool.labels, n_labels, n_draws)
        fitted = fit_all(vectors, tokens, pool, draws)
        encoded = EncodedTexts(test.texts)
        found.append(np.array([(one.predict(encoded.of(one)) == truth).mean() for one in fitted]))
    return found


def report(way: str, found: list[np.ndarray], plain: list[np.ndarray]) -> None:
    """Print mean accuracies, and what is gained over plain words, draw by draw."""
    for n_labels, one, other in zip(BUDGETS, found, plain, strict=True):
        gain = 100 * (one - other)
        print_line(
            kind="result",
            way=way,
            n_labels=n_labels,
            accuracy=round(100 * float(one.mean()), 1),
            gain=round(float(gain.mean()), 1),
            standard_error=round(float(gain.std(ddof=1)) / len(gain) ** 0.5, 2),
        )


if __name__ == "__main__":
    main()
