"""Numbers, flags and strings of NumPy as settings: as if they were Python's, and saved as such."""

import json
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from reviews import labelled, word_vectors

from textransfer import (
    LabelledTexts,
    SentimentClassifier,
    SkipGram,
    check_fit,
    classify,
    learning_curve,
    pretrain_vectors,
    suggest_texts,
)
from textransfer.config import ClassifierConfig, Combining, PretrainConfig, TokenizerConfig
from textransfer.errors import ConfigError

TEXTS, LABELS = labelled(40)


def of_numpy(value: object) -> object:
    for kind, own in ((bool, np.bool_), (int, np.int64), (float, np.float64), (str, np.str_)):
        if isinstance(value, kind):
            return own(value)
    return value


@pytest.mark.parametrize("kind", [PretrainConfig, TokenizerConfig, ClassifierConfig, Combining])
def test_settings_are_pythons_own(kind: type) -> None:
    plain = kind()
    given = kind(**{field.name: of_numpy(getattr(plain, field.name)) for field in fields(kind)})
    assert given == plain
    assert json.dumps(given.to_dict()) == json.dumps(plain.to_dict())
    for field in fields(kind):
        assert type(getattr(given, field.name)) is type(getattr(plain, field.name))


def test_what_is_out_of_range_is_refused_all_the_same() -> None:
    with pytest.raises(ConfigError, match="window is 0; expected a whole number of at least 1"):
        PretrainConfig(window=np.int64(0))
    with pytest.raises(ConfigError, match="shuffle is 1; expected true or false"):
        PretrainConfig(shuffle=np.int64(1))
    with pytest.raises(ConfigError, match="epochs is 2.0; expected a whole number"):
        PretrainConfig(epochs=np.float32(2))


def test_estimators_and_functions_take_them(tmp_path: Path) -> None:
    given = {name: of_numpy(value) for name, value in SkipGram(vector_size=4, epochs=2).get_params().items()}
    vectors = SkipGram(**given).fit(TEXTS).vectors_
    np.testing.assert_array_equal(
        vectors.matrix, SkipGram(vector_size=4, epochs=2).fit(TEXTS).vectors_.matrix
    )
    vectors.save(tmp_path / "vectors")
    pretrain_vectors(TEXTS, tmp_path / "run", vector_size=np.int32(4), sample=np.float32(0.5), force=np.True_)
    assert json.loads((tmp_path / "run" / "config.json").read_text())["settings"]["sample"] == 0.5

    few = LabelledTexts(TEXTS, LABELS, "reviews")
    one, two = np.uint8(1), np.int64(2)
    vectors = word_vectors()
    SentimentClassifier(vectors, random_state=one, fine_tune=np.False_).fit(TEXTS, LABELS).save(
        tmp_path / "c"
    )
    classify(vectors, few, n_draws=two, random_state=one).save(tmp_path / "classifier")
    curve = learning_curve(vectors, few, few, budgets=[4, np.int64(8)], n_draws=two, random_state=one)
    json.dumps(curve.to_dict())
    assert len(suggest_texts(TEXTS, two, vectors=vectors, random_state=one)) == 2
    assert check_fit(vectors, few, random_state=one).threat == check_fit(vectors, few, random_state=1).threat
