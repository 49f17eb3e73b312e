"""Texts and labels as Python holds them, made a list; tables, and what has no order, are refused."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from textransfer.errors import CorpusError


def list_of(texts: object, what: str = "texts") -> list[Any]:
    """Return what is iterated over as a list: of a list, a column of a table, an array of one axis.

    A table of one column, or an array of shape (n, 1), is that column. Another table is refused, since its
    rows are not what Python iterates over, but the names of its columns.

    Raises
    ------
    CorpusError
        If it is a single text, a table, a mapping, a set, or an array of another shape; it says what to give.

    Examples
    --------
    >>> list_of(("a film", "a play"))
    ['a film', 'a play']
    """
    texts = single_column(texts)
    if type(texts) is list:
        return texts
    if isinstance(texts, str | bytes | bytearray):
        raise CorpusError(f"got a single {what[:-1]}; expected a list of {what}: put it in [ ]")
    kind = type(texts).__name__
    if isinstance(texts, set | frozenset):
        raise CorpusError(f"got a {kind}, which has no order; expected a list of {what}: give sorted({what})")
    if isinstance(texts, Mapping):
        raise CorpusError(
            f"got a {kind} with {_named(texts)}; expected a list of {what}: give one of its values, such as "
            f"{what}[{next(iter(texts), 'text')!r:.60}]"
        )
    _refuse_table(texts, what)
    shape = getattr(texts, "shape", None)
    if isinstance(shape, tuple) and len(shape) != 1:
        raise CorpusError(f"got an array of shape {shape}; expected a list of {what}: pass one column")
    try:
        for convert in ("to_pylist", "to_list"):  # Arrow's own strings are none of Python's
            if hasattr(texts, convert):
                return list(getattr(texts, convert)())
        return list(texts)  # type: ignore[call-overload, no-any-return]
    except TypeError as error:
        raise CorpusError(f"got {kind}; expected a list of {what}") from error


def _refuse_table(texts: object, what: str) -> None:
    names, kind = _column_names(texts), type(texts).__name__
    if names is None:
        return
    if hasattr(texts, "collect"):
        raise CorpusError(f"got a {kind}, which is not read yet; expected a list of {what}: call collect()")
    raise CorpusError(
        f"got a {kind} with the columns {_named(names)}; expected a list of {what}: give one column, "
        f"such as {what}[{next(iter(names), 'text')!r}]"
    )


def single_column(values: Any) -> Any:  # noqa: ANN401 - anything that callers pass
    """Return the only column of a table (pandas, polars, Arrow) or of an array; all else as it is.

    Examples
    --------
    >>> import numpy as np
    >>> single_column(np.array([["a film"], ["a play"]])).tolist()
    ['a film', 'a play']
    """
    names = _column_names(values)
    if names is not None:
        return values[names[0]] if len(names) == 1 and hasattr(values, "shape") else values
    is_column = isinstance(values, np.ndarray) and values.ndim == 2 and values.shape[1] == 1
    return values.ravel() if is_column else values


def _column_names(values: object) -> list[Any] | None:
    """Return the names of the columns of a table; None of what is none."""
    names = getattr(values, "column_names", getattr(values, "columns", None))
    return None if names is None or callable(names) else list(names)


def _named(names: Any) -> str:  # noqa: ANN401 - any iterable
    listed = [str(name) if len(str(name)) <= 40 else f"{str(name)[:40]}..." for name in names]
    return ", ".join(listed[:5]) + (f" and {len(listed) - 5} more" if len(listed) > 5 else "")
