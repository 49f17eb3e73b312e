"""The trainers that are compared: ours, gensim, fastText, and word2vec's own C program where it is installed.

All get the same words: ours as an encoded corpus, the others as a file of words with spaces between, a
document a line, which is their fastest input. Each returns the seconds of training and its vectors.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from textransfer import Corpus, WordVectors
from textransfer.config import PretrainConfig, TokenizerConfig
from textransfer.pretrain.engines.cpu import CpuEngine
from textransfer.pretrain.objectives import apply_step
from textransfer.pretrain.sampling.plan import TrainingPlan
from textransfer.pretrain.sampling.steps import Steps
from textransfer.pretrain.schedule import LearningRate
from textransfer.pretrain.tables import Tables, initial_tables
from textransfer.pretrain.trainer import Trainer
from textransfer.text.encoding.encoded import EncodedCorpus
from textransfer.text.encoding.scan import scan_corpus
from textransfer.text.tokenize import build_tokenizer

if TYPE_CHECKING:
    from gensim.models import KeyedVectors, Word2Vec

MIN_COUNT = 5


@dataclass(frozen=True)
class Text:
    """A corpus as the trainers want it: encoded, and as a file of words."""

    encoded: EncodedCorpus
    plain: Path

    @property
    def n_words(self) -> int:
        """Words of all documents, rare ones included, as every system counts them in its speed."""
        return self.encoded.vocabulary.n_tokens


@dataclass(frozen=True)
class Trained:
    """What a system has done: seconds of training, and its vectors if they were asked for."""

    seconds: float
    vectors: "KeyedVectors | None" = None


def prepare(sources: list[str], folder: Path) -> Text:
    """Encode a corpus, and write its words to a file."""
    corpus = Corpus(sources)
    tokenizer = build_tokenizer(TokenizerConfig(tokenizer="words"), corpus)
    plain = folder / "words.txt"
    with plain.open("w", encoding="utf-8") as stream:
        for words in tokenizer.tokenize_many(corpus):
            stream.write(" ".join(words) + "\n")
    return Text(scan_corpus(corpus, tokenizer, folder).finish(min_count=MIN_COUNT), plain)


def check_against_specification(encoded: EncodedCorpus, config: PretrainConfig) -> int:
    """Stop unless the kernel takes the same steps as NumPy on the first documents; return how many."""
    n_documents = min(int(np.searchsorted(encoded.offsets, 600)) + 1, len(encoded.offsets) - 1)
    tokens = np.asarray(encoded.tokens[: encoded.offsets[n_documents]])
    offsets = encoded.offsets[: n_documents + 1]
    plan = TrainingPlan.from_config(config, encoded.vocabulary.counts, 1, batch_size=1)
    start = initial_tables(plan.sampler.noise.probabilities, config.vector_size or 1, "article", 1)
    engine = CpuEngine(plan, start, n_jobs=1)
    engine.train_block(tokens, offsets, 0, 0.025)
    truth = Tables(*(table.astype(np.float64) for table in vars(start).values()))
    steps = plan.sampler.draw(tokens, offsets, 0)
    for i in range(steps.n_steps):
        low, high = steps.offsets[i : i + 2]
        parts = {name: values[low:high] for name, values in vars(steps).items() if name != "offsets"}
        apply_step(
            truth,
            Steps(**parts, offsets=np.array([0, high - low])),
            0.025,
            config.objective,
            config.reduction,
        )
    np.testing.assert_allclose(engine.tables().in_vectors, truth.in_vectors, rtol=1e-4, atol=1e-5)
    return steps.n_steps


class Ours:
    """textransfer's compiled engine."""

    name = "textransfer"

    def train(self, text: Text, config: PretrainConfig, seed: int) -> Trained:
        """Train from the encoded corpus."""
        encoded = text.encoded
        plan = TrainingPlan.from_config(config, encoded.vocabulary.counts, seed, batch_size=1)
        tables = initial_tables(plan.sampler.noise.probabilities, config.vector_size or 1, "word2vec", seed)
        engine = CpuEngine(plan, tables, n_jobs=config.n_jobs)
        rate = LearningRate(config.learning_rate, config.min_learning_rate, "linear")
        trainer = Trainer(engine, encoded, config.epochs or 1, rate, shuffle_seed=seed)
        started = time.perf_counter()
        for _ in trainer.run():
            pass
        seconds = time.perf_counter() - started
        return Trained(seconds, WordVectors(encoded.vocabulary.words, engine.tables().in_vectors).to_gensim())


class Gensim:
    """gensim's skip-gram from its `corpus_file`, which needs no Python while it trains."""

    name = "gensim"

    def train(self, text: Text, config: PretrainConfig, seed: int) -> Trained:
        """Train from the file of words; its vocabulary is built before the clock starts."""
        model = self.model(config, seed)
        model.build_vocab(corpus_file=str(text.plain))
        started = time.perf_counter()
        model.train(
            corpus_file=str(text.plain),
            total_words=model.corpus_total_words,
            total_examples=model.corpus_count,
            epochs=config.epochs,
        )
        return Trained(time.perf_counter() - started, model.wv)

    @staticmethod
    def model(config: PretrainConfig, seed: int) -> "Word2Vec":
        """Return a model with our settings."""
        from gensim.models import Word2Vec

        return Word2Vec(
            sg=1,
            vector_size=config.vector_size,
            window=config.window,
            negative=config.negative,
            sample=config.sample,
            min_count=MIN_COUNT,
            alpha=config.learning_rate,
            min_alpha=config.min_learning_rate,
            workers=config.n_jobs,
            seed=seed + 1,
        )


class FastText:
    """fastText's skip-gram without subwords; its time includes reading the file twice."""

    name = "fasttext"

    def train(self, text: Text, config: PretrainConfig, seed: int) -> Trained:
        """Train from the file of words."""
        import fasttext

        started = time.perf_counter()
        fasttext.train_unsupervised(
            str(text.plain),
            model="skipgram",
            dim=config.vector_size,
            ws=config.window,
            neg=config.negative,
            t=config.sample,
            minCount=MIN_COUNT,
            lr=config.learning_rate,
            epoch=config.epochs,
            thread=config.n_jobs,
            minn=0,
            maxn=0,
            bucket=1,  # no subwords: else two million rows are filled for nothing
            verbose=0,
        )
        return Trained(time.perf_counter() - started)


class OriginalWord2Vec:
    """The C program of Mikolov et al.; its time includes counting the words."""

    name = "word2vec"

    def train(self, text: Text, config: PretrainConfig, seed: int) -> Trained:
        """Train from the file of words."""
        options = {
            "train": text.plain,
            "output": text.plain.with_suffix(".bin"),
            "size": config.vector_size,
            "window": config.window,
            "negative": config.negative,
            "sample": config.sample,
            "min-count": MIN_COUNT,
            "alpha": config.learning_rate,
            "iter": config.epochs,
            "threads": config.n_jobs,
            "cbow": 0,
            "hs": 0,
            "binary": 1,
        }
        command = [program("word2vec")] + [str(part) for k, v in options.items() for part in (f"-{k}", v)]
        started = time.perf_counter()
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        return Trained(time.perf_counter() - started)


SYSTEMS = {system.name: system for system in (Ours(), Gensim(), FastText(), OriginalWord2Vec())}


def program(name: str) -> str:
    """Return the path of a program of this environment, or of the search path."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.exists() else shutil.which(name) or name


def is_there(name: str) -> bool:
    """Tell whether a system is installed."""
    if name == "fasttext":
        import importlib.util

        return importlib.util.find_spec("fasttext") is not None
    return name != "word2vec" or os.access(program("word2vec"), os.X_OK)


def run_to_vectors(command: list[str]) -> float:
    """Run a whole program with a fresh folder as its last argument; return its seconds."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        subprocess.run([*command, f"{folder}/vectors"], check=True, stdout=subprocess.DEVNULL)
        return time.perf_counter() - started
