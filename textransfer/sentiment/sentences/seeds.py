"""Seed words: what a few words a class say before the first label, and a report on how well they say it."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr

from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError
from textransfer.sentiment.sentences.stretching import Emphasis, polar_direction, stretching_matrix
from textransfer.text.reading.label_names import listed_labels, shown_label

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

SeedWords = Mapping[Any, Sequence[str] | str]
"""Words of each class; a string is split at spaces, commas and the points that part words in Japanese."""

SURPRISE = 0.05
"""Seeds contradict the labels if they would do so badly on them by chance no more often than this."""

EMPHASIZED = 2.0
"""How much is added of what seed directions have along an emphasised one; 1 to 4 differ by half a point."""

_WIDE_EQUALS = "\uff1d"
_BETWEEN_WORDS = re.compile("[,\u3001\uff0c\uff64\u30fb\uff65]")
_PAIR = re.compile(r"\s*([^#\[=\uff1d][^=\uff1d]*)([=\uff1d])(.*)")
_QUOTES = "\"'\u201c\u201d\u300c\u300d "

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class SeedReport:
    """What became of the seed words."""

    known: Mapping[Any, tuple[str, ...]]
    """Words that the vectors know, by class."""
    unknown: tuple[str, ...]
    """Words they do not know."""
    misplaced: tuple[tuple[str, Any, Any], ...]
    """Word, its class, another whose seeds are nearer to it than the others of its own."""
    labels_right: float | None = None
    """Share of the labelled texts that the seeds alone classify as labelled; None without labels."""


def read_seed_words(entries: Iterable[str]) -> dict[str, list[str]]:
    """Read words for each class, as a command line or a TOML file gives them.

    Parameters
    ----------
    entries : iterable of str
        Each ``LABEL=word word ...``, or the path of a TOML file with a line ``LABEL = "word word ..."`` or
        ``LABEL = ["word", ...]`` for each class.

    Returns
    -------
    dict of str to list of str
        The words of each label, for `SentimentClassifier(seed_words=...)` and `classify`.

    Raises
    ------
    ConfigError
        If an entry is neither, or a file cannot be read.

    Examples
    --------
    >>> from textransfer import read_seed_words
    >>> read_seed_words(["pos=good great", "neg=bad"])
    {'pos': ['good', 'great'], 'neg': ['bad']}
    """
    seeds: dict[str, list[str]] = {}
    for entry in entries:
        label, is_pair, words = entry.partition("=" if "=" in entry else _WIDE_EQUALS)
        if entry.endswith(".toml"):
            for name, value in _from_toml(Path(entry)).items():
                seeds.setdefault(name, []).extend(seed_list(value))
        elif is_pair and label.strip():
            seeds.setdefault(label.strip(), []).extend(seed_list(words))
        else:
            raise ConfigError(
                f"seed words are {entry!r}; expected LABEL=word word ..., such as "
                '"positive=good great excellent", or a .toml file'
            )
    return seeds


def _from_toml(path: Path) -> dict[str, Any]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise ConfigError(f"cannot read the seed words in {path}: {error.strerror}; give a file") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path} is not in UTF-8, as TOML has to be: {error}; save it as UTF-8") from error
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} is no TOML: {error}; {_toml_hint(text)}") from error


def _toml_hint(text: str) -> str:
    """Say what is expected of a file, by the first line that is written as other programs would take it."""
    for line in text.splitlines():
        match = _PAIR.fullmatch(line)
        if match is None:
            continue
        label, sign, words = (part.strip() for part in match.groups())
        name = label.strip(_QUOTES)
        if sign == _WIDE_EQUALS or not name.isascii() and label[:1] not in ('"', "'"):
            quoted = words if words.startswith(('"', "'", "[")) else f'"{words.strip(_QUOTES)}"'
            return f'names with other letters than A to Z need quotes, and the sign is =: "{name}" = {quoted}'
    return 'expected lines like: positive = "good great excellent"'


def seed_list(value: object) -> list[str]:
    """Return the seed words of one class as a list; ConfigError if they are no words."""
    if isinstance(value, str):
        return _BETWEEN_WORDS.sub(" ", value).split()
    if isinstance(value, Sequence) and all(isinstance(word, str) for word in value):
        return list(value)
    raise ConfigError(f"the seed words of a class are {value!r}; expected words in a string or a list")


def seed_classes(seeds: SeedWords) -> list[Any]:
    """Return the classes that seeds name, sorted; ConfigError if there are fewer than two."""
    if len(seeds) < 2:
        raise ConfigError(f"seed words are {seeds!r}; expected some words for each of two classes at least")
    return sorted(seeds)


def check_seeds(seeds: SeedWords, classes: Sequence[Any]) -> None:
    """Raise a ConfigError if seeds name a class that is none."""
    for label in seed_classes(seeds):
        if label not in classes:
            raise ConfigError(
                f"seed words are given for {shown_label(label)}, which is no class; expected "
                f"{listed_labels(classes)}"
            )


@dataclass(frozen=True)
class KnownSeeds:
    """Seed words as rows of word vectors."""

    known: Mapping[Any, tuple[str, ...]]
    """Words that the vectors know, by class."""
    unknown: tuple[str, ...]
    rows: Mapping[Any, list[list[int]]]
    """For each of `known`, the rows of the pieces that the tokenizer cuts it into."""

    def means(self, table: Floats) -> dict[Any, Floats]:
        """Return the vectors of the words of each class, shape (m, D)."""
        return {
            label: np.stack([table[row].mean(axis=0) for row in rows]) for label, rows in self.rows.items()
        }


def look_up_seeds(
    seeds: SeedWords, classes: Sequence[Any], vectors: WordVectors, tokenizer: "Tokenizer"
) -> KnownSeeds:
    """Look seed words up; the tokenizer cuts each as it cuts texts.

    ConfigError if a class has no seed that the vectors know, or seeds name a class that is none.
    """
    check_seeds(seeds, classes)
    known: dict[Any, tuple[str, ...]] = {}
    unknown: list[str] = []
    rows: dict[Any, list[list[int]]] = {}
    for label in classes:
        words = list(dict.fromkeys(seed_list(seeds.get(label, ()))))
        pieces = {
            word: [vectors.index[piece] for piece in tokenizer.tokenize(word) if piece in vectors.index]
            for word in words
        }
        known[label] = tuple(word for word in words if pieces[word])
        rows[label] = [pieces[word] for word in known[label]]
        unknown += [word for word in words if not pieces[word]]
        if not rows[label]:
            raise ConfigError(
                f"the vectors know no seed word of {label!r} ({', '.join(words) or 'none given'}); expected "
                "at least one that stands in the pretraining text"
            )
    return KnownSeeds(known, tuple(unknown), rows)


def seed_directions(
    vectors: WordVectors,
    seeds: KnownSeeds,
    *,
    component_power: float,
    is_unit: bool,
    emphasis: Emphasis | None = None,
) -> tuple[Floats, SeedReport]:
    """Return a direction for each class, and what became of the words.

    The direction of a class is the mean of its seeds' vectors less the mean over all classes. It is measured
    before principal components are stretched, where it is truest, and then expressed in the stretched space.
    A sentence vector x has the scores x @ directions, (D, C), of a deviation near 1 over the corpus each.

    Power and emphasis are those of `sif_averaging`, of no account for plain means; what the directions have
    along the emphasis counts more in them too. `is_unit` tells whether word vectors are averaged at unit
    length.
    """
    words = seeds.means(vectors.unit_matrix if is_unit else vectors.matrix)
    means = np.stack([vectors_of.mean(axis=0) for vectors_of in words.values()]).astype(np.float64)
    directions = (means - means.mean(axis=0)).T
    directions, deviations = _in_sentence_space(
        vectors, directions, component_power, emphasis, is_unit=is_unit
    )
    directions = directions / np.where(deviations > 0, deviations, 1)
    report = SeedReport(seeds.known, seeds.unknown, tuple(_misplaced(words, seeds.known)))
    return directions.astype(np.float32), report


def _in_sentence_space(
    vectors: WordVectors,
    directions: npt.NDArray[np.float64],
    power: float,
    emphasis: Emphasis | None,
    *,
    is_unit: bool,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Express directions in the space of finished sentence vectors; and the deviation of scores there.

    With y a centred document of unit length and M the stretching, the finished vector is M y / |M y|, so the
    direction M^-1 s scores it y's / |M y|, whose deviation is about sqrt(s' S s / tr(M S M)), S = E[y y'].
    """
    if vectors.moments is None or not is_unit:
        return directions, np.sqrt((directions**2).mean(axis=0))
    covariance = vectors.moments.covariance.astype(np.float64)
    if emphasis is not None:
        along = polar_direction(vectors.moments, emphasis.direction)
        directions = directions + EMPHASIZED * np.outer(along, along @ covariance @ directions)
    stretching = stretching_matrix(vectors.moments, power, emphasis)
    mean_square = max(float(np.trace(stretching @ covariance @ stretching)), 1e-12)
    deviations = np.sqrt(np.einsum("dc,de,ec->c", directions, covariance, directions) / mean_square)
    solved = np.linalg.lstsq(stretching, directions, rcond=1e-6)[0]
    return np.asarray(solved, np.float64), deviations


def _misplaced(
    words: Mapping[Any, Floats], known: Mapping[Any, tuple[str, ...]]
) -> Iterable[tuple[str, Any, Any]]:
    """Yield seeds that lie nearer to another class's mean than to the mean of the rest of their own."""
    for label, own in known.items():
        for i, word in enumerate(own if len(own) > 1 else ()):
            rest = np.delete(words[label], i, axis=0).mean(axis=0)
            means = {name: rest if name == label else words[name].mean(axis=0) for name in known}
            nearest = max(known, key=lambda name: _cosine(words[label][i], means[name]))
            if nearest != label:
                yield word, label, nearest


def _cosine(a: npt.NDArray[np.floating], b: npt.NDArray[np.floating]) -> float:
    return float(a @ b / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-12))


def seed_complaints(report: SeedReport, n_labels: int) -> list[str]:
    """Return what is wrong with seed words: unknown, not separating, or contradicting so many labels."""
    complaints = []
    n_known = sum(len(words) for words in report.known.values())
    if report.unknown:
        complaints.append(f"seed words that the vectors do not know: {', '.join(report.unknown)}")
    if report.misplaced:
        shown = ", ".join(f"{word} ({label}, nearer to {other})" for word, label, other in report.misplaced)
        lead = "the seed words do not separate the classes" if 2 * len(report.misplaced) > n_known else ""
        complaints.append(f"{lead or 'some seed words lie nearer to another class'}: {shown}")
    if report.labels_right is not None:
        chance = 1 / len(report.known)
        n_right = round(report.labels_right * n_labels)
        if report.labels_right < chance and bdtr(n_right, n_labels, chance) < SURPRISE:
            complaints.append(
                f"the seed words contradict the labels: alone they are right on {n_right} of {n_labels} "
                "labelled texts; check whether classes are swapped"
            )
    return complaints
