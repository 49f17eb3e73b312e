"""onnxruntime as peer: a classifier's graph gives its probabilities, of any text."""

import json
import re

import numpy as np
import pytest

from textransfer import (
    CombinedClassifier,
    SentimentClassifier,
    TfidfBaseline,
    WordVectors,
    export_model,
    load_classifier,
)
from textransfer.errors import ConfigError
from textransfer.pretrain.pretraining import pretrain_vectors
from textransfer.sentiment.counted import CountedTexts
from textransfer.sentiment.encoder_classifier import EncoderClassifier
from textransfer.sentiment.student import Student
from textransfer.sentiment.terms import Terms
from textransfer.sentiment.word_classifier import WordClassifier
from textransfer.text.tokenizers.words import WordsTokenizer

onnxruntime = pytest.importorskip("onnxruntime")
pytest.importorskip("onnx")
pytestmark = pytest.mark.peer

GOOD = ["a", "warm", "gripping", "film", "with", "a", "fine", "cast", "and", "a", "wonderful", "story"]
BAD = ["a", "dull", "boring", "film", "with", "a", "poor", "plot", "and", "an", "awful", "story"]
ODD = ["", "zzyzx", "not a good film", "warmish gripping castlike", "Film FILM film", "👩\u200d💻 映画 naïve"]


def sentences(n, seed):
    random = np.random.default_rng(seed)
    labels = random.integers(2, size=n)
    words = (GOOD, BAD)
    return [" ".join(random.choice(words[label], random.integers(2, 9))) for label in labels], labels.tolist()


TEXTS, LABELS = sentences(40, 0)
NEW = [*sentences(60, 1)[0], *ODD]


@pytest.fixture(scope="module")
def vectors():
    corpus, _ = sentences(2200, 2)
    return pretrain_vectors(corpus, vector_size=8, epochs=2, n_jobs=1, ngrams="all", min_count=1)


def probabilities(folder, texts, words_of):
    session = onnxruntime.InferenceSession(folder / "model.onnx")
    words = [words_of(text) for text in texts]
    every = [word for own in words for word in own]
    characters = np.zeros((len(every), max(map(len, every), default=1)), np.int64)
    for row, word in enumerate(every):
        characters[row, : len(word)] = [ord(character) for character in word]
    owners = [number for number, own in enumerate(words) for _ in own]
    inputs = {
        "characters": characters,
        "texts": np.array(owners, np.int64),
        "n_texts": np.array([len(texts)], np.int64),
    }
    return session.run(["probabilities", "label"], inputs)


def assert_same(classifier, folder):
    export_model(classifier, "onnx", folder)
    cut = classifier.tokenizer_.tokenize
    p, labels = probabilities(folder, NEW, cut)
    np.testing.assert_allclose(p, classifier.predict_proba(NEW), atol=2e-6)
    assert labels.tolist() == [str(label) for label in classifier.predict(NEW)]
    for text in NEW[-8:]:  # alone, a text gets the same
        np.testing.assert_allclose(
            probabilities(folder, [text], cut)[0], classifier.predict_proba([text]), atol=2e-6
        )
    nothing, _ = probabilities(folder, ["", ""], cut)
    np.testing.assert_allclose(nothing, classifier.predict_proba(["", ""]), atol=2e-6)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"encoder": "mean", "phrases": False},
        {"encoder": "centered", "phrases": False},
        {"hidden_size": 0},
        {"activation": "relu"},
        {"activation": "sigmoid"},
        {"fine_tune": True, "epochs": 3, "phrases": False},
        {"seed_words": {"0": "warm fine", "1": "dull awful"}},
    ],
    ids=str,
)
def test_classifiers_over_vectors(vectors, tmp_path, settings):
    assert vectors.ngrams is not None
    assert vectors.phrases is not None
    labels = [str(label) for label in LABELS]
    assert_same(SentimentClassifier(vectors, **settings).fit(TEXTS, labels), tmp_path / "x")


def test_random_vectors_and_many_classes(tmp_path):
    labels = [f"class {n % 7}" for n in range(len(TEXTS))]
    assert_same(SentimentClassifier(epochs=3).fit(TEXTS, labels), tmp_path / "x")


@pytest.mark.parametrize("are_long", [False, True])
def test_classifiers_with_words_pieces_and_a_student(vectors, tmp_path, are_long):
    # Long texts have no pieces, and their terms are summed as they are.
    texts = [f"{text} {' '.join(f'w{row}x{n}' for n in range(70))}" for row, text in enumerate(TEXTS)]
    texts = texts if are_long else TEXTS
    classifier = CombinedClassifier(vectors).fit(texts, LABELS)
    assert "words" in classifier.members_
    assert bool(classifier.members_["words"].terms_.pieces) != are_long
    assert_same(classifier, tmp_path / "x")
    words = [classifier.tokenizer_.tokenize(text) for text in NEW]
    terms = Terms.of(CountedTexts.of(words), 2, has_pieces=False)
    weights = np.random.default_rng(0).normal(size=(len(terms), 2))
    shares = classifier.classifier_.shares_
    classifier.members_["student"] = Student().take(
        shares, terms, weights, np.array([0.1, -0.1]), has_ratios=True
    )
    classifier.weights_ = {**classifier.weights_, "student": 0.5}
    assert_same(classifier, tmp_path / "y")


def test_pairs_that_are_none_count_beside_many_labels(vectors, tmp_path):
    classifier = CombinedClassifier(vectors).fit(TEXTS, LABELS)
    words = WordClassifier(classifier.tokenizer_).fit(TEXTS * 26, LABELS * 26)
    assert words.terms_.rarest_pair > 0
    classifier.members_["words"] = words
    assert_same(classifier, tmp_path / "x")


@pytest.mark.parametrize("has_squares", [False, True])
def test_triples_and_texts_at_unit_length(vectors, tmp_path, has_squares):
    classifier = CombinedClassifier(vectors).fit(TEXTS, LABELS)
    words = [classifier.tokenizer_.tokenize(text) for text in NEW]
    terms = Terms.of(CountedTexts.of(words), 1, has_pieces=False, has_triples=True)
    assert len(terms.triples) > 20
    random = np.random.default_rng(0)
    squares = random.random(len(terms)) ** 4 if has_squares else None
    weights = random.normal(size=(len(terms), 2))
    shares = classifier.classifier_.shares_
    student = Student().take(shares, terms, weights, np.array([0.1, -0.1]), has_ratios=True, squares=squares)
    classifier.members_ = {"student": student}
    classifier.weights_ = {"vectors": 0.1, "student": 0.9}
    assert_same(classifier, tmp_path / "x")
    # A word alone, two of them, and triples across the borders of texts and within.
    for texts in (
        ["film"],
        ["film", "film film"],
        ["a dull", "boring film with", "a", "fine cast and a fine cast and"],
    ):
        p, _ = probabilities(tmp_path / "x", texts, classifier.tokenizer_.tokenize)
        np.testing.assert_allclose(p, classifier.predict_proba(texts), atol=1e-6)


HOSTILE = [
    " \t\n",
    "\U0001f600\U0001f469\u200d\U0001f4bb\U0001f44d\U0001f3fd",
    "1\ufe0f\u20e3 \U0001f1e9\U0001f1ea\U0001f1eb",
    "\ud55c\uae00 \u3131\u314f \u3164 \u1112\u1161\u11ab",
    "a\u0301\u0323 \u0301film fi\u200blm f\u00adilm \u202efilm\u202c",
    "\u0e20\u0e32\u0e29\u0e32\u0e44\u0e17\u0e22\u0e14\u0e35",
    "\u0645\u064f\u062d\u064e\u0645\u064e\u0651\u062f \u062c\u0640\u0640\u064a\u062f",
    "<b>not</b> a warm<br/>film <script>x</script> &amp; &nbsp;",
    "film\x00fine\x07\x1b[0m \ufeffwarm \u2028dull",
    "\u0130stanbul I \u03a3\u0391\u03a3 \ufb01lm \u00bd \U0001d4ef\U0001d4f2",
    "film " + "x" * 4000,
    "not " * 300 + "warm",
    "a warm film not dull " * 4762,
    "\U000f0000 \ue000 \U0010ffff",
]


@pytest.mark.parametrize("kind", ["english", "three classes", "japanese", "subword"])
def test_hostile_texts_by_the_tokenizer_of_the_folder(vectors, tmp_path, kind):
    tokenizers = pytest.importorskip("tokenizers")
    labels = [n % 3 for n in range(len(TEXTS))] if kind == "three classes" else LABELS
    if kind in {"japanese", "subword"}:
        settings = {"tokenizer": kind, "vector_size": 8, "epochs": 2, "n_jobs": 1, "min_count": 1}
        vectors = pretrain_vectors(sentences(2200, 2)[0], **settings)
    classifier = CombinedClassifier(vectors).fit(TEXTS, labels)
    export = export_model(classifier, "onnx", tmp_path / "x")
    cut = classifier.tokenizer_.tokenize
    assert bool(export.notes) == (kind in {"japanese", "subword"})
    if not export.notes:
        normalizer = tokenizers.Tokenizer.from_file(str(tmp_path / "x" / "tokenizer.json")).normalizer

        def cut(text):
            return normalizer.normalize_str(text).split()

    for text in HOSTILE if kind == "english" else sorted(HOSTILE, key=len)[:-1]:
        p, _ = probabilities(tmp_path / "x", [text], cut)
        np.testing.assert_allclose(p, classifier.predict_proba([text]), atol=1e-5, err_msg=ascii(text[:50]))


def test_a_saved_folder_and_the_lines_of_the_card(vectors, tmp_path, monkeypatch):
    pytest.importorskip("tokenizers")
    SentimentClassifier(vectors).fit(TEXTS, LABELS).save(tmp_path / "classifier")
    export = export_model(tmp_path / "classifier", "onnx", tmp_path / "onnx")
    assert export.notes == ()
    card = (tmp_path / "onnx" / "README.md").read_text(encoding="utf-8")
    (lines,) = re.findall(r"```python\n(.*?)```", card, re.S)
    names = {}
    exec(compile(lines.replace("FOLDER", str(tmp_path / "onnx")), "README.md", "exec"), names)
    record = json.loads((tmp_path / "onnx" / "examples.json").read_text(encoding="utf-8"))
    assert len(record["examples"]) >= 5
    assert names["probabilities"](["a warm film"]).shape == (1, 2)


@pytest.mark.parametrize("n_classes", [2, 3])
def test_classifiers_over_tfidf(tmp_path, n_classes):
    labels = [f"class {n % n_classes}" for n in range(len(TEXTS))]
    classifier = TfidfBaseline(WordsTokenizer()).fit(TEXTS, labels)
    assert_same(classifier, tmp_path / "x")
    assert_same(load_classifier(classifier.save(tmp_path / "saved")), tmp_path / "y")
    assert_same(TfidfBaseline(WordsTokenizer()).fit(["?", "!"] * 3, ["a", "b"] * 3), tmp_path / "z")


def test_what_has_no_graph_is_refused(tmp_path):
    encoder = EncoderClassifier.__new__(EncoderClassifier)
    encoder.classes_ = np.array(["a", "b"])
    with pytest.raises(ConfigError, match="expected one over word vectors or TF-IDF"):
        export_model(encoder, "onnx", tmp_path / "x")
    halved = SentimentClassifier(epochs=1).fit(TEXTS, ["\ud800" if label else "b" for label in LABELS])
    with pytest.raises(ConfigError, match="half a character.*expected none of that in names of classes"):
        export_model(halved, "onnx", tmp_path / "x")
    assert not (tmp_path / "x").exists()
    bare = WordVectors(["warm"], [[1.0, 2.0]])
    with pytest.raises(ConfigError, match="is for classifiers"):
        export_model(bare, "onnx", tmp_path / "x")
