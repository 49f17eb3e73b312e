"""Draw the figures of docs/concepts from the bundled reviews and kept records: `python scripts/figures.py`.

Their background is transparent and their ink grey, so that one file does for light and dark pages.
"""

import csv
import json
from collections import defaultdict
from pathlib import Path

import numpy as np
from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from textransfer import SIFEncoder, SkipGram, WordVectors, read_labelled

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs/images/concepts"
RECORDS = ROOT / "docs/benchmarks"
CORPORA = ROOT / "corpora"
PRAISE, BLAME, GREY = "#2f9e6e", "#d9663a", "#7d828c"
STYLE = {
    "text.color": GREY,
    "axes.labelcolor": GREY,
    "axes.edgecolor": GREY,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "font.size": 10,
    "svg.hashsalt": "textransfer",
    "svg.fonttype": "path",
}
PRAISING = ["beautiful", "gripping", "unforgettable", "moving", "brilliant", "witty", "superb", "delightful"]
BLAMING = ["boring", "tedious", "awful", "clumsy", "wooden", "dull", "lifeless"]
NEUTRAL = ["story", "music"]


def save(figure: Figure, name: str) -> None:
    """Write a figure as SVG, the same bytes each time."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    path = IMAGES / f"{name}.svg"
    figure.savefig(path, transparent=True, bbox_inches="tight", metadata={"Date": None})


def on_two_axes(rows: np.ndarray) -> np.ndarray:
    """Return rows on their two leading principal components."""
    centred = rows - rows.mean(axis=0)
    return np.asarray(centred @ np.linalg.svd(centred, full_matrices=False)[2][:2].T)


def without_ticks(axes: Axes, title: str) -> None:
    """Leave a map without scales, which mean nothing on it."""
    axes.set(xticks=[], yticks=[], title=title)
    axes.margins(0.12)
    for side in axes.spines.values():
        side.set_visible(False)


def draw_words(vectors: WordVectors) -> None:
    """Draw words of the bundled reviews where their vectors put them."""
    words = [word for word in PRAISING + BLAMING + NEUTRAL if word in vectors]
    rows = np.stack([vectors[word] for word in words])
    points = on_two_axes(rows / np.linalg.norm(rows, axis=1, keepdims=True))
    figure = Figure(figsize=(7, 4.2))
    axes = figure.subplots()
    without_ticks(axes, "")
    for word, (x, y) in zip(words, points, strict=True):
        colour = PRAISE if word in PRAISING else BLAME if word in BLAMING else GREY
        axes.plot(x, y, ".", color=colour, markersize=4)
        axes.annotate(word, (x, y), (0, 3), textcoords="offset points", ha="center", color=colour)
    save(figure, "words")


def leanings(vectors: WordVectors) -> tuple[np.ndarray, list[str]]:
    """Return how much nearer reviews are to four that praise than to four that blame, and their labels."""
    few, reviews = read_labelled(CORPORA / "few.csv"), read_labelled(CORPORA / "heldout.csv")
    encoder = SIFEncoder(vectors).fit(few.texts)
    known, asked = np.asarray(encoder.transform(few.texts)), np.asarray(encoder.transform(reviews.texts))
    is_praise = np.array(few.labels) == "positive"
    return asked @ (known[is_praise].mean(axis=0) - known[~is_praise].mean(axis=0)), list(reviews.labels)


def draw_sentences(vectors: WordVectors) -> None:
    """Draw on which side of eight labelled reviews forty others lie, by random and by learned vectors."""
    random = np.random.default_rng(0).normal(size=vectors.matrix.shape).astype(np.float32)
    tables = {
        "Random word vectors": WordVectors(
            list(vectors.words), random, counts=vectors.counts, tokenizer_spec=vectors.tokenizer_spec
        ),
        "Pretrained word vectors": vectors,
    }
    figure = Figure(figsize=(7, 2.6))
    panels = figure.subplots(1, 2)
    for axes, (title, table) in zip(panels, tables.items(), strict=True):
        leaning, labels = leanings(table)
        for height, (label, colour) in enumerate((("negative", BLAME), ("positive", PRAISE))):
            chosen = leaning[[one == label for one in labels]]
            axes.plot(chosen, np.full(len(chosen), height), "|", color=colour, markersize=22, alpha=0.8)
        axes.axvline(0, color=GREY, linewidth=1, linestyle=":")
        reach = 1.15 * np.abs(leaning).max()
        axes.set(xlim=(-reach, reach), ylim=(-0.7, 1.7), xticks=[], yticks=[0, 1], title=title)
        axes.set_yticklabels(["blame", "praise"] if axes is panels[0] else ["", ""])
        axes.set_xlabel("nearer to blame      |      nearer to praise")
        axes.spines["left"].set_visible(False)
        axes.tick_params(left=False)
    save(figure, "sentences")


def draw_curve() -> None:
    """Draw each draw of labels of the kept learning curve on IMDb, and the means."""
    accuracies: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    with (RECORDS / "curve_imdb.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            accuracies[row["arm"]][int(row["n_labels"])].append(float(row["accuracy"]))
    figure = Figure(figsize=(7, 3.6))
    axes = figure.subplots()
    shown = {"pretrained": PRAISE, "no pretraining": BLAME}
    for side, (arm, colour) in zip((-1, 1), shown.items(), strict=True):
        budgets = sorted(accuracies[arm])
        for budget in budgets:
            draws = accuracies[arm][budget]
            axes.plot([budget * 1.05**side] * len(draws), draws, ".", color=colour, alpha=0.35, markersize=5)
        means = [np.mean(accuracies[arm][budget]) for budget in budgets]
        axes.plot(budgets, means, color=colour, linewidth=2, label=arm)
    axes.set_xscale("log", base=2)
    axes.set_xticks(budgets, [str(budget) for budget in budgets])
    axes.yaxis.set_major_formatter("{x:.0%}")
    axes.set(xlabel="Labelled reviews", ylabel="Accuracy")
    axes.legend(frameon=False, loc="lower right")
    save(figure, "draws")


def draw_calibration() -> None:
    """Draw how far probabilities are off on IMDb, by labels, as trained and as calibrated."""
    lines = (RECORDS / "calibration_imdb.jsonl").read_text(encoding="utf-8").splitlines()
    rows = [row for row in map(json.loads, lines) if row["kind"] == "result"]
    kinds = {
        "before": ("as trained", GREY),
        "without caution": ("calibrated by the folds alone", BLAME),
        "after": ("calibrated as it is done", PRAISE),
    }
    figure = Figure(figsize=(7, 3.2))
    axes = figure.subplots()
    for what, (name, colour) in kinds.items():
        chosen = sorted((row["n_labels"], row["calibration_error"]) for row in rows if row["what"] == what)
        budgets, errors = zip(*chosen, strict=True)
        axes.plot(budgets, errors, "o-", color=colour, markersize=4, linewidth=1.6, label=name)
    axes.set_xscale("log", base=2)
    axes.set_xticks(budgets, [str(budget) for budget in budgets])
    axes.set_ylim(bottom=0)
    axes.set(xlabel="Labelled reviews", ylabel="Points off, on average")
    axes.legend(frameon=False)
    save(figure, "calibration")


if __name__ == "__main__":
    with rc_context(STYLE):
        learned = SkipGram(n_jobs=1).fit(CORPORA / "unlabeled.txt").vectors_
        draw_words(learned)
        draw_sentences(learned)
        draw_curve()
        draw_calibration()
