"""The defaults that ``--help`` shows are those of the settings, where they are written once."""

import inspect

import pytest
import typer

import textransfer
from textransfer.cli.app import app
from textransfer.config import Checkpoints, ClassifierConfig, Combining, PretrainConfig, TokenizerConfig

GROUPS = {
    "pretrain": (PretrainConfig, TokenizerConfig),
    "update": (PretrainConfig, TokenizerConfig),
    "classify": (ClassifierConfig, TokenizerConfig),
    "advise": (ClassifierConfig, TokenizerConfig),
}
AT_LEAST = {"pretrain": 20, "update": 7, "classify": 5, "advise": 1}
OTHERS = {
    "checkpoint_every": Checkpoints.minutes,
    "checkpoint_tokens": Checkpoints.tokens,
    "combine_words": Combining.words,
    "combine_frequent": Combining.frequent,
    "combine_rounds": Combining.rounds,
}
BY_THE_RUN = {"n_jobs"}
"""Settings with a value that means: chosen when the run starts."""


def parameters_of(command: str) -> list[typer.core.TyperOption]:
    return [
        parameter
        for parameter in typer.main.get_command(app).commands[command].params
        if isinstance(parameter, typer.core.TyperOption)
    ]


def shown(option: typer.core.TyperOption, value: object) -> str:
    """Return how a setting is written on the line."""
    if isinstance(value, bool):
        return (option.opts if value else option.secondary_opts)[0].lstrip("-")
    return str(value)


@pytest.mark.parametrize("command", GROUPS)
def test_every_default_shown_is_that_of_the_settings(command: str) -> None:
    n_compared = 0
    for option in parameters_of(command):
        defaults = [getattr(group, option.name) for group in GROUPS[command] if option.name in group.names()]
        if option.name in OTHERS:
            assert option.default == OTHERS[option.name], option.name
            n_compared += 1
        elif defaults:
            (default,) = defaults
            if option.default is not None:  # given or not is all the same
                assert option.default == default, option.name
                continue
            is_told = isinstance(option.show_default, str) and " " not in option.show_default
            if is_told and option.name not in BY_THE_RUN and option.show_default != "all":
                assert option.show_default == shown(option, default), option.name
                n_compared += 1
    assert n_compared >= AT_LEAST[command]


def test_open_settings_show_no_value() -> None:
    for option in parameters_of("pretrain"):
        if option.name in PretrainConfig.names() and getattr(PretrainConfig, option.name) is None:
            assert not any(character.isdigit() for character in str(option.show_default)) or (
                option.name == "batch_size"
            ), option.name


@pytest.mark.parametrize(
    ("command", "function", "names"),
    [
        ("classify", "classify", {"draws": "n_draws"}),
        ("curve", "learning_curve", {"draws": "n_draws"}),
        ("experiment", "experiment", {"draws": "n_draws", "n_labels": "n_labels", "variants": "n_variants"}),
        ("advise", "advise", {"draws": "n_draws"}),
        ("fit-check", "check_fit", {}),
        ("suggest", "suggest_texts", {}),
    ],
)
def test_a_command_and_its_function_have_the_same_defaults(command: str, function: str, names: dict) -> None:
    parameters = inspect.signature(getattr(textransfer, function)).parameters
    reading = inspect.signature(textransfer.read_labelled).parameters
    defaults = {option.name: option.default for option in parameters_of(command)}
    for option, name in {**names, "random_state": "random_state"}.items():
        assert defaults[option] == parameters[name].default, option
    for name in {"text_column", "label_column", "encoding"} & set(defaults):
        assert defaults[name] == reading[name].default, name
