"""The options of further arms: name and place of each, and whether what they encode is kept."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from textransfer.embeddings.vectors import WordVectors
    from textransfer.encoders.encoder import Encoder
    from textransfer.transfer.comparing.results import Comparison

Arms = Annotated[
    list[str] | None,
    typer.Option(
        "--arm",
        help="Another source of transfer, as NAME=PATH: the folder of an encoder (sentence-transformers, "
        "model2vec, ONNX), or word vectors. Compared alone and together with the pretrained one; may be "
        "repeated.",
        show_default="none",
    ),
]
Cache = Annotated[
    bool,
    typer.Option("--cache/--no-cache", help="Whether to keep what encoders of arms give, for the next run."),
]


def parse_arms(arms: Sequence[str] | None) -> dict[str, "WordVectors | Encoder"]:
    """Return what arms are made of, by their names.

    ConfigError if one has no name or comes twice, FormatError if there is nothing or no encoder: before
    anything that takes long is read.
    """
    from textransfer.errors import ConfigError
    from textransfer.transfer.comparing.sources import sources_of

    places: dict[str, str] = {}
    for text in arms or ():
        name, equals, place = text.partition("=")
        name = name.strip()
        if not (equals and name and place):
            raise ConfigError(
                f"--arm is {text!r}; expected NAME=PATH, such as minilm=models/all-MiniLM-L6-v2"
            )
        if name in places:
            raise ConfigError(f"--arm {name!r} is given twice; give each arm a name of its own")
        places[name] = place
    return sources_of(places)


def cache_for(places: object, *, is_kept: bool) -> Path | None:
    """Return the folder for encoded texts; None without further arms, or if nothing is to be kept."""
    if not places or not is_kept:
        return None
    from textransfer.encoders.cache import default_cache

    return default_cache()


def further_lines(comparison: "Comparison") -> list[str]:
    """Write what a comparison says of further arms."""
    return [
        f"{'ARM' if number == 0 else '':9}{sentence}"
        for arm in comparison.further
        for number, sentence in enumerate(arm.sentences)
    ]
