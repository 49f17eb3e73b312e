"""Every exception and warning of the package, a sentence each.

A message says what was found, what was expected and what to do. Each class also inherits the standard
exception that a caller would expect, so that ``except ValueError`` keeps working.
"""


class TextransferError(Exception):
    """Base of all errors that the user can mend; the command line prints them as one line, exit code 2."""


class ConfigError(TextransferError, ValueError):
    """An option, or a combination of options, that cannot be obeyed."""


class CorpusError(TextransferError, ValueError):
    """A text or label file that cannot be read as what it was said to be."""


class FormatError(TextransferError, ValueError):
    """A saved file that is truncated, foreign, or of a version that this release does not know."""


class CheckpointError(TextransferError, RuntimeError):
    """A checkpoint that this run cannot go on from: of another text or other settings, or damaged."""


class PeerError(TextransferError, ConnectionError):
    """A run of several processes, one of which is gone."""


class UnknownWordError(TextransferError, KeyError):
    """A word that the vectors do not know; the message lists every such word, with near spellings."""

    def __str__(self) -> str:
        """Return the message as it is; KeyError would show its repr."""
        return str(self.args[0]) if self.args else ""


class OutputError(TextransferError, OSError):
    """An output that cannot be written: it exists already, the disk is full, or access is denied."""


class MissingExtraError(TextransferError, ImportError):
    """An optional dependency that is not installed, or cannot be loaded."""


class RequestError(TextransferError, ValueError):
    """A request that the server refuses; `status` is the code of HTTP that says why."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class NumericalError(TextransferError, ArithmeticError):
    """Training that left the finite numbers."""


class NotFittedError(TextransferError, ValueError, AttributeError):
    """An estimator used before ``fit``."""


class PeerNameError(ConfigError, TypeError):
    """A parameter under the name that another library has for it; the message tells ours."""


class TextransferWarning(UserWarning):
    """Something was skipped, unknown or replaced; said once a run, with a count."""
