"""The ``textransfer`` program: its commands, and what a user sees when something is wrong.

Nothing heavy is loaded here: each command imports the library when it runs.
"""

import errno
import gc
import os
import sys
import warnings
from typing import Annotated, NoReturn, TextIO

import typer

from textransfer.cli import (
    advise,
    classify,
    curve,
    demo,
    experiment,
    fit_check,
    neighbors,
    predict,
    pretrain,
    suggest,
    update,
)
from textransfer.cli.console import is_first_process, spell_out_what_stdout_lacks
from textransfer.errors import PeerError, TextransferError, TextransferWarning
from textransfer.storage.spelling import writable
from textransfer.version import __version__

EXIT_PEER_LOST = 1
EXIT_USER_ERROR = 2
EXIT_INTERRUPTED = 130

app = typer.Typer(
    name="textransfer",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("pretrain")(pretrain.pretrain_command)
app.command("classify")(classify.classify_command)
app.command("curve")(curve.curve_command)
app.command("experiment")(experiment.experiment_command)
app.command("predict")(predict.predict_command)
app.command("suggest")(suggest.suggest_command)
app.command("fit-check")(fit_check.fit_check_command)
app.command("advise")(advise.advise_command)
app.command("neighbors")(neighbors.neighbors_command)
app.command("update")(update.update_command)
app.command("demo")(demo.demo_command)

_UsageError: type[Exception] = typer.BadParameter.__bases__[0]
_ClickException: type[Exception] = _UsageError.__bases__[0]


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        print(f"textransfer {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Learn word vectors from your own unlabelled text, then classify with few labels.

    Start: `textransfer demo`, or `textransfer pretrain reviews.txt` and then
    `textransfer classify --labeled few.csv`.
    """


def main() -> NoReturn:
    """Run the program and exit: 0 done, 2 the user's mistake in one line, 130 after Ctrl-C."""
    warnings.showwarning = _show_warning
    spell_out_what_stdout_lacks()
    try:
        code = app(standalone_mode=False)
        sys.stdout.flush()
    except PeerError as error:
        code = _complain(str(error), code=EXIT_PEER_LOST)
    except TextransferError as error:
        code = _complain(str(error)) if is_first_process() else EXIT_USER_ERROR
    except _ClickException as error:
        code = _complain(_usage_message(error))
    except (KeyboardInterrupt, typer.Abort):
        code = EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader of our output, such as head, has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except OSError as error:
        if error.filename is not None or error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EIO):
            raise
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = _complain(f"cannot write to standard output: {error.strerror}; free some space")
    if code == EXIT_INTERRUPTED and is_first_process():
        print("interrupted", file=sys.stderr)
    gc.freeze()  # the interpreter would otherwise search all of torch for cycles once more: half a second
    sys.exit(code if isinstance(code, int) else 0)


def _complain(message: str, *, code: int = EXIT_USER_ERROR) -> int:
    print("error: " + writable(" ".join(message.split())), file=sys.stderr, flush=True)
    return code


def _usage_message(error: Exception) -> str:
    """Put a parser's complaint into one line that also says where the options are listed."""
    message = getattr(error, "format_message", lambda: str(error))()
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "textransfer"
    return f"{message.rstrip('.')}; see: {command} --help"


def _show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Print our own warnings as one line; others as Python does."""
    if issubclass(category, TextransferWarning):
        if is_first_process():
            print(f"warning: {writable(str(message))}", file=sys.stderr)
    else:
        print(warnings.formatwarning(message, category, filename, lineno, line), end="", file=sys.stderr)
