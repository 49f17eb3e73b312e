"""Words, pairs, triples and pieces of words within a graph: the members that stand beside the vectors."""

from dataclasses import dataclass

import numpy as np

from textransfer.exchange.onnx.graph import GraphBuilder
from textransfer.exchange.onnx.pieces import piece_keys, pieces_of_words
from textransfer.exchange.onnx.words import OF_KEYS, WordsOfTexts, multipliers, word_keys
from textransfer.sentiment.counted import LONGEST_PIECE, SHORTEST_PIECE
from textransfer.sentiment.terms import PIECES_LENGTH, Floats, Terms


@dataclass(frozen=True)
class Judged:
    """Names of values of a graph."""

    probabilities: str
    """Of the texts and the one behind the last, double (N, C)."""
    are_known: str
    """Which distinct words say something, 1 or 0, double (M,)."""


def judged_by_terms(
    graph: GraphBuilder,
    words: WordsOfTexts,
    terms: Terms,
    weights: Floats,
    intercepts: Floats,
    shares: Floats,
    *,
    are_scaled: bool,
    squares: Floats | None = None,
) -> Judged:
    """Return what a member of these terms says; scaled terms are `Terms.scores`, others `Terms.sums`.

    With squares, (F,), sums are divided by lengths of texts, as by `TermPredictor`.
    """
    if squares is not None:
        weights = np.column_stack([weights, squares])
    n_words, n_pairs = len(terms.words), len(terms.pairs)
    places = graph.lookup(word_keys(terms.words), words.distinct_keys)
    has_term = graph.flags(graph.not_negative(places))
    says = graph.rows(weights[:n_words], places)
    pair_owners, pair_places, of_tokens = _pairs(graph, words, places, terms)
    pair_weights = weights[n_words : n_words + n_pairs]
    knows = has_term
    if not are_scaled:
        own = graph.sums(words.distinct_owners, says, words.n_texts)
        by_pair = graph.sums(pair_owners, graph.rows(pair_weights, pair_places), words.n_texts)
        scores = graph.op("Add", own, by_pair)
        if len(terms.triples):
            owners, triple_places = _triples(graph, words, places, of_tokens, terms)
            rows = graph.rows(weights[-len(terms.triples) :], triple_places)
            scores = graph.op("Add", scores, graph.sums(owners, rows, words.n_texts))
        if squares is not None:
            length = text_lengths(graph, graph.slice(scores, -1, 2**31, axis=1))
            scores = graph.op("Div", graph.slice(scores, 0, -1, axis=1), length)
    else:
        idf = graph.rows(terms.idf[:n_words], places, otherwise=terms.rarest)
        size = graph.op("Mul", graph.op("Add", graph.op("Log", words.counts), graph.constant(1.0)), idf)
        if terms.pieces:
            by_pieces, has_piece, tells = _pieces(graph, words, terms, weights[n_words + n_pairs :])
            says = graph.op("Add", says, by_pieces)
            knows, has_term = graph.op("Max", has_term, tells), graph.op("Max", has_term, has_piece)
        own = graph.sums(words.distinct_owners, graph.op("Mul", graph.column(size), says), words.n_texts)
        pair_idf = graph.rows(
            terms.idf[n_words : n_words + n_pairs], pair_places, otherwise=terms.rarest_pair
        )
        by_pair = graph.sums(
            pair_owners,
            graph.op("Mul", graph.column(pair_idf), graph.rows(pair_weights, pair_places)),
            words.n_texts,
        )
        of_texts = graph.op(
            "Add",
            graph.sums(words.distinct_owners, graph.op("Mul", size, size), words.n_texts),
            graph.sums(pair_owners, graph.op("Mul", pair_idf, pair_idf), words.n_texts),
        )
        length = graph.column(text_lengths(graph, of_texts))
        scores = graph.op("Div", graph.op("Add", own, by_pair), length)
    p = graph.softmax(graph.op("Add", scores, graph.constant(intercepts, np.float64)))
    has_terms = graph.where_any(words.distinct_owners, has_term, words.n_texts)
    return Judged(graph.choose(has_terms, p, graph.constant(shares[None], np.float64)), knows)


def text_lengths(graph: GraphBuilder, squares: str) -> str:
    """Return roots; 1 of 0."""
    is_some = graph.op("Greater", squares, graph.constant(0.0))
    return graph.op("Sqrt", graph.op("Where", is_some, squares, graph.constant(1.0)))


def _pairs(graph: GraphBuilder, words: WordsOfTexts, places: str, terms: Terms) -> tuple[str, str, str]:
    """Return the distinct pairs of neighbours of texts: whose they are, and their places, -1 if unknown.

    And the place of the pair that each token but the last begins, and -1 behind them.
    """
    left, right = graph.slice(words.keys, 0, -1), graph.slice(words.keys, 1, 2**31)
    owner, next_owner = graph.slice(words.owners, 0, -1), graph.slice(words.owners, 1, 2**31)
    of_tokens = graph.op("Gather", places, words.which)
    first, second = graph.slice(of_tokens, 0, -1), graph.slice(of_tokens, 1, 2**31)
    nobody = graph.op("Sub", words.n_texts, graph.constant([1]))
    are_neighbours = graph.op("Equal", owner, next_owner)
    owner = graph.op("Where", are_neighbours, owner, nobody)
    a, b, c = (graph.constant(number) for number in multipliers(3, OF_KEYS))
    parts = (graph.op("Mul", left, a), graph.op("Mul", right, b), graph.op("Mul", owner, c))
    keys = graph.op("Add", graph.op("Add", parts[0], parts[1]), parts[2])
    at = graph.op("Add", graph.op("Mul", first, graph.constant(len(terms.words))), second)
    are_known = graph.op("And", graph.not_negative(first), graph.not_negative(second))
    at = graph.op("Where", are_known, at, graph.constant(-1))
    # One more, of nobody: there may be no pair at all.
    zero = graph.constant([0])
    keys, owner = graph.op("Concat", keys, zero, axis=0), graph.op("Concat", owner, nobody, axis=0)
    at = graph.op("Concat", at, graph.constant([-1]), axis=0)
    chosen, _, _ = graph.distinct(keys)
    of_tokens = graph.lookup(terms.pair_keys, at)
    return graph.op("Gather", owner, chosen), graph.op("Gather", of_tokens, chosen), of_tokens


def _triples(
    graph: GraphBuilder, words: WordsOfTexts, places: str, pairs: str, terms: Terms
) -> tuple[str, str]:
    """Return whose the distinct known triples of texts are, and their places; of all unknown ones -1."""
    owner, last_owner = graph.slice(words.owners, 0, -2), graph.slice(words.owners, 2, 2**31)
    first = graph.slice(pairs, 0, -2)
    last = graph.slice(graph.op("Gather", places, words.which), 2, 2**31)
    at = graph.op("Add", graph.op("Mul", first, graph.constant(len(terms.words))), last)
    are_known = graph.op("And", graph.not_negative(first), graph.not_negative(last))
    are_known = graph.op("And", are_known, graph.op("Equal", owner, last_owner))
    at = graph.op("Where", are_known, at, graph.constant(-1))
    nobody = graph.op("Sub", words.n_texts, graph.constant([1]))
    # One more, of nobody, as of pairs.
    owner = graph.op("Concat", owner, nobody, axis=0)
    at = graph.op("Concat", at, graph.constant([-1]), axis=0)
    triples = graph.lookup(terms.triple_keys, at)
    chosen, _, _ = graph.distinct(graph.op("Add", graph.op("Mul", triples, words.n_texts), owner))
    return graph.op("Gather", owner, chosen), graph.op("Gather", triples, chosen)


def _pieces(graph: GraphBuilder, words: WordsOfTexts, terms: Terms, weights: Floats) -> tuple[str, str, str]:
    """Return what the pieces of each distinct word say, (M, C), whether one does, and whether a long one."""
    first = len(terms.words) + len(terms.pairs)
    pieces = pieces_of_words(graph, words.characters, SHORTEST_PIECE, LONGEST_PIECE, is_distinct=True)
    places = graph.lookup(piece_keys(terms.pieces), pieces.keys)
    n = graph.size(words.distinct_keys, 0)
    idf = graph.rows(terms.idf[first:], places, otherwise=terms.rarest)
    length = text_lengths(graph, graph.sums(pieces.owners, graph.op("Mul", idf, idf), n))
    each = graph.op("Mul", graph.column(idf), graph.rows(weights, places))
    says = graph.op("Mul", graph.sums(pieces.owners, each, n), graph.constant(PIECES_LENGTH))
    is_known = graph.flags(graph.not_negative(places))
    is_long = graph.flags(graph.op("Greater", pieces.lengths, graph.constant(LONGEST_PIECE - 2)))
    has_piece, tells = (
        graph.flags(graph.where_any(pieces.owners, flags, n))
        for flags in (is_known, graph.op("Mul", is_known, is_long))
    )
    return graph.op("Div", says, graph.column(length)), has_piece, tells
