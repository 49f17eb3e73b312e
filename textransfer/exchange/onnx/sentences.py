"""Sentence vectors within a graph: the mean of word vectors, and that of words, pairs and triples."""

from dataclasses import dataclass

import numpy as np

from textransfer.embeddings.ngrams import LEAST_KNOWN, LONGEST, NgramVectors
from textransfer.errors import ConfigError
from textransfer.exchange.onnx.graph import GraphBuilder
from textransfer.exchange.onnx.pieces import piece_keys, pieces_of_words
from textransfer.exchange.onnx.words import WordsOfTexts, word_keys
from textransfer.sentiment.sentences.averaging import HALF, SMALLEST_SQUARE, Averaging
from textransfer.sentiment.sentences.phrases import PhraseAveraging
from textransfer.sentiment.sentences.stretching import stretching_matrix
from textransfer.sentiment.sentences.unknown_words import UnknownWords


@dataclass(frozen=True)
class SentenceVectors:
    """Names of values of a graph, of the texts and the one behind the last."""

    vectors: str
    """Double (N, D)."""
    has_words: str
    """Whether a text has a known word, shape (N,)."""
    are_known: str
    """Which distinct words are known, 1 or 0, double (M,)."""


def sentence_vectors(graph: GraphBuilder, words: WordsOfTexts, averaging: Averaging) -> SentenceVectors:
    """Return what `Averaging.vectors` says of texts."""
    ids = graph.lookup(word_keys(list(averaging.index)), words.distinct_keys)
    has_row = graph.flags(graph.not_negative(ids))
    weights = graph.rows(averaging.word_weights, ids)
    table = graph.rows(averaging.table, ids)
    if averaging.unknown is not None:
        vectors, further = _unknown_words(graph, words, ids, averaging.unknown)
        weights = graph.op("Add", weights, further)
        is_unknown = graph.op("Greater", further, graph.constant(0.0))
        table = graph.op("Where", graph.column(is_unknown), vectors, table)
        has_row = graph.op("Max", has_row, graph.flags(is_unknown))
    if not averaging.is_distinct:
        weights = graph.op("Mul", weights, words.counts)
    owners, n = words.distinct_owners, words.n_texts
    total = graph.sums(owners, weights, n)
    sums = graph.sums(owners, graph.op("Mul", graph.column(weights), table), n)
    is_some = graph.op("Greater", total, graph.constant(0.0))
    divisor = graph.op("Where", is_some, total, graph.constant(1.0))
    means = graph.op("Div", sums, graph.column(divisor))
    has_words = graph.where_any(owners, has_row, n)
    first = _finished(graph, means, has_words, averaging)
    if averaging.phrases is None:
        return SentenceVectors(first, has_words, has_row)
    second = _phrases(graph, words, ids, averaging.phrases)
    both = graph.op("Concat", first, second, axis=1)
    return SentenceVectors(graph.op("Mul", both, graph.constant(HALF)), has_words, has_row)


def _finished(graph: GraphBuilder, means: str, has_words: str, averaging: Averaging) -> str:
    """Return what `Finish` makes of means."""
    finish = averaging.finish
    if finish.center is not None:
        means = graph.op("Sub", means, graph.constant(np.asarray(finish.center), np.float64))
    factor = graph.op("Mul", graph.flags(has_words), graph.constant(float(finish.scale)))
    factor = graph.column(factor)
    if finish.is_unit_length:
        factor = graph.op("Div", factor, _length(graph, means, SMALLEST_SQUARE))
    return graph.op("Mul", means, factor)


def _length(graph: GraphBuilder, vectors: str, smallest_square: float = 0.0) -> str:
    """Return the lengths of rows, (n, 1); 1 for what has none."""
    squares = graph.op("ReduceSumSquare", vectors, graph.constant([1]), keepdims=1)
    is_small = graph.op("LessOrEqual", squares, graph.constant(smallest_square))
    return graph.op("Sqrt", graph.op("Where", is_small, graph.constant(1.0), squares))


def _unknown_words(
    graph: GraphBuilder, words: WordsOfTexts, ids: str, unknown: UnknownWords
) -> tuple[str, str]:
    """Return what `UnknownWords.vectors` says of distinct words, stretched, (M, D), and weights, (M,).

    Those that have a row, by their ids (M,), have zeros. The empty word behind the last one has none.
    """
    ngrams = unknown.ngrams
    if not isinstance(ngrams, NgramVectors):
        raise ConfigError(
            "the classifier's unknown words have vectors from n-grams of fastText, whose hashes of bytes "
            "ONNX cannot compute; expected one without: import the .vec file, and classify again"
        )
    rowless = graph.op("NonZero", graph.op("Less", ids, graph.constant(0)))
    rowless = graph.op("Reshape", rowless, graph.constant([-1]))
    own = graph.op("Gather", words.characters, rowless)
    pieces = pieces_of_words(graph, own, 1, LONGEST, is_distinct=False)
    places = graph.lookup(piece_keys(list(ngrams.ngrams)), pieces.keys)
    n = graph.size(rowless, 0)
    ones = graph.flags(graph.op("Greater", pieces.lengths, graph.constant(0)))
    n_pieces = graph.op("Max", graph.sums(pieces.owners, ones, n), graph.constant(1.0))
    n_known = graph.sums(pieces.owners, graph.flags(graph.not_negative(places)), n)
    vectors = graph.sums(pieces.owners, graph.rows(ngrams.matrix, places), n)
    vectors = graph.op("Div", vectors, graph.column(graph.op("Sqrt", n_pieces)))
    squares = graph.op("ReduceSumSquare", vectors, graph.constant([1]), keepdims=0)
    share = graph.op("Div", graph.op("Sqrt", squares), graph.constant(ngrams.length))
    weights = graph.op("Min", share, graph.constant(1.0))
    weights = graph.op("Mul", weights, weights)
    least = graph.op("Mul", n_pieces, graph.constant(LEAST_KNOWN))
    weights = graph.op("Mul", weights, graph.flags(graph.op("GreaterOrEqual", n_known, least)))
    if unknown.is_unit_length:
        vectors = graph.op("Div", vectors, _length(graph, vectors))
    else:
        weights = graph.op("Ceil", weights)
    if unknown.stretch is not None:
        vectors = graph.op("MatMul", vectors, graph.constant(unknown.stretch, np.float64))
    n_words = graph.size(ids, 0)
    return graph.sums(rowless, vectors, n_words), graph.sums(rowless, weights, n_words)


def _phrases(graph: GraphBuilder, words: WordsOfTexts, ids: str, phrases: PhraseAveraging) -> str:
    """Return what `PhraseAveraging` says of texts, (N, D), by the row of each distinct word."""
    index = phrases.phrases.index
    n_words, n_rows = index.n_words, len(index)
    # Unknown words are left out, so that those around them are neighbours. The empty word behind the last
    # one stays, with a row of its own behind the last one.
    of_tokens = graph.op("Gather", ids, words.which)
    last = graph.op("Sub", graph.size(of_tokens, 0), graph.constant([1]))
    known = graph.slice(of_tokens, 0, last)
    is_kept = graph.op(
        "Concat",
        graph.cast(graph.not_negative(known), np.int64),
        graph.constant([1]),
        axis=0,
    )
    kept = graph.op("Reshape", graph.op("NonZero", is_kept), graph.constant([-1]))
    own = graph.op("Gather", graph.op("Concat", known, graph.constant([n_rows]), axis=0), kept)
    owners = graph.op("Gather", words.owners, kept)
    keys = index.prefixes.astype(np.int64) * n_words + index.lasts
    rows, held, held_owners = own, [own], [owners]
    for n in (2, 3):
        before = graph.slice(rows, 0, -1)
        behind = graph.slice(own, n - 1, 2**31)
        own_text, other_text = graph.slice(owners, 0, -(n - 1)), graph.slice(owners, n - 1, 2**31)
        if n == 3:
            before = graph.slice(before, 0, graph.size(behind, 0))
        key = graph.op("Add", graph.op("Mul", before, graph.constant(n_words)), behind)
        is_phrase = graph.op(
            "And",
            graph.op("Equal", own_text, other_text),
            graph.op("GreaterOrEqual", before, graph.constant(0)),
        )
        places = graph.lookup(keys, graph.op("Where", is_phrase, key, graph.constant(-1)))
        is_row = graph.not_negative(places)
        rows = graph.op("Where", is_row, graph.op("Add", places, graph.constant(n_words)), graph.constant(-1))
        held.append(graph.op("Where", is_row, rows, graph.constant(n_rows)))
        nobody = graph.op("Sub", words.n_texts, graph.constant([1]))
        held_owners.append(graph.op("Where", is_row, own_text, nobody))
    every, texts = graph.op("Concat", *held, axis=0), graph.op("Concat", *held_owners, axis=0)
    pairs = graph.op("Add", graph.op("Mul", texts, graph.constant(n_rows + 1)), every)
    first, _, _ = graph.distinct(pairs)
    every, texts = graph.op("Gather", every, first), graph.op("Gather", texts, first)
    matrix = np.concatenate([phrases.phrases.matrix, np.zeros((1, phrases.size), np.float16)])
    vectors = graph.cast(graph.op("Gather", graph.constant(matrix, np.float16), every), np.float64)
    n_held = graph.sums(texts, graph.flags(graph.not_negative(every)), words.n_texts)
    means = graph.op(
        "Div",
        graph.sums(texts, vectors, words.n_texts),
        graph.column(graph.op("Max", n_held, graph.constant(1.0))),
    )
    means = graph.op("Sub", means, graph.constant(phrases.phrases.moments.mean, np.float64))
    has_words = graph.op("Greater", n_held, graph.constant(0.0))
    means = graph.op("Mul", means, graph.column(graph.flags(has_words)))
    stretching = stretching_matrix(phrases.phrases.moments, phrases.component_power, phrases.emphasis)
    stretched = graph.op("MatMul", means, graph.constant(stretching))
    unit = graph.op("Div", stretched, _length(graph, stretched))
    return graph.op("Mul", unit, graph.constant(phrases.length))
