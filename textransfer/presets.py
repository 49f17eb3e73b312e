"""Settings that go together: presets, settings files, what a run makes of both.

"article" is the toy example of "How to use deep learning when you have limited data" (2017).
"""

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from textransfer.config import ClassifierConfig, PretrainConfig, TokenizerConfig
from textransfer.errors import ConfigError

ARTICLE_CLASSIFIER = ClassifierConfig(
    encoder="mean",
    hidden_size=8,
    activation="sigmoid",
    solver="sgd",
    epochs=500,
    learning_rate=0.01,
    vector_learning_rate=0.01,
    l2=0.0,
    batch_size=1,
    standardize=False,
    early_stopping=False,
)
"""The head of the article. It states: plain mean, sigmoid, plain gradient descent at 0.01, a sentence at a
time, weights normal with deviation 0.1. It does not state hidden size and epochs: those are ours."""

ARTICLE_TOKENIZER = TokenizerConfig(stop_words="auto", keep_negations=False, negation="none")
ARTICLE_PRETRAIN = PretrainConfig(
    objective="nce",
    vector_size=4,
    window=5,
    epochs=10_001,
    max_steps=10_001,
    min_count=1,
    sample=0.0,
    negative=8,
    noise="log-uniform",
    noise_sharing="batch",
    noise_replacement=False,
    skip_hits=False,
    shrink_window=False,
    learning_rate=1.0,
    min_learning_rate=1.0,
    schedule="constant",
    batch_size=3,
    reduction="mean",
    initialization="article",
    ngrams="none",
    n_jobs=1,
)
"""The toy example of the article. It states: size 4, NCE loss, 10,001 steps, the initial distributions and
the removal of stop words. It does not state window, noise words, rate and batch size: those are ours, and
docs/article.md shows how little the outcome depends on them."""

PRETRAIN_PRESETS: Mapping[str, tuple[TokenizerConfig, PretrainConfig]] = MappingProxyType(
    {"default": (TokenizerConfig(), PretrainConfig()), "article": (ARTICLE_TOKENIZER, ARTICLE_PRETRAIN)}
)


def resolve_pretraining(
    preset: str, settings_file: Path | None, settings: Mapping[str, object]
) -> tuple[TokenizerConfig, PretrainConfig]:
    """Put preset, settings file and single settings together; the later wins, None counts as not given.

    Raises
    ------
    ConfigError
        If a name is unknown, or a value is none that the setting can have.
    """
    if preset not in PRETRAIN_PRESETS:
        raise ConfigError(f"preset is {preset!r}; expected one of {', '.join(PRETRAIN_PRESETS)}")
    tokenizer_config, pretrain_config = PRETRAIN_PRESETS[preset]
    values: dict[str, object] = {}
    if settings_file is not None:
        record = read_settings(settings_file)
        nested = record.get("settings", record)  # a saved config.json nests them
        values.update(nested if isinstance(nested, dict) else record)
    values.update({name: value for name, value in settings.items() if value is not None})
    known = {*TokenizerConfig.names(), *PretrainConfig.names()}
    unknown = sorted(set(values) - known)
    if unknown:
        raise ConfigError(f"unknown setting {', '.join(unknown)}; known are {', '.join(sorted(known))}")
    return (
        tokenizer_config.override(**{n: v for n, v in values.items() if n in TokenizerConfig.names()}),
        pretrain_config.override(**{n: v for n, v in values.items() if n in PretrainConfig.names()}),
    )


def read_settings(path: Path) -> dict[str, object]:
    """Read settings from a TOML file, or from the `config.json` that an earlier run saved.

    Raises
    ------
    ConfigError
        If the file is missing or not valid.
    """
    try:
        text = path.read_text(encoding="utf-8")
        settings = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
    except OSError as error:
        raise ConfigError(
            f"cannot read the settings file {path}: {error.strerror}; give a TOML file"
        ) from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} is no valid settings file: {error}; expected TOML or JSON") from error
    if not isinstance(settings, dict):
        raise ConfigError(f"{path} holds no table of settings; expected lines like: window = 10")
    return settings
