"""Settings: what is refused, what is filled in, what a file may hold."""

import json
from dataclasses import FrozenInstanceError, fields
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from textransfer.config import SIZE_RULES, Checkpoints, ClassifierConfig, PretrainConfig, TokenizerConfig
from textransfer.errors import ConfigError
from textransfer.presets import PRETRAIN_PRESETS, read_settings

GROUPS = [TokenizerConfig, PretrainConfig, ClassifierConfig]


@pytest.mark.parametrize("group", GROUPS)
def test_defaults_are_within_their_own_ranges(group):
    assert group().problems() == []


@pytest.mark.parametrize(
    ("name", "lowest", "below"),
    [
        ("vector_size", 1, 0),
        ("window", 1, 0),
        ("epochs", 1, 0),
        ("max_steps", 1, 0),
        ("min_count", 1, 0),
        ("max_vocab_size", 1, 0),
        ("max_scan_words", 1000, 999),
        ("sample", 0, -1e-9),
        ("negative", 1, 0),
        ("ns_exponent", -5, -5.1),
        ("min_learning_rate", 0, -0.1),
        ("batch_size", 1, 0),
        ("n_jobs", -4096, -4097),
    ],
)
def test_each_range_ends_where_it_says(name, lowest, below):
    assert getattr(PretrainConfig(**{name: lowest}), name) == lowest
    with pytest.raises(ConfigError, match=f"{name} is {below}"):
        PretrainConfig(**{name: below})


def test_a_learning_rate_of_zero_is_refused_but_a_final_one_is_not():
    with pytest.raises(ConfigError, match="learning_rate is 0; expected a number above 0"):
        PretrainConfig(learning_rate=0, min_learning_rate=0)
    assert PretrainConfig(min_learning_rate=0).min_learning_rate == 0


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "0.3", True, [0.3], None])
def test_only_finite_numbers_are_numbers(value):
    with pytest.raises(ConfigError, match="learning_rate is"):
        ClassifierConfig(learning_rate=value)


def test_a_number_beyond_all_floats_is_out_of_range():
    for value in (Fraction(10**400), -Fraction(10**400), 10**400):
        with pytest.raises(ConfigError, match="learning_rate is"):
            ClassifierConfig(learning_rate=value)


@pytest.mark.parametrize("value", [("a",), (1, 2), [("a", 1), "b"]])
def test_weights_of_labels_are_pairs(value):
    with pytest.raises(ConfigError, match="class_weight is"):
        ClassifierConfig(class_weight=value)


def test_a_place_is_a_path():
    assert Checkpoints("run").path == Path("run")
    for value in (3, None, "", ["run"]):
        with pytest.raises(ConfigError, match="path is"):
            Checkpoints(value)


@pytest.mark.parametrize("value", [10.0, 2.5, "10", True])
def test_only_whole_numbers_count(value):
    with pytest.raises(ConfigError, match="window is .*expected a whole number"):
        PretrainConfig(window=value)


def test_only_open_settings_may_be_none():
    assert PretrainConfig(window=None).window is None
    with pytest.raises(ConfigError, match="negative is None"):
        PretrainConfig(negative=None)


@pytest.mark.parametrize("group", GROUPS)
def test_every_truth_value_refuses_text(group):
    flags = [field.name for field in fields(group) if field.type is bool]
    assert flags
    for name in flags:
        with pytest.raises(ConfigError, match=f"{name} is 'no'; expected true or false"):
            group(**{name: "no"})


def test_all_problems_are_reported_at_once():
    with pytest.raises(ConfigError) as caught:
        PretrainConfig(window=0, objective="glove", learning_rate=-1, device=3)
    for complaint in ("window is 0", "objective is 'glove'", "learning_rate is -1", "device is 3"):
        assert complaint in str(caught.value)
    assert "sgns, nce" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_settings_that_contradict_each_other_are_refused():
    with pytest.raises(ConfigError, match="above learning_rate"):
        PretrainConfig(learning_rate=0.01, min_learning_rate=0.02)
    with pytest.raises(ConfigError, match="without replacement"):
        PretrainConfig(noise_replacement=False, noise_sharing="window")


def test_settings_cannot_be_changed_in_place():
    with pytest.raises(FrozenInstanceError):
        PretrainConfig().window = 3


def test_override_replaces_what_is_given_and_checks_it():
    base = PretrainConfig(window=7, epochs=3)
    assert base.override(window=9, epochs=None) == PretrainConfig(window=9, epochs=3)
    assert base.window == 7
    with pytest.raises(ConfigError, match="window is 0"):
        base.override(window=0)
    with pytest.raises(ConfigError, match="unknown setting sise, windw; known are objective"):
        base.override(windw=3, sise=2)


def test_override_can_give_false_and_zero():
    changed = PretrainConfig(sample=0.1).override(skip_hits=False, sample=0)
    assert changed.skip_hits is False
    assert changed.sample == 0


def test_resolve_fills_what_is_open_and_nothing_else():
    resolved = PretrainConfig(window=3, sample=0.0).resolve(5_000)
    assert (resolved.window, resolved.sample) == (3, 0.0)
    assert (resolved.vector_size, resolved.epochs, resolved.min_count) == (16, 200, 1)
    assert PretrainConfig().max_vocab_size is None is resolved.max_vocab_size


def test_resolve_changes_rule_exactly_at_the_bound():
    for rule, following in zip(SIZE_RULES, SIZE_RULES[1:], strict=False):
        assert PretrainConfig().resolve(rule.below - 1).vector_size == rule.vector_size
        assert PretrainConfig().resolve(rule.below).epochs == following.epochs
    assert PretrainConfig().resolve(10**12).epochs == SIZE_RULES[-1].epochs


def test_size_rules_are_valid_settings_in_rising_order():
    assert [rule.below for rule in SIZE_RULES] == sorted(rule.below for rule in SIZE_RULES)
    assert PretrainConfig().resolve(0).problems() == []


def test_the_article_is_the_article():
    tokenizer, pretrain = PRETRAIN_PRESETS["article"]
    assert (pretrain.vector_size, pretrain.objective, pretrain.max_steps) == (4, "nce", 10_001)
    assert (pretrain.noise, pretrain.noise_replacement, pretrain.min_count) == ("log-uniform", False, 1)
    assert tokenizer.stop_words == "auto"
    assert PRETRAIN_PRESETS["default"] == (TokenizerConfig(), PretrainConfig())


@pytest.mark.parametrize("group", GROUPS)
def test_settings_survive_json(group):
    assert group(**json.loads(json.dumps(group().to_dict()))) == group()


def test_numbers_of_numpy_are_accepted_and_saved_as_plain_ones():
    config = PretrainConfig(window=np.int64(4), learning_rate=np.float32(0.5))
    assert json.loads(json.dumps(config.to_dict()))["window"] == 4
    assert json.loads(json.dumps(config.to_dict()))["learning_rate"] == 0.5


def test_read_settings_of_toml_and_json(tmp_path):
    (tmp_path / "a.toml").write_text('window = 10\nobjective = "nce"\n')
    (tmp_path / "a.json").write_text('{"window": 10, "objective": "nce"}')
    expected = {"window": 10, "objective": "nce"}
    assert read_settings(tmp_path / "a.toml") == read_settings(tmp_path / "a.json") == expected
    assert PretrainConfig().override(**read_settings(tmp_path / "a.toml")).window == 10


@pytest.mark.parametrize(
    ("name", "content", "complaint"),
    [
        ("a.toml", b"window = ", "no valid settings file"),
        ("a.toml", b"window = '\xff'", "no valid settings file"),
        ("a.json", b"{", "no valid settings file"),
        ("a.json", b"[1]", "holds no table"),
    ],
)
def test_read_settings_says_what_is_wrong(tmp_path, name, content, complaint):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigError, match=complaint) as caught:
        read_settings(tmp_path / name)
    assert name in str(caught.value)


def test_read_settings_of_nothing(tmp_path):
    with pytest.raises(ConfigError, match="cannot read the settings file .*missing.toml"):
        read_settings(tmp_path / "missing.toml")
    with pytest.raises(ConfigError, match="cannot read the settings file"):
        read_settings(tmp_path)


@pytest.mark.parametrize("strength", [1e300, 1.1e12])
def test_a_penalty_beyond_single_precision_is_refused(strength: float) -> None:
    with pytest.raises(ConfigError, match=r"l2 is .*; expected a number of at least 0 and at most 1e\+12"):
        ClassifierConfig(l2=strength)
    assert ClassifierConfig(l2=1e12).l2 == 1e12
