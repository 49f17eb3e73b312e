"""Made-up labelled texts for the draws of an experiment: variants of a draw's own texts, none given twice."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from textransfer.config import N_VARIANTS
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError
from textransfer.randomness import Purpose, generator
from textransfer.sentiment.sentences.texts import WordLists
from textransfer.transfer.augmenting.substitutes import Substitutes
from textransfer.transfer.augmenting.variants import FreshVariants, Vary, crop, drop_words, mix, replace_words
from textransfer.transfer.comparing.rounds import Round
from textransfer.transfer.comparing.splits import Indices
from textransfer.transfer.comparing.task import Task

DROP, CROP, NEIGHBOURS, MIX = "drop", "crop", "neighbours", "mix"
AUGMENTATIONS = (DROP, CROP, NEIGHBOURS, MIX)


@dataclass(frozen=True, eq=False)
class Augmented:
    """Rounds whose training texts are joined by variants of them."""

    task: Task
    """Its labelled texts have all variants of all rounds behind them."""
    rounds: tuple[Round, ...]
    """As before, but each trains on its variants too."""
    n_missing: int
    """Variants that could not be made anew, over all rounds: some texts are too short for so many."""


def check_augmentations(names: Sequence[str], n_variants: int) -> None:
    """Refuse names that are none, or a number of variants that is not positive."""
    unknown = sorted(set(names) - set(AUGMENTATIONS))
    if unknown:
        raise ConfigError(f"{unknown[0]!r} is no augmentation; expected some of {', '.join(AUGMENTATIONS)}")
    if len(set(names)) < len(names):
        raise ConfigError("an augmentation is named twice; expected each of them once")
    if n_variants < 1:
        raise ConfigError(f"{n_variants} variants of a text are asked for; expected at least 1")


def augment(
    task: Task,
    rounds: Sequence[Round],
    vectors: WordVectors,
    names: Sequence[str],
    *,
    n_variants: int = N_VARIANTS,
    random_state: int = 0,
    substitutes: Substitutes | None = None,
) -> Augmented:
    """Make variants of the training texts of each round; the augmentations take turns.

    Nothing but a round's own texts and labels is used for its variants, and the vectors for neighbours. They
    depend on `random_state`, the number of the draw, and the place of a text in the pool. Where an
    augmentation has nothing new for a text, the next takes its turn. `substitutes` saves looking neighbours
    up again.
    """
    check_augmentations(names, n_variants)
    if NEIGHBOURS in names and substitutes is None:
        substitutes = Substitutes(vectors)
    made: list[list[str]] = []
    codes: list[int] = []
    grown, n_missing = [], 0
    for round_ in rounds:
        draw = _Draw(task, round_.train, names, substitutes)
        start = len(task.labelled) + len(made)
        for position in round_.train.tolist():
            random = generator(random_state, Purpose.VARIANTS, round_.draw, round_.fold, position)
            variants = draw.variants(position, n_variants, random)
            n_missing += n_variants - len(variants)
            made += variants
            codes += [int(task.codes[position])] * len(variants)
        own = np.arange(start, len(task.labelled) + len(made), dtype=np.int64)
        grown.append(replace(round_, train=np.concatenate([round_.train, own])))
    grown_task = replace(
        task,
        labelled=WordLists([*task.labelled, *made]),
        codes=np.concatenate([task.codes, np.array(codes, np.int64)]),
    )
    return Augmented(grown_task, tuple(grown), n_missing)


class _Draw:
    """The training texts of a round, and what may be made of them."""

    def __init__(
        self, task: Task, train: Indices, names: Sequence[str], substitutes: Substitutes | None
    ) -> None:
        self._words = {i: task.labelled[i] for i in train.tolist()}
        self._codes = {i: int(task.codes[i]) for i in train.tolist()}
        self._names = names
        self._fresh = FreshVariants(self._words.values())
        self._neighbours: dict[str, list[str]] = {}
        if NEIGHBOURS in names and substitutes is not None:
            self._neighbours = substitutes.safe(list(self._words.values()), list(self._codes.values()))

    def variants(self, position: int, n_variants: int, random: np.random.Generator) -> list[list[str]]:
        """Return new variants of a text: `n_variants`, or as many as can be found."""
        ways = self._ways(position)
        variants = []
        for turn in range(n_variants):
            in_turn = ways[turn % len(ways) :] + ways[: turn % len(ways)]
            drawn = (self._fresh.draw(way, random) for way in in_turn)
            if (words := next((variant for variant in drawn if variant is not None), None)) is not None:
                variants.append(words)
        return variants

    def _ways(self, position: int) -> list[Vary]:
        words, code = self._words[position], self._codes[position]
        alike = [self._words[i] for i, other in self._codes.items() if other == code and i != position]

        def mixed(random: np.random.Generator) -> list[str]:
            return mix(words, alike[int(random.integers(len(alike)))], random) if alike else []

        ways: dict[str, Callable[[np.random.Generator], list[str]]] = {
            DROP: partial(drop_words, words),
            CROP: partial(crop, words),
            NEIGHBOURS: partial(replace_words, words, neighbours=self._neighbours),
            MIX: mixed,
        }
        return [ways[name] for name in self._names]
