"""What could be added to the classifier: more random states, self-training, or vectors of whole documents.

    python -m experiments.additions embeddings --corpus pre.txt --labeled train.csv --test dev.csv

Self-training classifies 2,000 texts of the pool whose labels are not looked at, and learns from the surest
200, half of each class of two, as if they were labelled so. Document vectors are gensim's PV-DBOW with words
(Le, Mikolov 2014; 100 dimensions, window 5, ten passes), trained on the corpus, the pool and the test texts,
so that none has to be inferred. They are judged by logistic regression (C=3) at unit length, and so are ours,
whose sentence vectors have the root mean square length 1; "beside" puts both side by side. Choose on
development texts.
"""

import tempfile
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import normalize

from benchmarks.arguments import TASK, make_parser, read_task
from benchmarks.records import print_line, print_setting
from benchmarks.token_cache import EncodedTexts, TokenCache
from experiments.draws import fit_all
from textransfer import SentimentClassifier, SIFEncoder, WordVectors
from textransfer.text.reading.corpus import Corpus
from textransfer.text.reading.labelled import LabelledTexts
from textransfer.text.tokenize import Tokenizer
from textransfer.transfer.comparing.splits import few_shot_draws

BUDGETS = (8, 32, 128, 512)
N_STATES = 5
N_PILE, N_SUREST = 2000, 200


def main() -> None:
    """Run the experiment."""
    parser = make_parser(__doc__, "embeddings", "--corpus", *TASK, "--folder")
    arguments = parser.parse_args()
    pool, test = read_task(arguments)
    vectors = WordVectors.load(arguments.embeddings)
    print_setting(n_pool=len(pool), n_test=len(test), draws=arguments.draws, states=N_STATES)
    average_states(vectors, pool, test, arguments.draws)
    train_self(vectors, pool, test, arguments.draws)
    with tempfile.TemporaryDirectory() as temporary:
        path = (arguments.folder or Path(temporary)) / "documents.npy"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            unlabelled = list(Corpus([arguments.corpus]))
            np.save(path, document_vectors(vectors.tokenizer(), pool.texts, test.texts, unlabelled))
        documents = normalize(np.load(path))
    ours = SIFEncoder(vectors).fit_transform([*pool.texts, *test.texts])
    for name, features in (
        ("ours, regression", ours),
        ("document vectors, regression", documents),
        ("document vectors beside ours, regression", np.hstack([ours, documents])),
    ):
        judge(name, features, pool, test, arguments.draws)


def average_states(vectors: WordVectors, pool: LabelledTexts, test: LabelledTexts, n_draws: int) -> None:
    """Compare one random state with the mean probabilities of several."""
    tokens = TokenCache(vectors.tokenizer())
    classes, truth = np.unique(test.labels, return_inverse=True)
    for n_labels in BUDGETS:
        draws = few_shot_draws(pool.labels, n_labels, n_draws)
        found = np.zeros((N_STATES, n_draws, len(test), len(classes)))
        for state in range(N_STATES):
            fitted = fit_all(vectors, tokens, pool, draws, first_state=1000 * state)
            encoded = EncodedTexts(test.texts)
            found[state] = [one.predict_proba(encoded.of(one)) for one in fitted]
        alone = (found.argmax(axis=3) == truth).mean(axis=2)
        report("one random state", n_labels, alone.mean(axis=0))
        report(
            f"{N_STATES} random states averaged",
            n_labels,
            (found.mean(axis=0).argmax(axis=2) == truth).mean(axis=1),
        )


def train_self(vectors: WordVectors, pool: LabelledTexts, test: LabelledTexts, n_draws: int) -> None:
    """Learn once more from labelled texts and the surest of the unlabelled ones."""
    tokens = TokenCache(vectors.tokenizer())
    truth = np.array(test.labels)
    for n_labels in BUDGETS:
        draws = few_shot_draws(pool.labels, n_labels, n_draws)
        accuracies = []
        for state, (rows, first) in enumerate(zip(draws, fit_all(vectors, tokens, pool, draws), strict=True)):
            pile = np.random.default_rng(state).permutation(np.setdiff1d(np.arange(len(pool)), rows))[:N_PILE]
            sure = first.predict_proba([pool.texts[i] for i in pile])
            each = N_SUREST // len(first.classes_)
            chosen = [
                (i, code) for code in range(len(first.classes_)) for i in np.argsort(-sure[:, code])[:each]
            ]
            texts = [pool.texts[i] for i in [*rows, *(pile[i] for i, _ in chosen)]]
            labels = [*(pool.labels[i] for i in rows), *(first.classes_[code] for _, code in chosen)]
            again = SentimentClassifier(vectors, tokenizer=tokens, random_state=state).fit(texts, labels)
            accuracies.append((again.predict(test.texts) == truth).mean())
        report(f"self-training, {N_SUREST} surest of {N_PILE:,}", n_labels, np.array(accuracies))


def document_vectors(tokenizer: Tokenizer, *parts: list[str]) -> np.ndarray:
    """Train document vectors of all texts; return those of all parts but the last."""
    from gensim.models.doc2vec import Doc2Vec, TaggedDocument

    texts = [text for part in parts for text in part]
    model = Doc2Vec(
        [TaggedDocument(words, [i]) for i, words in enumerate(tokenizer.tokenize_many(texts))],
        dm=0,
        dbow_words=1,
        vector_size=100,
        window=5,
        negative=5,
        min_count=5,
        sample=1e-4,
        epochs=10,
        workers=2,
        seed=1,
    )
    return np.asarray(model.dv.vectors[: len(texts) - len(parts[-1])])


def judge(name: str, features: np.ndarray, pool: LabelledTexts, test: LabelledTexts, n_draws: int) -> None:
    """Print the accuracy of logistic regression on the features of the pool and, after it, of the tests."""
    labels, truth = np.array(pool.labels), np.array(test.labels)
    for n_labels in BUDGETS:
        accuracies = []
        for rows in few_shot_draws(pool.labels, n_labels, n_draws):
            model = LogisticRegression(C=3.0, max_iter=2000).fit(features[rows], labels[rows])
            accuracies.append((model.predict(features[len(pool) :]) == truth).mean())
        report(name, n_labels, np.array(accuracies))


def report(name: str, n_labels: int, accuracies: np.ndarray) -> None:
    """Print the mean over draws."""
    print_line(
        kind="result",
        system=name,
        n_labels=n_labels,
        accuracy=round(100 * float(accuracies.mean()), 1),
        standard_error=round(100 * float(accuracies.std(ddof=1)) / len(accuracies) ** 0.5, 2),
    )


if __name__ == "__main__":
    main()
