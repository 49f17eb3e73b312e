"""The classifier over TF-IDF: what it learns, its folder, and what is refused."""

import json
import shutil
import warnings

import numpy as np
import pytest
from reviews import labelled, telling, word_vectors
from sklearn.base import clone
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from textransfer import SentimentClassifier, load_classifier
from textransfer.errors import FormatError, NotFittedError
from textransfer.sentiment.combined import CombinedClassifier
from textransfer.sentiment.tfidf import TfidfBaseline
from textransfer.text.tokenizers.words import WordsTokenizer

TEXTS, LABELS = labelled(60)
TEST_TEXTS, TEST_LABELS = labelled(40, seed=1)
THREE = [*LABELS[:40], *["other"] * 20]


class Characters:
    name = "characters"

    def tokenize(self, text):
        return list(text)

    def tokenize_many(self, texts):
        return map(self.tokenize, texts)

    def spec(self):
        return {"name": self.name}


@pytest.fixture
def folder(tmp_path):
    return TfidfBaseline(WordsTokenizer()).fit(TEXTS, THREE).save(tmp_path / "classifier")


def test_it_learns():
    assert TfidfBaseline().fit(TEXTS, LABELS).score(TEST_TEXTS, TEST_LABELS) > 0.9


@pytest.mark.parametrize("labels", [LABELS, THREE], ids=["two classes", "three"])
def test_it_is_what_scikit_learn_makes(labels):
    baseline = TfidfBaseline(WordsTokenizer(), calibrate=False).fit(TEXTS, labels)
    words = TfidfVectorizer(
        tokenizer=WordsTokenizer().tokenize, lowercase=False, token_pattern=None, sublinear_tf=True
    )
    regression = LogisticRegression(C=10.0, max_iter=1000).fit(words.fit_transform(TEXTS), labels)
    expected = regression.predict_proba(words.transform(TEST_TEXTS))
    np.testing.assert_allclose(baseline.predict_proba(TEST_TEXTS), expected, rtol=1e-9)


def test_it_uses_the_tokenizer_it_is_given():
    texts = ["良い", "悪い", "良かった", "悪かった"]
    baseline = TfidfBaseline(Characters()).fit(texts, [1, 0, 1, 0])
    assert baseline.predict(["良", "悪"]).tolist() == [1, 0]


def test_without_any_word_it_is_the_majority(tmp_path):
    baseline = TfidfBaseline(WordsTokenizer()).fit(["...", "!", "?"], [0, 1, 1])
    assert baseline.predict(["words", ""]).tolist() == [1, 1]
    loaded = TfidfBaseline.load(baseline.save(tmp_path / "classifier"))
    np.testing.assert_array_equal(loaded.predict_proba(["words", ""]), [[1 / 3, 2 / 3]] * 2)
    assert loaded.explain(["words"])[0].pieces == ()


def test_an_unknown_text_gets_the_shares_of_the_classes():
    baseline = TfidfBaseline().fit(TEXTS, THREE)
    np.testing.assert_allclose(baseline.predict_proba(["xyz", ""]), [[1 / 3, 1 / 3, 1 / 3]] * 2)
    known, unknown = baseline.known_shares([f"{TEXTS[0].split()[0]} xyz", "xyz"])
    assert (known, unknown) == (0.5, 0)


def test_many_classes_with_few_labels_each_need_no_warning():
    labels = [f"class {i // 2}" for i in range(len(TEXTS))]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(TfidfBaseline().fit(TEXTS[:41], labels[:40] + ["other"]).classes_) == 21
        assert len(TfidfBaseline().fit(TEXTS[:30], range(30)).classes_) == 30


def test_calibration_changes_how_sure_it_is_not_what_it_says():
    random = np.random.default_rng(0)
    other = {"good": "bad", "bad": "good"}
    noisy = [label if random.random() < 0.7 else other[label] for label in LABELS]
    plain = TfidfBaseline(calibrate=False).fit(TEXTS, noisy)
    calibrated = TfidfBaseline().fit(TEXTS, noisy)
    assert plain.out_of_fold_ is None
    assert calibrated.temperature_ > 1.05
    assert len(calibrated.out_of_fold_.means(60)) == 60
    p, q = plain.predict_proba(TEST_TEXTS), calibrated.predict_proba(TEST_TEXTS)
    assert (p.argmax(axis=1) == q.argmax(axis=1)).all()
    np.testing.assert_allclose(
        np.log(q / q[:, ::-1]), np.log(p / p[:, ::-1]) / calibrated.temperature_, rtol=1e-9
    )


def test_a_loaded_one_says_the_same_to_the_bit(folder):
    saved = TfidfBaseline(WordsTokenizer()).fit(TEXTS, THREE)
    loaded = TfidfBaseline.load(folder)
    np.testing.assert_array_equal(loaded.predict_proba(TEST_TEXTS), saved.predict_proba(TEST_TEXTS))
    assert (loaded.temperature_, loaded.n_parameters_) == (saved.temperature_, saved.n_parameters_)
    assert loaded.explain(["a good film"])[0].strongest(2) == saved.explain(["a good film"])[0].strongest(2)
    assert loaded.fit(TEXTS, LABELS).classes_.tolist() == sorted(set(LABELS))


def test_numbers_stay_labels_of_their_type(tmp_path):
    folder = TfidfBaseline(WordsTokenizer()).fit(TEXTS, np.arange(60) % 2).save(tmp_path / "numbers")
    assert TfidfBaseline.load(folder).predict(TEST_TEXTS).dtype.kind == "i"


@pytest.mark.parametrize("name", ["words.json", "words.safetensors", "tokenizer_spec.json", "config.json"])
def test_a_file_that_is_missing_or_cut_off_is_refused(folder, name):
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(FormatError, match=name):
        load_classifier(folder)
    (folder / name).unlink()
    with pytest.raises(FormatError, match="missing"):
        TfidfBaseline.load(folder)


def test_files_that_do_not_fit_together_are_refused(folder, tmp_path):
    other = TfidfBaseline(WordsTokenizer()).fit(TEXTS, LABELS).save(tmp_path / "other")
    shutil.copy(other / "words.safetensors", folder)
    with pytest.raises(FormatError, match="do not fit together"):
        load_classifier(folder)


@pytest.mark.parametrize(("value", "message"), [("forest", "of the kind 'forest'"), (["tfidf"], "kind")])
def test_a_kind_of_a_newer_release_is_refused(folder, value, message):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "kind": value}))
    with pytest.raises(FormatError, match=message):
        load_classifier(folder)


def test_each_class_reads_its_own_folders(folder, tmp_path):
    for kind in (SentimentClassifier, CombinedClassifier):
        with pytest.raises(FormatError, match="without word vectors.*load_classifier"):
            kind.load(folder)
    network = SentimentClassifier(tokenizer=WordsTokenizer(), epochs=2).fit(TEXTS, LABELS)
    with pytest.raises(FormatError, match="over word vectors.*load_classifier"):
        TfidfBaseline.load(network.save(tmp_path / "network"))
    with pytest.raises(NotFittedError):
        clone(TfidfBaseline()).save(tmp_path / "unfitted")


def test_the_words_of_a_combined_folder_are_missed(tmp_path):
    # A folder says what it is: without its words it is no classifier over vectors alone.
    folder = CombinedClassifier(word_vectors()).fit(*telling(120, 0)).save(tmp_path / "combined")
    for name in ("words.json", "words.safetensors"):
        (folder / name).unlink()
    with pytest.raises(FormatError, match=r"words\.json missing"):
        load_classifier(folder)
