"""Word similarity: cosines should rank pairs of words as people do."""

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from textransfer.config import ENCODING
from textransfer.errors import ConfigError, CorpusError
from textransfer.records import Record
from textransfer.text.reading.readers import read_records
from textransfer.text.reading.settings import ReadingSettings
from textransfer.text.reading.sources import find_sources, names_of
from textransfer.transfer.evaluating.lookup import WordLookup
from textransfer.transfer.statistics.intervals import Interval, correlation_interval

DELIMITERS = ("\t", ";", ",", " ")
"""Of columns, in the order in which they are tried; a space is any white space."""
FEWEST_PAIRS = 4
"""Known pairs that a correlation with an interval takes."""
_WORD_COLUMN = re.compile(r"(word|term|w)[ _]?\d", re.IGNORECASE)
_TAGGED = re.compile(r".-[nvjar]")
"""A word with its part of speech behind it, as in one edition of MEN."""


@dataclass(frozen=True, eq=False)
class WordPairs:
    """Pairs of words with a score each, as a file has them."""

    name: str
    """Of the file, in messages."""
    pairs: tuple[tuple[str, str], ...]
    scores: npt.NDArray[np.float64]
    """How near people found the words, float64 (n,)."""
    score_column: str
    """Name of the column of scores; its number, from 1, where there is no header."""
    other_columns: tuple[str, ...]
    """Further columns of numbers, which could have been the scores."""


@dataclass(frozen=True)
class SimilarityResult(Record):
    """How the cosines of word pairs agree with the scores of people."""

    file: str
    score_column: str
    other_columns: tuple[str, ...]
    n_pairs: int
    n_known: int
    """Pairs of which both words are known; the correlations are over these."""
    unknown: tuple[str, ...]
    """Words that are not known, each once, in the order of the file."""
    spearman: Interval | None
    """Rank correlation; None with fewer than four known pairs, or if all are alike."""
    pearson: float | None


def read_word_pairs(
    path: str | Path, *, score_column: str | None = None, encoding: str = ENCODING
) -> WordPairs:
    """Read a file with a pair of words and a score a line, such as WordSim-353, SimLex-999, MEN or JWSAN.

    Columns are parted by tabs, semicolons, commas or spaces. A header and lines that begin with # are told
    apart from pairs. The words are in the columns named so, or in the first two that are no numbers; the
    score is in the first column of numbers behind them.

    Parameters
    ----------
    path : str or Path
        May be compressed.
    score_column : str, optional
        Name of the column of scores, or its number from 1.
    encoding : str, default="auto"

    Raises
    ------
    CorpusError
        If the file is missing, has no pair, or a line is no pair with a score.
    ConfigError
        If there is no such column of scores.
    """
    lines = lines_of(path, encoding)
    name = names_of(find_sources(path, "txt"))
    if not lines:
        raise CorpusError(f"{name} has no line but comments; expected two words and a score a line")
    delimiter = _delimiter_of([text for _, text in lines])
    rows = [(number, _cells(text, delimiter)) for number, text in lines]
    width = len(rows[-1][1])
    for number, cells in rows:
        if len(cells) != width or width < 3:
            raise CorpusError(
                f"{name}, line {number}: {len(cells)} columns, where the last line has {width}; expected two "
                "words and a score, in the same columns on each line"
            )
    body = [cells for _, cells in rows[1:]] or [rows[0][1]]
    is_number = [all(_number(cells[column]) is not None for cells in body) for column in range(width)]
    first = rows[0][1]
    has_header = any(_number(cell) is None for cell, numeric in zip(first, is_number, strict=True) if numeric)
    names = first if has_header else [str(column + 1) for column in range(width)]
    listed = rows[1:] if has_header else rows
    if not listed:
        raise CorpusError(f"{name} has a header and nothing else; expected two words and a score a line")
    words, scored, score_columns = _columns(name, names, is_number, score_column)
    scores = []
    for number, cells in listed:
        score = _number(cells[scored])
        if score is None:
            raise CorpusError(
                f"{name}, line {number}: the score is {cells[scored]!r}; expected a number in column "
                f"{names[scored]!r}"
            )
        scores.append(score)
    pairs = [(cells[words[0]], cells[words[1]]) for _, cells in listed]
    if all(_TAGGED.fullmatch(word[-3:]) for pair in pairs for word in pair):
        pairs = [(a[:-2], b[:-2]) for a, b in pairs]
    other_names = tuple(names[column] for column in score_columns)
    return WordPairs(name, tuple(pairs), np.array(scores), names[scored], other_names)


def score_similarity(lookup: WordLookup, test: WordPairs) -> SimilarityResult:
    """Correlate the cosines of pairs with their scores; pairs with an unknown word are left out, and counted.

    The interval of Spearman's correlation is that of `correlation_interval`.
    """
    first, second = (lookup.rows_of([pair[side] for pair in test.pairs]) for side in (0, 1))
    is_known = (first >= 0) & (second >= 0)
    unknown = dict.fromkeys(
        word
        for pair, *rows in zip(test.pairs, first, second, strict=True)
        for word, row in zip(pair, rows, strict=True)
        if row < 0
    )
    n_known = int(is_known.sum())
    units, scores = lookup.vectors.unit_matrix, test.scores[is_known]
    cosines = np.einsum("nd,nd->n", units[first[is_known]], units[second[is_known]], dtype=np.float64)
    spearman = pearson = None
    if n_known >= FEWEST_PAIRS and np.ptp(scores) > 0 and np.ptp(cosines) > 0:
        from scipy.stats import rankdata

        estimate = float(np.corrcoef(rankdata(cosines), rankdata(scores))[0, 1])
        spearman = correlation_interval(estimate, n_known)
        pearson = float(np.corrcoef(cosines, scores)[0, 1])
    return SimilarityResult(
        file=test.name,
        score_column=test.score_column,
        other_columns=test.other_columns,
        n_pairs=len(test.pairs),
        n_known=n_known,
        unknown=tuple(unknown),
        spearman=spearman,
        pearson=pearson,
    )


def lines_of(path: str | Path, encoding: str) -> list[tuple[int, str]]:
    """Return the lines of a text file that hold something, each with its number, without comments."""
    return [
        (number, text)
        for source in find_sources(path, "txt")
        for number, text, *_ in read_records(source, ReadingSettings(encoding=encoding))
        if text.strip() and not text.startswith(("#", "//"))
    ]


def _delimiter_of(lines: Sequence[str]) -> str:
    """Return what parts most lines into three cells or more."""
    counts = {delimiter: sum(len(_cells(line, delimiter)) >= 3 for line in lines) for delimiter in DELIMITERS}
    return max(DELIMITERS, key=lambda delimiter: counts[delimiter])


def _cells(line: str, delimiter: str) -> list[str]:
    if delimiter == " ":
        return line.split()
    if delimiter == "\t":
        return [cell.strip() for cell in line.rstrip("\t").split("\t")]
    return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter))]


def _number(cell: str) -> float | None:
    """Return the finite number that a cell holds, with a decimal point or comma."""
    try:
        value = float(cell.replace(",", "."))
    except ValueError:
        return None
    return value if np.isfinite(value) else None


def _columns(
    name: str, names: Sequence[str], is_number: Sequence[bool], score_column: str | None
) -> tuple[list[int], int, list[int]]:
    """Return where the words are, where the score is, and the other columns of numbers."""
    texts = [column for column, numeric in enumerate(is_number) if not numeric]
    named = [column for column in texts if _WORD_COLUMN.match(names[column])]
    words = (named if len(named) >= 2 else texts)[:2]
    numbers = [column for column in range(len(names)) if is_number[column] and column > max(words, default=0)]
    shown = ", ".join(repr(names[column]) for column in numbers)
    if len(words) < 2 or not numbers:
        raise CorpusError(
            f"{name}: {len(texts)} columns of words and {len(numbers)} of numbers behind them; expected "
            "two words and a score a line"
        )
    if score_column is None:
        return words, numbers[0], numbers[1:]
    for column, title in enumerate(names):
        is_meant = score_column.casefold() == title.casefold() or score_column == str(column + 1)
        if is_meant and column not in words:
            return words, column, []
    raise ConfigError(f"{name} has no column of scores {score_column!r}; expected one of {shown}")
