"""What a further arm is made of: word vectors, or an encoder, in any form in which users have them."""

from collections.abc import Callable, Mapping
from pathlib import Path

import numpy.typing as npt

from textransfer.embeddings.keyed import are_keyed
from textransfer.embeddings.vectors import WordVectors
from textransfer.embeddings.vectors_like import VectorsLike, as_vectors
from textransfer.encoders.encoder import Encoder, encoder_of_function
from textransfer.encoders.recognising import recognised
from textransfer.errors import ConfigError, FormatError
from textransfer.storage.kinds import EMBEDDINGS
from textransfer.transfer.comparing.further import joined_name
from textransfer.transfer.comparing.results import FINE_TUNED, MAJORITY, SAVED_NAMES

ArmLike = VectorsLike | Encoder | Callable[[list[str]], npt.ArrayLike]
"""Word vectors in any form, the folder of an encoder, or a function from texts to an array (n, D)."""


def source_of(name: str, arm: ArmLike) -> WordVectors | Encoder:
    """Return what an arm is made of; nothing of an encoder is loaded yet.

    Raises
    ------
    ConfigError
        If it is something else.
    FormatError
        If a file or folder is of no known kind, or would have to run code or fetch files.
    """
    if isinstance(arm, Encoder):
        return arm
    if isinstance(arm, str | Path):
        path = Path(arm)
        if not path.exists():
            raise FormatError(
                f"there is no {path} for the arm {name!r}; expected a folder of an encoder or of word "
                "vectors, or a file of these: nothing is fetched, so download it first"
            )
        if path.is_dir() and not EMBEDDINGS.is_marked(path):
            return recognised(path)
        return as_vectors(path)
    if isinstance(arm, WordVectors) or are_keyed(arm):
        return as_vectors(arm)
    encode = getattr(arm, "encode", None)  # of a model that is loaded already
    function = encode if callable(encode) else arm
    if callable(function):
        return encoder_of_function(function)
    raise ConfigError(
        f"the arm {name!r} is a {type(arm).__name__}; expected word vectors, the path of some or of an "
        "encoder's folder, or a function from a list of texts to an array (n, D)"
    )


def sources_of(arms: Mapping[str, ArmLike]) -> dict[str, WordVectors | Encoder]:
    """Return what further arms are made of.

    Raises
    ------
    ConfigError
        If a name is empty or that of another arm, or an arm is something else; see `source_of`.
    """
    taken = {*SAVED_NAMES, *SAVED_NAMES.values(), FINE_TUNED, MAJORITY}
    for name in arms:
        if not name.strip() or name in taken or joined_name(name) in arms:
            raise ConfigError(
                f"an arm is to be named {name!r}; expected a name that no other arm has: not empty, none of "
                f"{', '.join(sorted(taken))}"
            )
    return {name: source_of(name, arm) for name, arm in arms.items()}
