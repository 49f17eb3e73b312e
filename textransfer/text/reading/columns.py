"""Find the wanted columns of a table by their names."""

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from textransfer.errors import CorpusError
from textransfer.text.reading.settings import ReadingSettings

_MOST_LISTED = 12
_LONGEST_NAME = 40


def clean_names(header: Sequence[object]) -> list[str]:
    """Return the names of a header, each once, without surrounding blanks.

    A repeated name gets a number, as in pandas; among several columns without a name each is called by its
    place. No column gets a name that another has already.

    Examples
    --------
    >>> clean_names([" text ", "note", "note"])
    ['text', 'note', 'note.1']
    >>> clean_names(["text", "", ""])
    ['text', 'column 2', 'column 3']
    """
    names = header_names(header)
    named = set(names)
    is_single = names.count("") == 1
    unique: dict[str, None] = {}
    for place, name in enumerate(names, 1):
        own = wanted = name if name or is_single else f"column {place}"
        number = 0
        while own in unique or (own != name and own in named):
            number += 1
            own = f"{wanted}.{number}"
        unique[own] = None
    return list(unique)


def header_names(header: Sequence[object]) -> list[str]:
    """Return the names of a header as they stand there, without surrounding blanks and byte-order marks."""
    return ["" if name is None else str(name).strip("\ufeff \t\r\n\xa0") for name in header]


def column_named(names: Collection[str], wanted: str | None) -> str | None:
    """Return the name in the table that is meant by a wanted one: itself, or the only one but for case.

    Blanks, and other forms of the same characters, make no difference either.

    Examples
    --------
    >>> column_named(["ID", "Text"], "text")
    'Text'
    """
    if wanted is None or wanted in names:
        return wanted
    alike = [name for name in names if _plain(name) == _plain(wanted)]
    return alike[0] if len(alike) == 1 else None


def wanted_columns(names: Collection[str], settings: ReadingSettings) -> list[str]:
    """Return the columns that are wanted of a table: those of the text, then that of the label.

    The text is in one column, or in several whose names are given with ``+`` between them, unless a column
    has such a name itself.

    Examples
    --------
    >>> wanted_columns(["id", "Subject", "Body"], ReadingSettings("subject + body", "topic"))
    ['subject', 'body', 'topic']
    """
    return [
        *text_columns(names, settings),
        *([] if settings.label_column is None else [settings.label_column]),
    ]


def text_columns(names: Collection[str], settings: ReadingSettings) -> list[str]:
    """Return the columns that the text is in; see `wanted_columns`."""
    wanted = settings.text_column
    parts = [part.strip() for part in wanted.split("+")]
    is_one = len(parts) == 1 or not all(parts) or column_named(names, wanted) is not None
    return [wanted] if is_one else parts


def missing_columns(names: Collection[str], settings: ReadingSettings) -> list[str]:
    """Return the wanted columns that a table has not."""
    return [wanted for wanted in wanted_columns(names, settings) if column_named(names, wanted) is None]


class Places(NamedTuple):
    """Where the wanted columns of a table are."""

    texts: list[int]
    label: int | None


def find_columns(header: Sequence[object], place: str, settings: ReadingSettings) -> Places:
    """Return where the wanted columns of a table are.

    Raises
    ------
    CorpusError
        If one is not there, or more than once, or several would fit; the message starts with the place.
    """
    names = header_names(header)
    missing = missing_columns(names, settings)
    for wanted in missing:
        alike = [name for name in names if _plain(name) == _plain(wanted)]
        if alike:
            raise CorpusError(
                f"{place} has the columns {listed(alike)}; expected {wanted!r} once: name one exactly"
            )
    if missing:
        raise CorpusError(
            f"{place} has the columns {listed(names)}; expected {' and '.join(map(repr, missing))}: "
            f"name yours with {options_that_name(settings)}, or put a row of names first"
        )
    own = [column_named(names, wanted) or "" for wanted in wanted_columns(names, settings)]
    for name in own:
        if names.count(name) > 1:
            raise CorpusError(f"{place} has the column {name!r} more than once; expected it once: rename one")
    check_apart(own, place, settings)
    places = [names.index(name) for name in own]
    return Places(places, None) if settings.label_column is None else Places(places[:-1], places[-1])


def check_apart(own: Sequence[str | None], place: str, settings: ReadingSettings) -> None:
    """Refuse a label that is a column of the text; of `wanted_columns`, the names in the table are given."""
    if settings.label_column is not None and own[-1] in own[:-1]:
        raise CorpusError(
            f"{place}: text_column and label_column are both {own[-1]!r}; expected a column of labels beside "
            "that of the text"
        )


def with_place_of_header(error: CorpusError, place: str | None) -> CorpusError:
    """Return the error of a header that lacks columns, with the place of one that has them if there is."""
    if place is None:
        return error
    return CorpusError(f"{error}; {place} has such names: delete what stands above, as a title")


def joined(texts: Iterable[str]) -> str:
    r"""Return the text that stands in several columns: a line for each that is not blank.

    Examples
    --------
    >>> joined(["A question", " ", "Where is it?"])
    'A question\nWhere is it?'
    """
    return "\n".join(text for text in texts if text and not text.isspace())


def options_that_name(settings: ReadingSettings) -> str:
    """Return the options by which a user names the columns that are read."""
    return "text_column=NAME" + (" and label_column=NAME" if settings.label_column is not None else "")


def listed(names: Sequence[str]) -> str:
    """Return names as a message lists them: long ones shortened, the first of many."""
    shown = [repr(name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}...") for name in names]
    n_more = len(shown) - _MOST_LISTED
    return ", ".join(shown[:_MOST_LISTED]) + (f" and {n_more} more" if n_more > 0 else "")


def _plain(name: str) -> str:
    """Return what is left of a name without case, blanks and other forms of the same characters."""
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
