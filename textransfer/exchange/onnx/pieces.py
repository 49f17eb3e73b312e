"""Pieces of words within a graph: windows over their characters, with ``<`` before and ``>`` behind."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from textransfer.exchange.onnx.graph import GraphBuilder
from textransfer.exchange.onnx.words import (
    OF_KEYS,
    OF_PIECES,
    Ids,
    checked_distinct,
    multipliers,
)

LONGEST = 5
"""Characters of a piece."""


def piece_keys(pieces: Sequence[str]) -> Ids:
    """Return the number by which a graph knows each piece, int64 (n,)."""
    by, of_lengths = (
        multipliers(2 * LONGEST + 1, OF_PIECES)[:LONGEST],
        multipliers(2 * LONGEST + 1, OF_PIECES),
    )
    keys = np.zeros(len(pieces), np.int64)
    for row, piece in enumerate(pieces):
        codes = np.array([ord(character) for character in piece], np.int64)
        keys[row] = np.append(codes * by[: len(codes)], of_lengths[LONGEST + len(codes)]).sum()
    return checked_distinct(keys, "pieces of words")


@dataclass(frozen=True)
class PiecesOfWords:
    """Names of values of a graph, K pieces in all."""

    owners: str
    """Which of the words has each, shape (K,)."""
    keys: str
    """Shape (K,)."""
    lengths: str
    """Characters of each, shape (K,)."""


def pieces_of_words(
    graph: GraphBuilder, characters: str, shortest: int, longest: int, *, is_distinct: bool
) -> PiecesOfWords:
    """Return the pieces of words as code points, (M, L), 0 behind their ends; each once a word if distinct.

    A piece of one character is one of the word, not a mark. An empty word has the piece ``<>``.
    """
    n_words, width = graph.size(characters, 0), graph.size(characters, 1)
    lengths = graph.op(
        "ReduceSum",
        graph.cast(graph.op("Greater", characters, graph.constant(0)), np.int64),
        graph.constant([1]),
        keepdims=1,
    )
    # Columns: the mark, the characters, a mark behind the last one, and more for the longest window.
    marked = graph.op("Pad", characters, graph.constant([0, 1, 0, LONGEST + 1]))
    last = graph.size(marked, 1)
    columns = graph.op("Range", *(graph.op("Squeeze", each) for each in _range(graph, last)))
    is_end = graph.op("Equal", columns, graph.op("Add", lengths, graph.constant(1)))
    marked = graph.op("Where", is_end, graph.constant(ord(">")), marked)
    is_start = graph.op("Equal", columns, graph.constant(0))
    marked = graph.op("Where", is_start, graph.constant(ord("<")), marked)
    n_windows = graph.op("Add", width, graph.constant([2]))
    starts = graph.slice(columns, 0, n_windows)
    by = multipliers(2 * LONGEST + 1, OF_PIECES)
    keys, flags, sizes = [], [], []
    for n in range(shortest, longest + 1):
        parts = [
            graph.op(
                "Mul",
                graph.slice(marked, k, graph.op("Add", n_windows, graph.constant([k])), axis=1),
                graph.constant(by[k]),
            )
            for k in range(n)
        ]
        total = parts[0]
        for part in parts[1:]:
            total = graph.op("Add", total, part)
        keys.append(graph.op("Add", total, graph.constant(by[LONGEST + n])))
        ends = graph.op("Add", starts, graph.constant(n))
        is_inside = graph.op("LessOrEqual", ends, graph.op("Add", lengths, graph.constant(2)))
        if n == 1:
            after_mark = graph.op("Greater", starts, graph.constant(0))
            before_mark = graph.op("LessOrEqual", starts, lengths)
            is_inside = graph.op("And", after_mark, before_mark)
        flags.append(is_inside)
        sizes.append(graph.op("Add", graph.op("Mul", keys[-1], graph.constant(0)), graph.constant(n)))
    every, there, size = (
        graph.op("Reshape", graph.op("Concat", *parts, axis=1), graph.constant([-1]))
        for parts in (keys, [graph.cast(flag, np.int64) for flag in flags], sizes)
    )
    numbers = graph.op("Range", *(graph.op("Squeeze", each) for each in _range(graph, n_words)))
    windows_a_word = graph.op("Mul", n_windows, graph.constant([longest - shortest + 1]))
    owners = graph.op(
        "Reshape",
        graph.op("Expand", graph.column(numbers), graph.op("Concat", n_words, windows_a_word, axis=0)),
        graph.constant([-1]),
    )
    # What lies beyond the end of its word is left out before anything is looked up: it is most of it.
    inside = graph.op("Reshape", graph.op("NonZero", there), graph.constant([-1]))
    every, size, owners = (graph.op("Gather", each, inside) for each in (every, size, owners))
    if is_distinct:
        a, b = (graph.constant(number) for number in multipliers(2, OF_KEYS))
        first, _, _ = graph.distinct(graph.op("Add", graph.op("Mul", every, a), graph.op("Mul", owners, b)))
        every, size, owners = (graph.op("Gather", each, first) for each in (every, size, owners))
    return PiecesOfWords(owners, every, size)


def _range(graph: GraphBuilder, end: str) -> tuple[str, str, str]:
    return graph.constant([0]), end, graph.constant([1])
