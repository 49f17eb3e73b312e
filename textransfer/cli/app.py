"""The ``textransfer`` program: its commands, and what a user sees when something is wrong.

Nothing heavy is loaded here: each command imports the library when it runs.
"""

import errno
import gc
import re
import sys
from collections.abc import Iterable
from typing import Annotated, NoReturn

import typer

from textransfer.cli import (
    advise,
    classify,
    curve,
    demo,
    evaluate,
    experiment,
    export,
    fit_check,
    import_vectors,
    info,
    neighbors,
    predict,
    pretrain,
    serve,
    suggest,
    update,
)
from textransfer.cli.arguments import names_of, near_names
from textransfer.cli.commands import Command, Program, UsageError
from textransfer.cli.console import is_first_process, one_line, with_options
from textransfer.cli.exits import EXIT_DONE, EXIT_INTERRUPTED, EXIT_PEER_LOST, EXIT_USER_ERROR
from textransfer.cli.help import long_name, metavar
from textransfer.cli.notices import show_notices_on_lines
from textransfer.cli.streams import open_standard_streams, say, silence
from textransfer.errors import PeerError, TextransferError, TextransferWarning
from textransfer.extras import lacking
from textransfer.report.wording import shortened_path
from textransfer.version import __version__

app = typer.Typer(
    name="textransfer",
    cls=Program,
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
app.command("pretrain", cls=Command)(pretrain.pretrain_command)
app.command("classify", cls=Command)(classify.classify_command)
app.command("curve", cls=Command)(curve.curve_command)
app.command("experiment", cls=Command)(experiment.experiment_command)
app.command("predict", cls=Command)(predict.predict_command)
app.command("evaluate", cls=Command)(evaluate.evaluate_command)
app.command("suggest", cls=Command)(suggest.suggest_command)
app.command("fit-check", cls=Command)(fit_check.fit_check_command)
app.command("advise", cls=Command)(advise.advise_command)
app.command("neighbors", cls=Command)(neighbors.neighbors_command)
app.command("update", cls=Command)(update.update_command)
app.command("serve", cls=Command)(serve.serve_command)
app.command("export", cls=Command)(export.export_command)
app.command("import", cls=Command)(import_vectors.import_command)
app.command("info", cls=Command)(info.info_command)
app.command("demo", cls=Command)(demo.demo_command)

COLLECTED_AFTER = (10_000, 10, 10)
"""New objects after which the interpreter looks for cycles among them, and how often further: after 700, as
usual, it would search modules again and again while they are loaded."""
LONGEST_NAME = 200
"""Of a file, in a message."""
_ClickException: type[Exception] = UsageError.__bases__[0]
_UNWRITABLE = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EIO), "free some space"),
    errno.EBADF: "it is closed: leave it open, or redirect it to a file or to /dev/null",
}
"""Errors of standard output, and what to do."""
_SURROUNDINGS = {
    "failed to map segment|(cannot|can't) allocate memory|not enough memory|return without exception set": (
        "not enough memory ({}); give smaller numbers or fewer texts"
    ),
    "(open|find/load) shared object": "a library cannot be loaded ({}); free some memory, or install it anew",
    "start new thread|resource temporarily unavailable": (
        "the system allows no further thread or process ({}); raise the limit, or lower --n-jobs"
    ),
    "terminated abruptly|unexpectedly terminated": (
        "another process of the run was ended, as systems do where memory is short ({}); give --n-jobs 1"
    ),
    "home directory": "no home folder is known ({}); set HOME to one",
    "MPLCONFIGDIR": "{}",
}
"""What libraries say, in errors of many types, where the machine lacks something, and what we say."""


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        print(f"textransfer {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", "-V", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Learn word vectors from your own unlabelled text, then classify with few labels.

    Start: `textransfer demo`, or `textransfer pretrain reviews.txt` and then
    `textransfer classify --labeled few.csv`.
    """
    if context.invoked_subcommand is None:
        print(context.get_help())


def main() -> NoReturn:
    """Run the program and exit: 0 done, 2 the user's mistake in one line, 130 after Ctrl-C."""
    gc.set_threshold(*COLLECTED_AFTER)
    open_standard_streams()
    show_notices_on_lines()
    try:
        outcome = app(prog_name="textransfer", standalone_mode=False) or EXIT_DONE
        code = outcome if outcome == EXIT_INTERRUPTED else EXIT_USER_ERROR if outcome else EXIT_DONE
        sys.stdout.flush()
    except (KeyboardInterrupt, typer.Abort):
        code = EXIT_INTERRUPTED
    except (BrokenPipeError, SystemExit) as error:
        # The reader of our output, such as head, has had enough; typer ends with 1 then.
        if isinstance(error, SystemExit) and not isinstance(error.__context__, BrokenPipeError):
            raise
        silence(sys.stdout.fileno())
        code = EXIT_DONE
    except PeerError as error:
        code = _complain(str(error), code=EXIT_PEER_LOST)
    except Exception as error:
        message = _message_of(error)
        if message is None:
            raise
        is_told = is_first_process() or not isinstance(error, TextransferError)
        code = _complain(message) if is_told else EXIT_USER_ERROR
    if code == EXIT_INTERRUPTED and is_first_process():
        say("interrupted")
    gc.freeze()  # the interpreter would otherwise search all of torch for cycles once more: half a second
    sys.exit(code)


def _message_of(error: Exception) -> str | None:
    """Return what to say of an error that is no bug of ours, else None."""
    if isinstance(error, TextransferError | TextransferWarning):  # a warning under `python -W error`
        return str(error)
    if isinstance(error, _ClickException):
        return _usage_message(error)
    if isinstance(error, ModuleNotFoundError) and (message := lacking(error)):
        return message
    what = " ".join(str(error).split()).rstrip(".")
    if isinstance(error, MemoryError):
        return f"not enough memory ({what or 'none is left'}); give smaller numbers or fewer texts"
    if isinstance(error, (ImportError, OSError, RuntimeError, SystemError)):
        for pattern, message in _SURROUNDINGS.items():
            if re.search(pattern, what, re.IGNORECASE):
                return message.format(what)
    return _what_the_system_refused(error) if isinstance(error, OSError) else None


def _what_the_system_refused(error: OSError) -> str | None:
    """Say which file could not be used, or that standard output cannot be written, and let go of it then."""
    if error.filename is not None:
        return f"cannot use {shortened_path(str(error.filename), LONGEST_NAME)!r}: {error.strerror}"
    if error.errno not in _UNWRITABLE:
        return None
    silence(sys.stdout.fileno())
    return f"cannot write to standard output: {error.strerror}; {_UNWRITABLE[error.errno]}"


def _complain(message: str, *, code: int = EXIT_USER_ERROR) -> int:
    say("error: " + one_line(with_options(message)))
    return code


def _usage_message(error: Exception) -> str:
    """Put a parser's complaint into one line that also says where the options are listed."""
    message = getattr(error, "format_message", lambda: str(error))().rstrip(".")
    option, parameter = getattr(error, "option_name", None), getattr(error, "param", None)
    context = getattr(error, "ctx", None)
    if parameter is not None:  # one that must be given
        name = long_name(parameter) if parameter.param_type_name == "option" else ""
        message = f"missing {name} {metavar(parameter)}".replace("  ", " ")
    elif hasattr(error, "possibilities") and context is not None:
        message = f"no such option: {option}{_where_it_may_be(str(option), context.command.params)}"
    elif option is not None:
        message = message[0].lower() + message[1:]
    elif any(quote in message for quote in "\u201c\u201d\u2018\u2019"):
        message += "; a shell knows straight quotes alone"
    command = context.command_path if context is not None else "textransfer"
    return f"{message}{' See' if message.endswith('?') else '; see'}: {command} --help"


def _where_it_may_be(option: str, parameters: Iterable[object]) -> str:
    """Name the options that a mistyped one may stand for, or the commands that have it."""
    near = near_names(option, names_of(parameters))
    if near:
        return f"; did you mean {' or '.join(near)}?"
    program = typer.main.get_group(app)
    owners = [name for name, other in program.commands.items() if option in names_of(other.params)]
    return f"; it is an option of {', '.join(owners)}" if owners else ""
