"""A classifier over an encoder: fitted, saved, loaded; refused when the encoder is gone or has changed."""

import json
from dataclasses import replace

import numpy as np
import pytest

from textransfer.config import ClassifierConfig
from textransfer.encoders.encoder import Encoder, encoder_of_function
from textransfer.errors import ConfigError, FormatError
from textransfer.sentiment import encoder_folder
from textransfer.sentiment.encoder_classifier import EncoderClassifier
from textransfer.sentiment.loading import load_classifier

TEXTS = [f"{word} film {i}" for i in range(12) for word in ("good", "bad")]
LABELS = ["pos", "neg"] * 12
CONFIG = ClassifierConfig(epochs=30)


def telling(texts):
    return [[text.count("good") - text.count("bad"), 3.0, len(text) / 50] for text in texts]


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder that is recognised as an encoder by the content of its only file."""
    folder = tmp_path / "encoder"
    folder.mkdir()
    (folder / "weights").write_text("first", encoding="utf-8")

    def recognised(path):
        return Encoder("telling", lambda: telling, str(path), (path / "weights").read_text(encoding="utf-8"))

    monkeypatch.setattr(encoder_folder, "recognised", recognised)
    return recognised(folder)


def fitted(encoder, **settings):
    return EncoderClassifier(encoder, config=replace(CONFIG, **settings)).fit(TEXTS, LABELS)


def test_it_learns_and_is_calibrated(place):
    classifier = fitted(place)
    assert classifier.predict(["a good one", "a bad one"]).tolist() == ["pos", "neg"]
    assert classifier.out_of_fold_.probabilities.shape[1] == 2
    plain = fitted(place, calibrate=False)
    assert plain.temperature_ == 1 != classifier.temperature_
    logits = np.log(plain.predict_proba(TEXTS))
    tempered = np.exp(logits / classifier.temperature_)
    tempered /= tempered.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(classifier.predict_proba(TEXTS), tempered, atol=1e-4)


def test_it_comes_back_from_its_folder(place, tmp_path):
    classifier = fitted(place)
    classifier.save(tmp_path / "saved", records={"comparison.json": {"n": 1}})
    loaded = load_classifier(tmp_path / "saved")
    assert isinstance(loaded, EncoderClassifier)
    np.testing.assert_array_equal(loaded.predict_proba(TEXTS), classifier.predict_proba(TEXTS))
    assert loaded.known_shares(TEXTS[:2]).tolist() == [1, 1]
    assert loaded.document_vectors(TEXTS[:2]).shape == (2, 3)
    assert loaded.explain(TEXTS[:1])[0].pieces == ()
    assert loaded.predict_proba([]).shape == (0, 2)


def test_an_encoder_that_is_gone_or_has_changed_is_told(place, tmp_path):
    fitted(place).save(tmp_path / "saved")
    weights = tmp_path / "encoder" / "weights"
    weights.write_text("second", encoding="utf-8")
    with pytest.raises(FormatError, match="whose files have changed since"):
        load_classifier(tmp_path / "saved")
    weights.unlink()
    weights.parent.rmdir()
    with pytest.raises(FormatError, match="which is gone; expected it there"):
        load_classifier(tmp_path / "saved")


@pytest.mark.parametrize(
    ("key", "value"), [("scale", "x"), ("scale", float("nan")), ("classes", {}), ("encoder", {"path": 3})]
)
def test_a_damaged_folder_is_told(place, tmp_path, key, value):
    fitted(place).save(tmp_path / "saved")
    path = tmp_path / "saved" / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | {key: value}), encoding="utf-8")
    with pytest.raises(FormatError, match="do not fit together"):
        load_classifier(tmp_path / "saved")


def test_a_function_cannot_be_saved(tmp_path):
    with pytest.raises(ConfigError, match="is a function, which cannot be saved"):
        fitted(encoder_of_function(telling)).save(tmp_path / "saved")
    assert not (tmp_path / "saved").exists()


def test_words_are_no_texts(place):
    with pytest.raises(ConfigError, match="expected texts as strings"):
        fitted(place).predict([["good", "film"]])


def test_an_encoder_is_loaded_once(place):
    n_loaded = []

    def load():
        n_loaded.append(1)
        return telling

    classifier = fitted(replace(place, open=load))
    for text in TEXTS[:3]:
        classifier.predict([text])
    assert len(n_loaded) == 1


def test_a_path_is_recognised(place, monkeypatch):
    monkeypatch.setattr("textransfer.sentiment.encoder_classifier.recognised", lambda path: place)
    assert fitted(place.path).predict(["good"]).tolist() == ["pos"]
