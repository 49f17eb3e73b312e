"""Import an optional dependency, or say which extra brings it."""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from textransfer.errors import MissingExtraError

WHOLE = (
    "chardet",
    "gensim",
    "jinja2",
    "joblib",
    "llvmlite",
    "markupsafe",
    "matplotlib",
    "numba",
    "scipy",
    "sklearn",
    "threadpoolctl",
    "torch",
    "zstandard",
)
"""Modules that ``pip install textransfer`` brings, and predicting does without."""


def require(module: str, *, extra: str, purpose: str) -> ModuleType:
    """Import an optional module.

    Parameters
    ----------
    module : str
        Dotted name of the module.
    extra : str
        The extra of textransfer that installs it.
    purpose : str
        What needs it, as the subject of a sentence: ``"the Japanese tokenizer"``.

    Raises
    ------
    MissingExtraError
        If it is not installed, or cannot be loaded; the message carries the pip line.
    """
    try:
        return import_module(module)
    except ImportError as error:
        own = module.partition(".")[0]
        is_absent = isinstance(error, ModuleNotFoundError) and (error.name or "").partition(".")[0] == own
        if not is_absent:
            raise MissingExtraError(
                f"{purpose} needs the Python module {module!r}, which is installed but cannot be loaded "
                f"({error}); free some memory, or install it anew"
            ) from error
        raise MissingExtraError(
            f"{purpose} needs the Python module {module!r}, which is not installed; "
            f'install it with: pip install "textransfer[{extra}]"'
        ) from error


def lacking(error: ImportError) -> str | None:
    """Return what to say where a part of textransfer's usual installation is absent; None of other modules.

    An installation for predicting alone lacks them on purpose.
    """
    name = (error.name or "").partition(".")[0]
    if name not in WHOLE:
        return None
    return (
        f"this needs the Python module {name!r}, which an installation for predicting alone lacks; "
        "install all of textransfer with: pip install textransfer"
    )


def is_installed(module: str) -> bool:
    """Tell whether an optional module could be imported, without doing so."""
    return find_spec(module) is not None
