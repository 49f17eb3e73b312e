"""Speed and quality of the compiled engine against gensim: same text, settings and threads, one run.

    python benchmarks/skipgram.py reviews.txt.xz --threads 2 --repeats 3

First the compiled kernel must equal the specification on a sample of the text. Then both train in turn,
several times; training alone is timed (gensim from its `corpus_file`, ours from the encoded corpus).
Prints JSON lines: one a run, and a summary with the ratio of each pair.
"""

import argparse
import json
import platform
import statistics
import tempfile
import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import gensim
import numba
import numpy as np
from gensim.models import Word2Vec
from gensim.test.utils import datapath

from textransfer import Corpus, WordVectors, __version__
from textransfer.config import PretrainConfig, TokenizerConfig
from textransfer.pretrain.engines.cpu import CpuEngine
from textransfer.pretrain.objectives import apply_step
from textransfer.pretrain.plan import Plan
from textransfer.pretrain.schedule import LearningRate
from textransfer.pretrain.tables import Tables, initial_tables
from textransfer.pretrain.trainer import Trainer
from textransfer.text.encoded import EncodedCorpus, scan_corpus
from textransfer.text.tokenize import build_tokenizer


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("corpus", nargs="+")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--vector-size", type=int, default=100)
    parser.add_argument("--window", type=int, default=5)
    parser.add_argument("--negative", type=int, default=5)
    parser.add_argument("--sample", type=float, default=1e-3)
    parser.add_argument("--objective", choices=["sgns", "nce"], default="sgns")
    given = parser.parse_args()
    config = PretrainConfig(
        objective=given.objective,
        vector_size=given.vector_size,
        window=given.window,
        epochs=given.epochs,
        negative=given.negative,
        sample=given.sample,
        min_count=5,
        n_jobs=given.threads,
    )
    with tempfile.TemporaryDirectory() as folder:
        plain, encoded = prepare(given.corpus, Path(folder))
        check_against_specification(encoded, config)
        print_line(
            kind="setting",
            date=date.today().isoformat(),
            machine=f"{platform.processor() or platform.machine()}, {cpu_name()}",
            textransfer=__version__,
            gensim=gensim.__version__,
            numba=numba.__version__,
            numpy=np.__version__,
            threads=given.threads,
            n_words=encoded.vocabulary.n_tokens,
            vocabulary=len(encoded.vocabulary.words),
            **{k: v for k, v in config.to_dict().items() if k in vars(given)},
        )
        ratios = []
        for repeat in range(given.repeats):
            ours = run_ours(encoded, config, seed=repeat)
            theirs = run_gensim(plain, encoded, config, seed=repeat)
            for name, result in (("textransfer", ours), ("gensim", theirs)):
                print_line(kind="run", system=name, repeat=repeat, **result)
            ratios.append(ours["words_per_second"] / theirs["words_per_second"])
        print_line(
            kind="summary",
            speed_ratio_median=round(statistics.median(ratios), 2),
            speed_ratio_lowest=round(min(ratios), 2),
            speed_ratio_highest=round(max(ratios), 2),
        )


def prepare(sources: list[str], folder: Path) -> tuple[Path, EncodedCorpus]:
    """Write the tokenized text that gensim reads, and encode the same words for us."""
    corpus = Corpus(sources)
    tokenizer = build_tokenizer(TokenizerConfig(tokenizer="words"), corpus)
    plain = folder / "tokens.txt"
    with plain.open("w", encoding="utf-8") as stream:
        for words in tokenizer.tokenize_many(corpus):
            stream.write(" ".join(words) + "\n")
    return plain, scan_corpus(corpus, tokenizer, folder).finish(min_count=5)


def check_against_specification(encoded: EncodedCorpus, config: PretrainConfig) -> None:
    """Stop unless the kernel takes the same steps as NumPy on the first documents."""
    n_documents = int(np.searchsorted(encoded.offsets, 600)) + 1
    tokens, offsets = (
        np.asarray(encoded.tokens[: encoded.offsets[n_documents]]),
        encoded.offsets[: n_documents + 1],
    )
    plan = Plan.from_config(config, encoded.vocabulary.counts, 1, batch_size=1)
    start = initial_tables(plan.sampler.noise.probabilities, config.vector_size or 1, "article", 1)
    engine = CpuEngine(plan, start, n_jobs=1)
    engine.train_block(tokens, offsets, 0, 0.025)
    truth = Tables(*(table.astype(np.float64) for table in vars(start).values()))
    steps = plan.sampler.draw(tokens, offsets, 0)
    for i in range(steps.n_steps):
        low, high = steps.offsets[i], steps.offsets[i + 1]
        parts = {name: values[low:high] for name, values in vars(steps).items() if name != "offsets"}
        step = replace(steps, **parts, offsets=np.array([0, high - low]))
        apply_step(truth, step, 0.025, config.objective, config.reduction)
    np.testing.assert_allclose(engine.tables().in_vectors, truth.in_vectors, rtol=1e-4, atol=1e-5)
    print_line(kind="gate", steps_equal_to_the_specification=steps.n_steps)


def run_ours(encoded: EncodedCorpus, config: PretrainConfig, seed: int) -> dict[str, float]:
    """Train with the compiled engine."""
    plan = Plan.from_config(config, encoded.vocabulary.counts, seed, batch_size=1)
    tables = initial_tables(plan.sampler.noise.probabilities, config.vector_size or 1, "word2vec", seed)
    engine = CpuEngine(plan, tables, n_jobs=config.n_jobs)
    rate = LearningRate(config.learning_rate, config.min_learning_rate, "linear")
    started = time.perf_counter()
    for _ in Trainer(engine, encoded, config.epochs or 1, rate).run():
        pass
    seconds = time.perf_counter() - started
    vectors = WordVectors(encoded.vocabulary.words, engine.tables().in_vectors)
    return result(vectors.to_gensim(), encoded, config, seconds)


def run_gensim(plain: Path, encoded: EncodedCorpus, config: PretrainConfig, seed: int) -> dict[str, float]:
    """Train with gensim from its fastest input."""
    model = Word2Vec(
        sg=1,
        vector_size=config.vector_size,
        window=config.window,
        negative=config.negative,
        sample=config.sample,
        min_count=5,
        alpha=config.learning_rate,
        min_alpha=config.min_learning_rate,
        workers=config.n_jobs,
        seed=seed + 1,
    )
    model.build_vocab(corpus_file=str(plain))
    started = time.perf_counter()
    model.train(
        corpus_file=str(plain),
        total_words=model.corpus_total_words,
        total_examples=model.corpus_count,
        epochs=config.epochs,
    )
    return result(model.wv, encoded, config, time.perf_counter() - started)


def result(
    keyed: "gensim.models.KeyedVectors", encoded: EncodedCorpus, config: PretrainConfig, seconds: float
) -> dict[str, float]:
    """Score vectors on word similarity; Spearman correlations, pairs with unknown words left out."""
    scores = {}
    for name, file in (("wordsim353", "wordsim353.tsv"), ("simlex999", "simlex999.txt")):
        _, spearman, unknown = keyed.evaluate_word_pairs(datapath(file))
        scores[name] = round(float(spearman[0]), 4)
        scores[f"{name}_unknown_percent"] = round(float(unknown), 1)
    n_words = encoded.vocabulary.n_tokens * (config.epochs or 1)
    return {"words_per_second": round(n_words / seconds), "seconds": round(seconds, 2), **scores}


def cpu_name() -> str:
    """Return the processor's name as Linux gives it."""
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return platform.machine()
    names = [line.split(":")[1].strip() for line in info.read_text().splitlines() if "model name" in line]
    return names[0] if names else platform.machine()


def print_line(**values: object) -> None:
    """Print one JSON line."""
    print(json.dumps(values), flush=True)


if __name__ == "__main__":
    main()
