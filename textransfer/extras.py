"""Import an optional dependency, or say which extra brings it."""

from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from textransfer.errors import MissingExtraError


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
        If it is not installed; the message carries the pip line.
    """
    try:
        return import_module(module)
    except ImportError as error:
        raise MissingExtraError(
            f"{purpose} needs the Python module {module!r}, which is not installed; "
            f'install it with: pip install "textransfer[{extra}]"'
        ) from error


def is_installed(module: str) -> bool:
    """Tell whether an optional module could be imported, without doing so."""
    return find_spec(module) is not None
