"""Are the vectors as good as gensim's? Word similarity and few-label accuracy, over several random states.

    python benchmarks/quality.py reviews.txt.xz --labeled train.csv.xz > docs/benchmarks/quality.jsonl

Both train five epochs on the same words. WordSim-353 and SimLex-999 come with gensim (Spearman's
correlation, pairs with unknown words left out). The few-label accuracy is that of logistic regression on our
sentence vectors, mean of many draws from the first half of the labelled rows, scored on the second half; the
same draws for both.
"""

import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from arguments import make_parser
from records import print_line, print_setting
from systems import SYSTEMS, check_against_specification, prepare

from textransfer import WordVectors, evaluate_vectors
from textransfer.config import PretrainConfig
from textransfer.sentiment.sentences.encoders import sif_averaging
from textransfer.text.reading.labelled import read_labelled
from textransfer.text.tokenizers.words import WordsTokenizer
from textransfer.text.vocabulary import Vocabulary

if TYPE_CHECKING:
    import gensim

N_TEST = 5000
DRAWS = 20


def main() -> None:
    """Run the benchmark."""
    parser = make_parser(__doc__, "corpus", "--states", states=3)
    parser.add_argument("--labeled")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--objective", choices=["sgns", "nce"], default="sgns")
    arguments = parser.parse_args()
    config = PretrainConfig(
        objective=arguments.objective,
        vector_size=100,
        window=5,
        negative=5,
        noise_sharing="neighbours",  # the default for a text of this size
        sample=1e-3,
        min_count=5,
        epochs=5,
        n_jobs=arguments.threads,
    )
    task = read_task(arguments.labeled) if arguments.labeled else None
    with tempfile.TemporaryDirectory() as folder:
        text = prepare(arguments.corpus, Path(folder))
        print_setting(
            n_words=text.n_words,
            threads=arguments.threads,
            epochs=5,
            vector_size=100,
            objective=arguments.objective,
            draws=DRAWS,
        )
        print_line(kind="gate", steps=check_against_specification(text.encoded, config))
        scores: dict[str, list[dict[str, float]]] = {"textransfer": [], "gensim": []}
        for state in range(arguments.states):
            for name in scores:
                keyed = SYSTEMS[name].train(text, config, state).vectors
                found = similarity(keyed)
                if task is not None:
                    found |= few_label_accuracy(keyed, text.encoded.vocabulary, task)
                scores[name].append(found)
                print_line(kind="run", system=name, state=state, **found)
        for measure in scores["gensim"][0]:
            means = {name: float(np.mean([s[measure] for s in runs])) for name, runs in scores.items()}
            difference = round(means["textransfer"] - means["gensim"], 4)
            print_line(
                kind="difference",
                measure=measure,
                **{k: round(v, 4) for k, v in means.items()},
                difference=difference,
            )


def similarity(keyed: "gensim.models.KeyedVectors") -> dict[str, float]:
    """Score vectors on word similarity."""
    from gensim.test.utils import datapath

    names = {"WordSim-353": "wordsim353.tsv", "SimLex-999": "simlex999.txt"}
    files = [datapath(file) for file in names.values()]
    tests = evaluate_vectors(WordVectors.from_gensim(keyed), similarity=files).similarity
    return {name: round(test.spearman.estimate, 4) for name, test in zip(names, tests, strict=True)}


@dataclass(frozen=True)
class Task:
    """Labelled texts as words, and which rows are for draws and for the test."""

    words: list[list[str]]
    labels: npt.NDArray[np.int64]
    n_pool: int


def read_task(path: str) -> Task:
    """Read labelled texts; the first half is the pool, N_TEST of the second half are the test."""
    found = read_labelled([path])
    half = len(found.texts) // 2
    test = half + np.random.default_rng(0).permutation(len(found.texts) - half)[:N_TEST]
    rows = np.concatenate([np.arange(half), test])
    _, labels = np.unique(np.asarray(found.labels)[rows], return_inverse=True)
    words = list(WordsTokenizer().tokenize_many([found.texts[i] for i in rows]))
    return Task(words, labels, half)


def few_label_accuracy(
    keyed: "gensim.models.KeyedVectors",
    vocabulary: Vocabulary,
    task: Task,
) -> dict[str, float]:
    """Return the mean accuracy with 32 and 128 labels."""
    from sklearn.linear_model import LogisticRegression

    rows = [keyed.key_to_index[word] for word in vocabulary.words]
    vectors = WordVectors(
        vocabulary.words,
        keyed.vectors[rows],
        counts=vocabulary.counts,
        document_counts=vocabulary.document_counts,
        n_tokens=vocabulary.n_tokens,
        n_documents=vocabulary.n_documents,
    )
    averaging = sif_averaging(vectors)
    x = averaging.vectors(averaging.bags(task.words))
    pool, test = np.arange(task.n_pool), np.arange(task.n_pool, len(task.labels))
    scores = {}
    for n_labels in (32, 128):
        found = []
        for draw in range(DRAWS):
            rng = np.random.default_rng(draw)
            chosen = np.concatenate(
                [
                    rng.choice(pool[task.labels[: task.n_pool] == c], n_labels // 2, replace=False)
                    for c in np.unique(task.labels)
                ]
            )
            model = LogisticRegression(C=3.0).fit(x[chosen], task.labels[chosen])
            found.append(model.score(x[test], task.labels[test]))
        scores[f"accuracy, {n_labels} labels"] = round(float(np.mean(found)), 4)
    return scores


if __name__ == "__main__":
    main()
