"""Word analogies: king less man plus woman should be nearest to queen."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from textransfer.config import ENCODING
from textransfer.errors import CorpusError
from textransfer.records import Record
from textransfer.text.reading.sources import find_sources, names_of
from textransfer.transfer.evaluating.lookup import WordLookup
from textransfer.transfer.evaluating.word_pairs import lines_of
from textransfer.transfer.statistics.intervals import Interval, share_interval

SCORES_AT_ONCE = 1 << 24
"""Cosines that are in memory at a time: questions by words."""

Question = tuple[str, str, str, str]
Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Analogies:
    """Questions "a is to b as c is to d" in sections, as a file has them."""

    name: str
    """Of the file, in messages."""
    sections: dict[str, list[Question]]
    """In the order of the file; of a file without sections, one without a name."""


@dataclass(frozen=True)
class SectionResult(Record):
    """How many questions of a section were answered rightly."""

    name: str
    n_questions: int
    n_known: int
    """Questions of which all four words are known; the accuracy is over these."""
    n_right: int
    accuracy: Interval | None
    """None if no question is known."""


@dataclass(frozen=True)
class AnalogyResult(Record):
    """The sections of a file of analogies, and all of them together."""

    file: str
    total: SectionResult
    sections: tuple[SectionResult, ...]


def read_analogies(path: str | Path, *, encoding: str = ENCODING) -> Analogies:
    """Read analogies as in questions-words.txt: four words a line, ": name" before each section.

    Raises
    ------
    CorpusError
        If the file is missing, a line does not hold four words, or there is no question.
    """
    name = names_of(find_sources(path, "txt"))
    sections: dict[str, list[Question]] = {}
    title = ""
    for number, line in lines_of(path, encoding):
        if line.startswith(":"):
            title = line[1:].strip()
            continue
        words = tuple(cell.strip() for cell in line.split("\t")) if "\t" in line.strip() else line.split()
        if len(words) != 4:
            raise CorpusError(
                f"{name}, line {number}: {len(words)} words; expected four, such as: man king woman queen"
            )
        sections.setdefault(title, []).append((words[0], words[1], words[2], words[3]))
    if not sections:
        raise CorpusError(
            f"{name} has no question; expected four words a line, such as: man king woman queen"
        )
    return Analogies(name, sections)


def score_analogies(
    lookup: WordLookup, test: Analogies, progress: Callable[[int, int, str], None] | None = None
) -> AnalogyResult:
    """Answer each question with the word nearest to b - a + c, the words of the question left out (3CosAdd).

    Each word counts at unit length. Questions with an unknown word are left out, and counted.

    References
    ----------
    Mikolov, Yih, Zweig (2013), Linguistic regularities in continuous space word representations, NAACL.
    Levy, Goldberg (2014), Linguistic regularities in sparse and explicit word representations, CoNLL.
    """
    titles = [title for title, questions in test.sections.items() for _ in questions]
    questions = [question for questions in test.sections.values() for question in questions]
    rows = lookup.rows_of([word for question in questions for word in question]).reshape(-1, 4)
    is_known = np.asarray((rows >= 0).all(axis=1))
    known = rows[is_known]
    is_right = np.zeros(len(rows), bool)
    is_right[is_known] = _answers(lookup, known[:, :3], progress) == known[:, 3]
    sections = []
    for title in test.sections:
        inside = np.array([other == title for other in titles])
        sections.append(_section(title, is_known[inside], is_right[inside]))
    return AnalogyResult(test.name, _section("total", is_known, is_right), tuple(sections))


def _answers(lookup: WordLookup, questions: Rows, progress: Callable[[int, int, str], None] | None) -> Rows:
    """Return the row of the answer to each question, rows of shape (n, 3); the first spelling of the word."""
    units, first = lookup.vectors.unit_matrix[: lookup.n_words], lookup.first_spellings
    spellings: dict[int, list[int]] = {}
    for row in np.flatnonzero(first != np.arange(len(first))).tolist():
        spellings.setdefault(int(first[row]), []).append(row)
    size = max(SCORES_AT_ONCE // max(len(units), 1), 1)
    answers = []
    for start in range(0, len(questions), size):
        block = questions[start : start + size]
        a, b, c = (units[block[:, place]] for place in range(3))
        scores = (b - a + c) @ units.T
        for place in range(3):
            scores[np.arange(len(block)), block[:, place]] = -np.inf
        for question, words in enumerate(block.tolist()):
            for row in words:
                scores[question, spellings.get(row, [])] = -np.inf
        answers.append(first[scores.argmax(axis=1)])
        if progress is not None:
            progress(start + len(block), len(questions), "analogies")
    return np.concatenate(answers) if answers else np.zeros(0, np.int64)


def _section(name: str, is_known: npt.NDArray[np.bool_], is_right: npt.NDArray[np.bool_]) -> SectionResult:
    n_known, n_right = int(is_known.sum()), int(is_right.sum())
    accuracy = share_interval(n_right, n_known) if n_known else None
    return SectionResult(name, len(is_known), n_known, n_right, accuracy)
