"""What else one would do with unlabelled texts and few labels: the systems that `results.py` compares.

Each gets the tokenized pretraining corpus, the texts of the pool and the test texts, and predicts the test
texts from any draw of the pool. Settings are fixed here, once for all data sets; those of the rivals are the
usual ones of their documentation or of published comparisons.
"""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from scipy import sparse
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler, normalize

from benchmarks.token_cache import TokenCache
from textransfer.sentiment.tfidf import TfidfBaseline

Draws = list[np.ndarray]


@dataclass(frozen=True, eq=False)
class Task:
    """What every system gets.

    corpus : texts to pretrain on; pool, test : texts; labels : class of each text of the pool; plain : a
    tokenizer without marked negation, which is ours.
    """

    corpus: Sequence[str]
    pool: Sequence[str]
    test: Sequence[str]
    labels: np.ndarray
    plain: TokenCache


class System(Protocol):
    """Predicts the test texts from each draw of labels."""

    def predictions(self, draws: Draws) -> list[np.ndarray]:
        """Return the predicted labels of the test texts for each draw."""


class Majority:
    """The largest class of the labels: what accuracy is worth where classes are uneven."""

    def __init__(self, task: Task) -> None:
        self.task = task

    def predictions(self, draws: Draws) -> list[np.ndarray]:
        """Answer the same for every text."""
        found = []
        for rows in draws:
            names, counts = np.unique(self.task.labels[rows], return_counts=True)
            found.append(np.full(len(self.task.test), names[counts.argmax()]))
        return found


class TfidfOfLabels:
    """TF-IDF of the labelled texts alone, then logistic regression: the baseline of `classify`."""

    def __init__(self, task: Task) -> None:
        self.task = task

    def predictions(self, draws: Draws) -> list[np.ndarray]:
        """Fit each draw."""
        task = self.task
        return [
            TfidfBaseline(task.plain, calibrate=False)
            .fit([task.pool[i] for i in rows], task.labels[rows])
            .predict(task.test)
            for rows in draws
        ]


class Regression:
    """Logistic regression on features that are made once."""

    def __init__(self, task: Task, pool: np.ndarray, test: np.ndarray, c: float) -> None:
        self.task, self.pool, self.test, self.c = task, pool, test, c

    def predictions(self, draws: Draws) -> list[np.ndarray]:
        """Fit each draw."""
        found = []
        for rows in draws:
            model = LogisticRegression(C=self.c, max_iter=2000)
            found.append(model.fit(self.pool[rows], self.task.labels[rows]).predict(self.test))
        return found


def tfidf_of_corpus(task: Task) -> Regression:
    """TF-IDF with the words and document frequencies of the pretraining corpus; C=10."""
    return Regression(task, *_tfidf(task), c=10.0)


def lsa(task: Task, size: int = 100) -> Regression:
    """Latent semantic analysis of the corpus: TF-IDF, singular vectors, unit length; C=1."""
    words = _vectorizer(task)
    svd = TruncatedSVD(size, random_state=0).fit(words.transform(task.corpus))
    pool, test = (normalize(svd.transform(words.transform(texts))) for texts in (task.pool, task.test))
    return Regression(task, pool, test, c=1.0)


def gensim_means(task: Task, folder: Path, c: float = 0.01) -> Regression:
    """Plain means of gensim's skip-gram vectors, standardised; more accurate with C=0.01 than with 0.1."""
    keyed = gensim_vectors(task, folder)
    pool, test = (_means(keyed, task, texts) for texts in (task.pool, task.test))
    scaler = StandardScaler().fit(pool)
    return Regression(task, scaler.transform(pool), scaler.transform(test), c)


class FastText:
    """fastText's classifier, started from word vectors trained on the corpus.

    Learning rate 1.0 and 25 passes, as in fastText's own tutorial on text classification.
    """

    def __init__(self, task: Task, folder: Path) -> None:
        self.task = task
        keyed = gensim_vectors(task, folder)
        self.size = keyed.vector_size
        seen = {word for text in (*task.pool, *task.test) for word in task.plain.tokenize(text)}
        known = [word for word in keyed.index_to_key if word in seen]  # it reads the file for every draw
        self.vectors = folder / "of-these-texts.vec"
        with self.vectors.open("w", encoding="utf-8") as file:
            file.write(f"{len(known)} {self.size}\n")
            for word in known:
                file.write(word + " " + " ".join(f"{value:.5g}" for value in keyed[word]) + "\n")

    def predictions(self, draws: Draws) -> list[np.ndarray]:
        """Fit each draw."""
        import fasttext

        fasttext.FastText.eprint = lambda *message: None
        task = self.task
        names = sorted(set(task.labels.tolist()))
        test = [" ".join(task.plain.tokenize(text)) for text in task.test]
        found = []
        for rows in draws:
            with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file:
                for i in rows:
                    words = " ".join(task.plain.tokenize(task.pool[i]))
                    file.write(f"__label__{names.index(task.labels[i])} {words}\n")
                file.flush()
                model = fasttext.train_supervised(
                    file.name,
                    lr=1.0,
                    epoch=25,
                    dim=self.size,
                    pretrainedVectors=str(self.vectors),
                    verbose=0,
                    thread=1,
                )
            answers = model.predict(test)[0]
            found.append(np.array([names[int(one[0].removeprefix("__label__"))] for one in answers]))
        return found


def gensim_vectors(task: Task, folder: Path) -> "object":
    """Train gensim's skip-gram (100 dimensions, window 5), or read what an earlier call trained."""
    from gensim.models import KeyedVectors, Word2Vec

    path = folder / "gensim.vec"
    if not path.exists():
        sentences = [task.plain.tokenize(text) for text in task.corpus]
        n_words = sum(map(len, sentences))
        model = Word2Vec(
            sentences,
            sg=1,
            vector_size=100,
            window=5,
            negative=5,
            min_count=5,
            epochs=5 if n_words > 5_000_000 else 15,
            workers=2,
            seed=1,
        )
        model.wv.save_word2vec_format(str(path))
    return KeyedVectors.load_word2vec_format(str(path))


def _means(keyed: "object", task: Task, texts: Sequence[str]) -> np.ndarray:
    out = np.zeros((len(texts), keyed.vector_size), np.float32)
    for row, text in enumerate(texts):
        known = [keyed.key_to_index[w] for w in task.plain.tokenize(text) if w in keyed.key_to_index]
        if known:
            out[row] = keyed.vectors[known].mean(axis=0)
    return out


def _vectorizer(task: Task) -> TfidfVectorizer:
    words = TfidfVectorizer(analyzer=task.plain.tokenize, sublinear_tf=True, min_df=2)
    return words.fit(task.corpus)


def _tfidf(task: Task) -> tuple[sparse.csr_matrix, sparse.csr_matrix]:
    words = _vectorizer(task)
    return words.transform(task.pool), words.transform(task.test)
