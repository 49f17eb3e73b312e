"""A classifier over TF-IDF within a graph."""

import numpy as np

from textransfer.exchange.onnx.graph import GraphBuilder
from textransfer.exchange.onnx.terms import text_lengths
from textransfer.exchange.onnx.words import WordsOfTexts, word_keys
from textransfer.sentiment.tfidf_predictor import TfidfPredictor


def judged_by_tfidf(graph: GraphBuilder, words: WordsOfTexts, classifier: TfidfPredictor) -> str:
    """Return the probabilities of the texts and the one behind the last, double (N, C)."""
    places = graph.lookup(word_keys(classifier.features_), words.distinct_keys)
    idf = graph.rows(classifier.idf_, places)
    size = graph.op("Mul", graph.op("Add", graph.op("Log", words.counts), graph.constant(1.0)), idf)
    says = graph.op("Mul", graph.column(size), graph.rows(classifier.weights_.T, places))
    sums = graph.sums(words.distinct_owners, says, words.n_texts)
    squares = graph.sums(words.distinct_owners, graph.op("Mul", size, size), words.n_texts)
    logits = graph.op("Div", sums, graph.column(text_lengths(graph, squares)))
    logits = graph.op("Add", logits, graph.constant(classifier.intercepts_, np.float64))
    if len(classifier.intercepts_) == 1:  # of two classes the second alone is judged
        zeros = graph.op("Mul", logits, graph.constant(0.0))
        logits = graph.op("Concat", zeros, logits, axis=1)
    is_known = graph.flags(graph.not_negative(places))
    has_words = graph.where_any(words.distinct_owners, is_known, words.n_texts)
    return graph.choose(
        has_words, graph.softmax(logits), graph.constant(classifier.shares_[None], np.float64)
    )
