r"""Start from the vectors of other texts (``pretrain --init-from``): what that gives where texts are few.

    python -m experiments.init_from vectors.vec --labeled train.csv --test dev.csv

The last texts of the labelled file, their labels unseen, are the unlabelled ones; labels are drawn from the
rest.
The vectors are those of the file as they are, of the texts alone, and of the texts from the file on; the last
also at other lengths and epochs than the defaults. Choose on development texts.
"""

from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import numpy as np

from benchmarks.arguments import TASK, make_parser, read_task
from benchmarks.records import print_line, print_setting
from benchmarks.token_cache import EncodedTexts, TokenCache
from experiments.draws import fit_all
from textransfer import WordVectors, pretrain_vectors
from textransfer.pretrain import taken_over
from textransfer.text.guessing import guess_tokenizer
from textransfer.text.reading.labelled import LabelledTexts
from textransfer.text.tokenize import build_tokenizer
from textransfer.transfer.comparing.splits import few_shot_draws

BUDGETS = (32, 128)
N_UNLABELLED = (500, 4000)
LENGTHS, EPOCHS = (1.0, 10.0), (3, 30, 100)


def main() -> None:
    """Run the experiment."""
    parser = make_parser(__doc__, *TASK)
    parser.add_argument("vectors", type=Path, help="file of word vectors, of other texts")
    arguments = parser.parse_args()
    pool, test = read_task(arguments)
    print_setting(n_pool=len(pool), n_test=len(test), draws=arguments.draws, vectors=arguments.vectors.stem)
    labelled = LabelledTexts(
        pool.texts[: -max(N_UNLABELLED)], pool.labels[: -max(N_UNLABELLED)], source=pool.source
    )
    report("file alone", 0, accuracies(as_they_are(arguments.vectors), labelled, test, arguments.draws))
    for n_texts in N_UNLABELLED:
        for way, vectors in ways(arguments.vectors, pool.texts[-n_texts:]):
            report(way, n_texts, accuracies(vectors, labelled, test, arguments.draws))


def as_they_are(path: Path) -> WordVectors:
    """Return the vectors of the file, with the tokenizer that is guessed for them."""
    vectors = WordVectors.load(path)
    tokenizer = build_tokenizer(guess_tokenizer(vectors.words), vectors.words[:1000])
    return WordVectors(vectors.words, vectors.matrix, tokenizer_spec=tokenizer.spec())


def ways(path: Path, texts: list[str]) -> Iterator[tuple[str, WordVectors]]:
    """Yield vectors learned in each way."""
    yield "texts alone", pretrain_vectors(texts)
    yield "texts from the file on", pretrain_vectors(texts, init_from=path)
    yield "negation none", pretrain_vectors(texts, init_from=path, negation="none")
    for epochs in EPOCHS:
        yield f"epochs {epochs}", pretrain_vectors(texts, init_from=path, epochs=epochs)
    for length in LENGTHS:
        with mock.patch.object(taken_over, "INITIAL_LENGTH", length):
            yield f"length {length:g}", pretrain_vectors(texts, init_from=path)


def accuracies(
    vectors: WordVectors, pool: LabelledTexts, test: LabelledTexts, n_draws: int
) -> list[np.ndarray]:
    """Return the accuracy on the test texts for each budget and draw."""
    tokens = TokenCache(vectors.tokenizer())
    truth = np.array(test.labels)
    results = []
    for n_labels in BUDGETS:
        fitted = fit_all(vectors, tokens, pool, few_shot_draws(pool.labels, n_labels, n_draws))
        encoded = EncodedTexts(test.texts)
        results.append(np.array([(member.predict(encoded.of(member)) == truth).mean() for member in fitted]))
    return results


def report(way: str, n_texts: int, results: list[np.ndarray]) -> None:
    """Print mean accuracies and their deviation over the draws."""
    for n_labels, accuracy in zip(BUDGETS, results, strict=True):
        print_line(
            kind="result",
            way=way,
            n_texts=n_texts,
            n_labels=n_labels,
            accuracy=round(100 * float(accuracy.mean()), 2),
            deviation=round(100 * float(accuracy.std(ddof=1)), 2),
        )


if __name__ == "__main__":
    main()
