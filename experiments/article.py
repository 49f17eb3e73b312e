"""How much the article's open settings matter: its experiment with one of them changed at a time.

    python -m experiments.article --states 40

Prints a Markdown table: mean accuracy on the 2 and on the 40 held-out sentences, pretrained.
"""

from pathlib import Path
from typing import Any

from joblib import Parallel, delayed

from benchmarks.arguments import make_parser
from textransfer import SkipGram, WordVectors
from textransfer.bundled import LANGUAGES, bundled_corpora
from textransfer.presets import ARTICLE_CLASSIFIER, PRETRAIN_PRESETS
from textransfer.pretrain.tables import initial_in_vectors
from textransfer.text.reading.labelled import read_labelled
from textransfer.transfer.article import run_article
from textransfer.transfer.comparing.results import NO_PRETRAINING, PRETRAINED

VARIATIONS: dict[str, dict[str, Any]] = {
    "as in the preset": {},
    "window 3": {"window": 3},
    "window 2": {"window": 2},
    "window 20 (the whole sentence)": {"window": 20},
    "rate 2": {"learning_rate": 2.0, "min_learning_rate": 2.0},
    "rate 0.5": {"learning_rate": 0.5, "min_learning_rate": 0.5},
    "rate 0.1": {"learning_rate": 0.1, "min_learning_rate": 0.1},
    "32 noise words": {"negative": 32},
    "10 windows a batch": {"batch_size": 10},
    "noise with replacement": {"noise_replacement": True},
    "SGNS, 5 noise words": {"objective": "sgns", "negative": 5},
    "stop words kept": {"stop_words": "none"},
}


def main() -> None:
    """Run every variation in every language."""
    states = make_parser(__doc__, "--states", states=40).parse_args().states
    print(f"Mean accuracy over {states} random states, on the 2 / on the 40 sentences.\n")
    print("| changed | English | Japanese |\n| --- | --- | --- |")
    for name, changes in VARIATIONS.items():
        cells = [score(bundled_corpora(language), changes, states, PRETRAINED) for language in LANGUAGES]
        print(f"| {name} | {' | '.join(cells)} |", flush=True)
    cells = [score(bundled_corpora(language), {}, states, NO_PRETRAINING) for language in LANGUAGES]
    print(f"| without pretraining | {' | '.join(cells)} |")


def score(folder: Path, changes: dict[str, Any], states: int, arm: str) -> str:
    """Return the two accuracies of an arm as text."""
    seeds = list(range(states))
    vectors = Parallel(n_jobs=-1)(delayed(pretrain)(folder, changes, seed) for seed in seeds)
    starts = [
        initial_in_vectors(len(one), one.vector_size, "article", seed)
        for one, seed in zip(vectors, seeds, strict=True)
    ]
    tests = {name: read_labelled(folder / name) for name in ("test.csv", "heldout.csv")}
    found = run_article(
        vectors, starts, read_labelled(folder / "few.csv"), tests, seeds=seeds, config=ARTICLE_CLASSIFIER
    )
    return " / ".join(f"{100 * found.final(arm, name).mean():.1f}" for name in tests)


def pretrain(folder: Path, changes: dict[str, Any], seed: int) -> WordVectors:
    """Return the vectors of one random state."""
    model = SkipGram.from_configs(*PRETRAIN_PRESETS["article"], random_state=seed).set_params(**changes)
    return model.fit(folder / "unlabeled.txt").vectors_


if __name__ == "__main__":
    main()
