import json
import shutil

import numpy as np
import pytest
from reviews import labelled, word_vectors
from safetensors.numpy import load_file, save_file

from textransfer.errors import ConfigError, FormatError, NotFittedError, OutputError
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.loading import load_classifier

TEXTS, LABELS = labelled(20)
NEW = [*labelled(30, seed=2)[0], "", "entirely unknown"]
FILES = ["config.json", "network.safetensors", "tokenizer_spec.json", "vocabulary.json"]


@pytest.fixture
def folder(tmp_path):
    return SentimentClassifier(word_vectors()).fit(TEXTS, LABELS).save(tmp_path / "classifier")


@pytest.mark.parametrize(
    "settings",
    [
        {"vectors": word_vectors()},
        {"vectors": word_vectors(), "encoder": "mean"},
        {},
        {"vectors": word_vectors(), "fine_tune": True, "activation": "relu", "hidden_size": 3},
    ],
)
def test_the_same_probabilities_to_the_bit(tmp_path, settings):
    saved = SentimentClassifier(**settings).fit(TEXTS, LABELS)
    saved.save(tmp_path / "classifier")
    loaded = SentimentClassifier.load(tmp_path / "classifier")
    np.testing.assert_array_equal(loaded.predict_proba(NEW), saved.predict_proba(NEW))
    np.testing.assert_array_equal(loaded.predict(NEW), saved.predict(NEW))
    assert loaded.n_epochs_ == saved.n_epochs_
    assert loaded.temperature_ == saved.temperature_
    assert loaded.out_of_fold_ is None
    assert loaded.hidden_size == saved.hidden_size
    loaded.save(tmp_path / "again")
    for name in FILES:
        assert (tmp_path / "again" / name).read_bytes() == (tmp_path / "classifier" / name).read_bytes()


@pytest.mark.parametrize(
    "labels", [[1, 2] * 10, [True, False] * 10, [1.0, 2.0] * 10, np.array(["a", "b"] * 10, dtype=object)]
)
def test_labels_keep_their_type(tmp_path, labels):
    saved = SentimentClassifier(word_vectors()).fit(TEXTS, labels)
    loaded = SentimentClassifier.load(saved.save(tmp_path / "classifier"))
    assert loaded.classes_.dtype == saved.classes_.dtype
    assert loaded.classes_.tolist() == saved.classes_.tolist()


@pytest.mark.parametrize("shares", [[0.5], [0.9, 0.9], [-1, 2], ["a", "b"], 0.5, [float("nan")] * 2])
def test_damaged_shares(folder, shares):
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps({**config, "shares": shares}))
    with pytest.raises(FormatError, match="do not fit together"):
        SentimentClassifier.load(folder)


def test_the_folder_holds_what_it_says(folder):
    assert sorted(path.name for path in folder.iterdir()) == FILES
    assert json.loads((folder / "config.json").read_text())["format_version"] == 1


def test_an_older_folder_is_replaced_only_by_force(folder):
    classifier = SentimentClassifier(word_vectors()).fit(TEXTS, LABELS)
    with pytest.raises(OutputError, match="exists"):
        classifier.save(folder)
    classifier.save(folder, force=True)


def test_a_loaded_classifier_is_not_fitted_without_its_vectors(folder):
    with pytest.raises(FormatError, match="embeddings"):
        SentimentClassifier.load(folder).fit(TEXTS, LABELS)


def test_saving_before_fitting(tmp_path):
    with pytest.raises(NotFittedError):
        SentimentClassifier().save(tmp_path / "classifier")
    assert not list(tmp_path.iterdir())


def test_a_tokenizer_that_cannot_be_saved_leaves_nothing_behind(tmp_path):
    class Letters:
        name = "letters"

        def tokenize(self, text):
            return text.split()

        def tokenize_many(self, texts):
            return map(self.tokenize, texts)

        def spec(self):
            return {"name": self}

    classifier = SentimentClassifier(word_vectors(), tokenizer=Letters()).fit(TEXTS, LABELS)
    with pytest.raises(ConfigError):
        classifier.save(tmp_path / "classifier")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", FILES)
def test_missing_or_truncated_files(folder, name):
    content = (folder / name).read_bytes()
    (folder / name).write_bytes(content[: len(content) // 2])
    with pytest.raises(FormatError, match=name):
        SentimentClassifier.load(folder)
    (folder / name).unlink()
    with pytest.raises(FormatError, match=f"{name} missing"):
        SentimentClassifier.load(folder)


def test_no_folder(tmp_path):
    (tmp_path / "file").touch()
    for name, what in (("absent", "there is no .*absent"), ("file", "file is a file")):
        with pytest.raises(FormatError, match=f"{what}; expected a folder that textransfer classify wrote"):
            SentimentClassifier.load(tmp_path / name)


def test_files_of_two_classifiers(folder, tmp_path):
    other = SentimentClassifier(word_vectors(size=9), hidden_size=4).fit(TEXTS[:4] * 2, [1, 2, 3, 4] * 2)
    other.save(tmp_path / "other")
    for name in ("config.json", "network.safetensors"):
        mixed = shutil.copytree(folder, tmp_path / f"mixed-{name}")
        shutil.copy(tmp_path / "other" / name, mixed / name)
        with pytest.raises(FormatError, match="do not fit together"):
            SentimentClassifier.load(mixed)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("vocabulary.json", {"words": ["one"]}),
        ("vocabulary.json", {"words": 3}),
        ("vocabulary.json", {"words": ["same"] * 22}),
        ("config.json", {"settings": {"epochs": 0}}),
        ("config.json", {"settings": {"unheard": 1}}),
        ("config.json", {"averaging": None}),
        ("config.json", {"classes": {"dtype": "<i8", "values": ["x", "y"]}}),
        ("config.json", {"format_version": 99}),
    ],
)
def test_damaged_records(folder, name, change):
    record = json.loads((folder / name).read_text())
    (folder / name).write_text(json.dumps({**record, **change}))
    with pytest.raises(FormatError):
        SentimentClassifier.load(folder)


@pytest.mark.parametrize("name", ["table", "word_weights", "center", "w1", "b2"])
def test_numbers_that_somebody_rounded_to_integers_are_refused(folder, name):
    tensors = load_file(folder / "network.safetensors")
    save_file({**tensors, name: tensors[name].astype(np.int32)}, folder / "network.safetensors")
    for load in (SentimentClassifier.load, load_classifier):
        with pytest.raises(FormatError, match=f"{name} is of int32; expected floating-point numbers"):
            load(folder)


@pytest.mark.parametrize("value", [None, [], "false", 1])
@pytest.mark.parametrize("entry", ["lowercase", "is_turkish", "marks_negation"])
def test_a_switch_of_the_tokenizer_that_is_neither_true_nor_false(folder, entry, value):
    path = folder / "tokenizer_spec.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), entry: value}))
    with pytest.raises(FormatError, match=f"{entry} is .*; expected true or false"):
        load_classifier(folder)
