from collections import Counter
from collections.abc import Iterable, Iterator

import numpy as np
import pytest
from reviews import labelled, word_vectors

from textransfer.errors import ConfigError, CorpusError
from textransfer.sentiment.baselines import MajorityBaseline
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.combined import CombinedClassifier
from textransfer.sentiment.sentences.texts import check_texts
from textransfer.sentiment.sentences.transformers import MeanEncoder, SIFEncoder
from textransfer.sentiment.tfidf import TfidfBaseline
from textransfer.text.tokenizers.words import WordsTokenizer

VECTORS = word_vectors()
WORDS = WordsTokenizer()
MAKERS = {
    "frozen": lambda tokenizer: SentimentClassifier(VECTORS, tokenizer=tokenizer),
    "fine-tuned": lambda tokenizer: SentimentClassifier(
        VECTORS, tokenizer=tokenizer, fine_tune=True, epochs=5
    ),
    "random vectors": lambda tokenizer: SentimentClassifier(tokenizer=tokenizer, vector_size=4, epochs=5),
    "combined": lambda tokenizer: CombinedClassifier(VECTORS, tokenizer=tokenizer),
    "TF-IDF": lambda tokenizer: TfidfBaseline(tokenizer),
    "majority": lambda tokenizer: MajorityBaseline(),
}
ENCODERS = {"mean": MeanEncoder(VECTORS), "SIF": SIFEncoder(VECTORS)}
TEXTS, LABELS = labelled(8)
CUT = [text.split() for text in TEXTS]


class Column:
    """Values as pandas gives them: with a shape, and an index that does not start at 0."""

    def __init__(self, values: list) -> None:
        self._values, self.shape = values, (len(values),)

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator:
        return iter(self._values)

    def __getitem__(self, label: int) -> object:
        return {place + 5: value for place, value in enumerate(self._values)}[label]


class Frame(Column):
    """A table that does not tell its columns, and gives their names where it is gone through."""

    def __init__(self, values: list) -> None:
        super().__init__(values)
        self.shape = (len(values), 2)

    def __iter__(self) -> Iterator:
        return iter(["text", "label"])


class OneColumn:
    """A table of one column, as of pandas, polars and Arrow."""

    def __init__(self, values: list) -> None:
        self._values, self.columns, self.shape = values, ["text"], (len(values), 1)

    def __getitem__(self, name: str) -> Column:
        return {"text": Column(self._values)}[name]


def column_of(values: list) -> np.ndarray:
    array = np.empty(len(values), dtype=object)
    array[:] = values
    return array


TAKEN = {
    "tuple": lambda: tuple(TEXTS),
    "array": lambda: np.array(TEXTS),
    "array of objects": lambda: np.array(TEXTS, dtype=object),
    "NumPy's strings": lambda: [np.str_(text) for text in TEXTS],
    "column": lambda: Column(TEXTS),
    "column of an array": lambda: np.array(TEXTS)[:, None],
    "column of an array of objects": lambda: np.array(TEXTS, dtype=object)[:, None],
    "table of one column": lambda: OneColumn(TEXTS),
    "rows of one text": lambda: [[text] for text in TEXTS],
    "generator": lambda: (text for text in TEXTS),
    "values of a dictionary": lambda: dict(enumerate(TEXTS)).values(),
    "words": lambda: CUT,
    "tuples of words": lambda: tuple(tuple(words) for words in CUT),
    "lists and tuples of words": lambda: [CUT[0], *map(tuple, CUT[1:])],
    "array of lists of words": lambda: column_of(CUT),
    "column of lists of words": lambda: Column(CUT),
    "generator of lists of words": lambda: (words for words in CUT),
}
if hasattr(np.dtypes, "StringDType"):  # NumPy 2
    TAKEN["array of StringDType"] = lambda: np.array(TEXTS, dtype=np.dtypes.StringDType())
REFUSED = {
    "string": (lambda: TEXTS[0], "got a single text"),
    "bytes": (lambda: b"good film", "got a single text"),
    "bytearray": (lambda: bytearray(b"good film"), "got a single text"),
    "dictionary": (lambda: dict(enumerate(TEXTS)), "got a dict with 0, 1, 2.*expected a list of texts"),
    "set, which has no order": (lambda: set(TEXTS), "got a set, which has no order"),
    "frozen set": (lambda: frozenset(TEXTS), "got a frozenset, which has no order"),
    "None": (lambda: None, "got NoneType; expected a list of texts"),
    "number": (lambda: 7, "got int; expected a list of texts"),
    "array of two axes": (lambda: np.array(TEXTS).reshape(4, 2), r"got an array of shape \(4, 2\)"),
    "frame": (lambda: Frame(TEXTS), r"got an array of shape \(8, 2\)"),
    "array of no dimension": (lambda: np.array("good film"), r"got an array of shape \(\)"),
    "bytes inside": (lambda: [text.encode() for text in TEXTS], "text 0 is b.*expected a string or a list"),
    "words after texts": (lambda: [*TEXTS[:7], CUT[7]], r"text 7 is \[.*expected a string, as text 0 is"),
    "a text after words": (lambda: [*CUT[:7], TEXTS[7]], "text 7 is '.*expected a list of words, as text 0"),
    "a text after an empty list": (
        lambda: [[], *TEXTS[1:]],
        "text 1 is .*expected a list of words, as text",
    ),
    "None among words": (lambda: [*CUT[:7], ["a", None]], r"text 7 is \['a', None\]"),
    "None among the first words": (
        lambda: [["a", None], *CUT[1:]],
        "text 0 is .*a string or a list",
    ),
    "lists of lists": (lambda: [[words] for words in CUT], "text 0 is .*a string or a list"),
    "arrays of words": (lambda: [np.array(words) for words in CUT], "text 0 is array.*or a list of words"),
    "sets of words": (lambda: [set(words) for words in CUT], "text 0 is {.*a string or a list of words"),
    "generators of words": (lambda: [iter(words) for words in CUT], "text 0 is <.*or a list of words"),
}


class Counting(WordsTokenizer):
    """Counts how often each text is cut."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def tokenize(self, text: str) -> list[str]:
        self.counts[text] += 1
        return super().tokenize(text)

    def tokenize_many(self, texts: Iterable[str]) -> Iterator[list[str]]:
        return map(self.tokenize, texts)


def distinct(n: int, seed: int = 0) -> tuple[list[str], list[str]]:
    texts, labels = labelled(n, seed)
    return [f"{text} number{position}" for position, text in enumerate(texts)], labels


@pytest.mark.parametrize("kind", MAKERS)
def test_lists_of_words_give_what_texts_give(kind):
    texts, labels = labelled(120)
    tests, _ = labelled(12, seed=1)
    by_texts = MAKERS[kind](WORDS).fit(texts, labels)
    by_words = MAKERS[kind](WORDS).fit([WORDS.tokenize(text) for text in texts], labels)
    expected = by_texts.predict_proba(tests)
    np.testing.assert_array_equal(by_words.predict_proba(tests), expected)
    np.testing.assert_array_equal(by_words.predict_proba([WORDS.tokenize(text) for text in tests]), expected)


@pytest.mark.parametrize("kind", [kind for kind in MAKERS if kind != "majority"])
def test_a_fit_cuts_each_text_once(kind):
    tokenizer = Counting()
    texts, labels = distinct(120)
    MAKERS[kind](tokenizer).fit(texts, labels)
    assert tokenizer.counts == Counter(texts)


@pytest.mark.parametrize("kind", ["frozen", "combined", "TF-IDF"])
def test_a_prediction_cuts_each_text_once(kind):
    tokenizer = Counting()
    classifier = MAKERS[kind](tokenizer).fit(*distinct(120))
    tokenizer.counts.clear()
    texts, _ = distinct(10, seed=1)
    classifier.predict(texts)
    assert tokenizer.counts == Counter(texts)


@pytest.mark.parametrize("make", [SentimentClassifier, TfidfBaseline])
def test_fitted_on_words_without_a_tokenizer_it_takes_words_only(make, tmp_path):
    texts, labels = labelled(40)
    words = [text.split() for text in texts]
    classifier = make().fit(words, labels)
    assert (classifier.predict(words) == labels).mean() > 0.9
    with pytest.raises(ConfigError, match="the texts of fit were lists of words"):
        classifier.predict(texts)
    if make is SentimentClassifier:
        with pytest.raises(ConfigError, match="cannot be saved"):
            classifier.save(tmp_path / "classifier")
        assert not (tmp_path / "classifier").exists()


def test_an_encoder_takes_lists_of_words():
    texts, _ = labelled(5)
    encoder = MeanEncoder(VECTORS)
    np.testing.assert_array_equal(
        encoder.transform([text.split() for text in texts]), encoder.transform(texts)
    )


@pytest.mark.parametrize("form", TAKEN)
class TestOneMeaning:
    """However texts are handed over, every estimator sees the same ones."""

    @pytest.mark.parametrize("kind", MAKERS)
    def test_classifiers(self, kind, form):
        expected = MAKERS[kind](WORDS).fit(TEXTS, LABELS).predict_proba(TEXTS)
        classifier = MAKERS[kind](WORDS).fit(TAKEN[form](), LABELS)
        np.testing.assert_array_equal(classifier.predict_proba(TAKEN[form]()), expected)
        np.testing.assert_array_equal(classifier.predict(TAKEN[form]()), classifier.predict(TEXTS))

    @pytest.mark.parametrize("name", ENCODERS)
    def test_encoders(self, name, form):
        encoder = ENCODERS[name]
        np.testing.assert_array_equal(encoder.transform(TAKEN[form]()), encoder.transform(TEXTS))


@pytest.mark.parametrize("missing", [None, np.nan, float("nan"), np.datetime64("NaT")])
def test_a_missing_text_is_an_empty_one(missing):
    assert check_texts([*TEXTS[:7], missing]) == [*TEXTS[:7], ""]
    assert check_texts([missing, TEXTS[1]]) == ["", TEXTS[1]]


@pytest.mark.parametrize("form", REFUSED)
class TestOneRefusal:
    """What is neither texts nor lists of words is refused with the same words everywhere."""

    @pytest.mark.parametrize("kind", MAKERS)
    def test_classifiers(self, kind, form, fitted):
        make, complaint = REFUSED[form]
        with pytest.raises(CorpusError, match=complaint):
            MAKERS[kind](WORDS).fit(make(), LABELS)
        for call in (fitted[kind].predict, fitted[kind].predict_proba):
            with pytest.raises(CorpusError, match=complaint):
                call(make())

    @pytest.mark.parametrize("name", ENCODERS)
    def test_encoders(self, name, form):
        make, complaint = REFUSED[form]
        with pytest.raises(CorpusError, match=complaint):
            ENCODERS[name].transform(make())


@pytest.fixture(scope="module")
def fitted():
    return {kind: make(WORDS).fit(TEXTS, LABELS) for kind, make in MAKERS.items()}


@pytest.mark.parametrize("kind", MAKERS)
def test_of_no_texts_nothing_is_learned_and_nothing_said(kind, fitted):
    for nothing in ([], (), np.array([]), iter([])):
        with pytest.raises(CorpusError, match="got no texts"):
            MAKERS[kind](WORDS).fit(nothing, [])
    assert fitted[kind].predict_proba([]).shape == (0, 2)
    assert fitted[kind].predict(()).shape == (0,)


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.filterwarnings("ignore::textransfer.errors.TextransferWarning")
def test_an_empty_list_is_a_text_without_words(kind, fitted):
    expected = fitted[kind].predict_proba([""])
    np.testing.assert_array_equal(fitted[kind].predict_proba([[]]), expected)
    np.testing.assert_array_equal(fitted[kind].predict_proba([[], ["?"]])[0], expected[0])
    by_words = MAKERS[kind](WORDS).fit([[], *CUT[1:]], LABELS)
    by_texts = MAKERS[kind](WORDS).fit(["", *TEXTS[1:]], LABELS)
    np.testing.assert_array_equal(by_words.predict_proba(TEXTS), by_texts.predict_proba(TEXTS))


@pytest.mark.parametrize("name", ENCODERS)
def test_encoders_of_nothing(name):
    assert ENCODERS[name].transform([]).shape == (0, VECTORS.vector_size)
    assert not ENCODERS[name].transform([[]]).any()


def test_a_long_text_is_not_shown_in_full():
    with pytest.raises(CorpusError) as caught:
        check_texts([{"word": "x" * 500}])
    assert len(str(caught.value)) < 150
