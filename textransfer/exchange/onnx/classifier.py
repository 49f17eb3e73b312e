"""A fitted classifier as an ONNX graph."""

from typing import Any

import numpy as np

from textransfer.embeddings.formats.words_in_text import check_whole_characters
from textransfer.errors import ConfigError
from textransfer.exchange.onnx.graph import GraphBuilder
from textransfer.exchange.onnx.sentences import sentence_vectors
from textransfer.exchange.onnx.terms import judged_by_terms
from textransfer.exchange.onnx.tfidf import judged_by_tfidf
from textransfer.exchange.onnx.words import WordsOfTexts, words_of_texts
from textransfer.sentiment.combined_predictor import CombinedPredictor
from textransfer.sentiment.head import Head
from textransfer.sentiment.members import STUDENT
from textransfer.sentiment.predictor import TextPredictor
from textransfer.sentiment.terms import Terms
from textransfer.sentiment.tfidf_predictor import TfidfPredictor
from textransfer.sentiment.vector_predictor import VectorPredictor

CHARACTERS, TEXTS, N_TEXTS = "characters", "texts", "n_texts"
"""Inputs, whole numbers: code points of the words' characters, (T, L), 0 behind their ends, words of a text
one behind the other; the text of each word, (T,), from 0; how many texts there are, (1,)."""
PROBABILITIES, LABEL = "probabilities", "label"
"""Outputs: double (N, C), and the most probable class of each text as a string, (N,)."""
LARGEST_FILE = 2**31 - 2**20
"""Bytes; files of protocol buffers end at 2 GB."""


def classifier_graph(classifier: TextPredictor) -> bytes:
    """Return the file of a classifier over word vectors, with or without other members, or over TF-IDF.

    Raises
    ------
    ConfigError
        If it is another kind of classifier, or too large for a file.
    MissingExtraError
        If onnx is not installed.
    """
    check_whole_characters([str(name) for name in classifier.classes_], "names of classes in ONNX")
    graph = GraphBuilder()
    words = words_of_texts(graph, CHARACTERS, TEXTS, N_TEXTS)
    if isinstance(classifier, CombinedPredictor):
        p = _combined(graph, words, classifier)
    elif isinstance(classifier, VectorPredictor):
        p, _ = _by_vectors(graph, words, classifier)
    elif isinstance(classifier, TfidfPredictor):
        p = judged_by_tfidf(graph, words, classifier)
    else:
        raise ConfigError(
            "the classifier stands on an encoder; expected one over word vectors or TF-IDF: others have no "
            "ONNX graph here"
        )
    p = graph.slice(p, 0, N_TEXTS)
    names = graph.constant([str(name) for name in classifier.classes_])
    label = graph.op("Gather", names, graph.op("ArgMax", p, axis=1, keepdims=0))
    n_classes = len(classifier.classes_)
    content = graph.model(
        {CHARACTERS: ["words", "letters"], TEXTS: ["words"], N_TEXTS: [1]},
        {PROBABILITIES: (p, "DOUBLE", ["texts", n_classes]), LABEL: (label, "STRING", ["texts"])},
    )
    if len(content) > LARGEST_FILE:
        raise ConfigError(
            f"the graph takes {len(content):,} bytes, and a file of ONNX at most {LARGEST_FILE:,}; expected "
            "a smaller vocabulary or fewer dimensions"
        )
    return content


def _by_vectors(graph: GraphBuilder, words: WordsOfTexts, classifier: VectorPredictor) -> tuple[str, str]:
    """Return what the head says of texts, and which distinct words are known."""
    sentences = sentence_vectors(graph, words, classifier.averaging_)
    p = _head(graph, sentences.vectors, classifier.state().head)
    if classifier.shares_ is not None:
        p = graph.choose(sentences.has_words, p, graph.constant(classifier.shares_[None], np.float64))
    return p, sentences.are_known


def _head(graph: GraphBuilder, vectors: str, head: Head) -> str:
    hidden = vectors
    if head.w1.shape[1]:
        hidden = graph.op("MatMul", vectors, graph.constant(head.w1, np.float64))
        hidden = graph.op("Add", hidden, graph.constant(head.b1, np.float64))
        hidden = graph.op({"tanh": "Tanh", "relu": "Relu", "sigmoid": "Sigmoid"}[head.activation], hidden)
    logits = graph.op("MatMul", hidden, graph.constant(head.w2, np.float64))
    logits = graph.op("Add", logits, graph.constant(head.b2, np.float64))
    if head.prior is not None and head.prior_strength is not None:
        opinion = head.prior_strength.astype(np.float64) * head.prior.astype(np.float64)
        logits = graph.op("Add", logits, graph.op("MatMul", vectors, graph.constant(opinion)))
    return graph.softmax(logits)


def _combined(graph: GraphBuilder, words: WordsOfTexts, classifier: CombinedPredictor) -> str:
    """Return the mixture of all members."""
    p, known = _by_vectors(graph, words, classifier.classifier_)
    if not classifier.members_:
        return p
    weights = list(classifier.weights_.values())
    total = graph.op("Mul", _logs(graph, p), graph.constant(weights[0]))
    for weight, (name, member) in zip(weights[1:], classifier.members_.items(), strict=True):
        terms = getattr(member, "terms_", None)
        if not isinstance(terms, Terms):
            raise ConfigError(
                f"the classifier was saved by version 0.1, whose member {name!r} has no ONNX graph: "
                "classify again"
            )
        fitted: Any = member
        judged = judged_by_terms(
            graph,
            words,
            terms,
            fitted.weights_,
            fitted.intercepts_,
            fitted.shares_,
            are_scaled=not fitted.has_ratios_,
            squares=fitted.squares_,
        )
        p = judged.probabilities
        if classifier.class_factors_ is not None and name != STUDENT:
            p = graph.op("Mul", p, graph.constant(classifier.class_factors_, np.float64))
            p = graph.op("Div", p, graph.op("ReduceSum", p, graph.constant([1]), keepdims=1))
        known = graph.op("Max", known, judged.are_known)
        total = graph.op("Add", total, graph.op("Mul", _logs(graph, p), graph.constant(weight)))
    p = graph.softmax(total)
    shares = classifier.classifier_.shares_
    if shares is None:
        return p
    has_words = graph.where_any(words.distinct_owners, known, words.n_texts)
    return graph.choose(has_words, p, graph.constant(shares[None], np.float64))


def _logs(graph: GraphBuilder, p: str) -> str:
    return graph.op("Log", graph.op("Max", p, graph.constant(float(np.finfo(np.float64).tiny))))
