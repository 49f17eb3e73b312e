"""Help pages: plain text that fits the terminal, options in groups, no name cut, every default told."""

import inspect
import re
import shlex
import textwrap
from collections.abc import Iterable

import typer

from textransfer.cli.exits import MEANINGS
from textransfer.cli.groups import GROUPS, place_of

INDENT = "  "
WIDEST_NAME = 30
"""A longer name gets a line of its own."""
_EXAMPLE = re.compile(r"- `(?P<line>.+)`(?: \((?P<remark>.*)\))?$")

_CLOSING = (
    "Help on a command: `{0} COMMAND --help`. Results go to standard output; progress, warnings and errors "
    "go to standard error."
)
_TOGETHER = "\N{NO-BREAK SPACE}"
"""Stands for a blank at which no line is broken."""

Parameter = typer.core.TyperOption | typer.core.TyperArgument


def page(command: typer.core.TyperCommand | typer.core.TyperGroup, context: typer.Context, width: int) -> str:
    """Return the help page of a command, or of the program with all its commands."""
    shown = [
        parameter for parameter in command.get_params(context) if not getattr(parameter, "hidden", False)
    ]
    options = [option for option in shown if isinstance(option, typer.core.TyperOption)]
    arguments = [argument for argument in shown if isinstance(argument, typer.core.TyperArgument)]
    sections = {"Arguments": [(metavar(each), described(each)) for each in arguments]}
    if isinstance(command, typer.core.TyperGroup):
        sections["Commands"] = [(called, summary(each)) for called, each in command.commands.items()]
        sections["Options"] = [(spelled(option), described(option)) for option in options]
        sections["Exit codes"] = [(str(code), meaning) for code, meaning in MEANINGS.items()]
    else:
        for group in GROUPS:
            members = [option for option in options if place_of(long_name(option))[0] == group]
            sections[group] = [(spelled(option), described(option)) for option in members]
    usage = f"Usage: {_usage(command, context.command_path, arguments, options)}"
    parts = [
        "\n       ".join(_wrapped(usage, width - len("Usage: "))),
        _prose(command.help or "", width),
    ]
    parts += [f"{title}:\n{definitions(rows, width)}" for title, rows in sections.items() if rows]
    if isinstance(command, typer.core.TyperGroup):
        parts.append("\n".join(_wrapped(_CLOSING.format(context.command_path), width)))
    return "\n\n".join(parts) + "\n"


def summary(command: object) -> str:
    """Return the first paragraph of what a command says of itself."""
    text = inspect.cleandoc(getattr(command, "help", "") or "")
    return " ".join(text.split("\n\n")[0].split())


def long_name(option: Parameter) -> str:
    """Return the name of an option that tells most, as ``--labeled``."""
    return max(option.opts, key=len)


def metavar(parameter: Parameter) -> str:
    """Return what stands for a value: FILE for an option, CORPUS... for an argument."""
    if isinstance(parameter, typer.core.TyperOption):
        return place_of(long_name(parameter))[1]
    return (parameter.metavar or str(parameter.name)).upper() + ("..." if parameter.nargs != 1 else "")


def spelled(option: typer.core.TyperOption) -> str:
    """Return how an option is written: ``-l, --labeled FILE`` or ``--fine-tune / --frozen``."""
    names = ", ".join(sorted(option.opts, key=len))
    if option.secondary_opts:
        names += " / " + ", ".join(option.secondary_opts)
    return f"{names} {metavar(option)}".rstrip()


def described(parameter: Parameter) -> str:
    """Return what a parameter is for, with its default and its range in brackets."""
    facts = [default_of(parameter), range_of(parameter)]
    told = "; ".join(fact for fact in facts if fact).replace(" ", _TOGETHER)
    return f"{parameter.help or ''} [{told}]".strip() if told else parameter.help or ""


def default_of(parameter: Parameter) -> str:
    """Say what holds where a parameter is left out, or that it must be given."""
    if isinstance(parameter, typer.core.TyperOption) and (parameter.is_eager or not parameter.expose_value):
        return ""  # it acts at once
    if parameter.required:
        return "required"
    default: object = parameter.show_default
    if not isinstance(default, str):
        default = parameter.default
        if default is None or default in ((), []):
            default = "none"
        elif isinstance(default, bool) and isinstance(parameter, typer.core.TyperOption):
            default = _flag_in_words(parameter, is_on=default)
        elif isinstance(default, float):
            default = f"{default:g}"
    return f"default: {default}"


def _flag_in_words(option: typer.core.TyperOption, *, is_on: bool) -> str:
    if option.secondary_opts:
        return (option.opts if is_on else option.secondary_opts)[0].lstrip("-")
    return "on" if is_on else "off"


def range_of(parameter: Parameter) -> str:
    """Say between which numbers a value must lie, if the parser looks at that."""
    holder = parameter if hasattr(parameter, "min") else getattr(parameter, "type", None)
    least, most = getattr(holder, "min", None), getattr(holder, "max", None)
    if least is not None and most is not None:
        return f"{least} to {most}"
    if least is not None:
        return f"at least {least}"
    return "" if most is None else f"at most {most}"


def definitions(rows: Iterable[tuple[str, str]], width: int) -> str:
    """Lay out names with what they mean beside them, or below a long name."""
    rows = list(rows)
    short = [len(name) for name, _ in rows if len(name) <= WIDEST_NAME]
    column = min(max(short, default=0) + 2 * len(INDENT), width // 2)
    lines: list[str] = []
    for name, text in rows:
        meaning = _wrapped(text, width - column)
        if len(INDENT + name) + len(INDENT) > column:
            lines.append(INDENT + name)
        else:
            lines.append((INDENT + name).ljust(column) + (meaning[0] if meaning else ""))
            meaning = meaning[1:]
        lines += [" " * column + line for line in meaning]
    return "\n".join(line.rstrip() for line in lines)


def _usage(
    command: object,
    name: str,
    arguments: list[typer.core.TyperArgument],
    options: list[typer.core.TyperOption],
) -> str:
    if isinstance(command, typer.core.TyperGroup):
        return f"{name} [OPTIONS] COMMAND ..."
    words = [name]
    words += [metavar(each) if each.required else f"[{metavar(each)}]" for each in arguments]
    words += [f"{long_name(option)}{_TOGETHER}{metavar(option)}" for option in options if option.required]
    return " ".join([*words, "[OPTIONS]"])


def _prose(text: str, width: int) -> str:
    """Wrap paragraphs; a list of commands in backquotes becomes lines that can be copied."""
    parts: list[str] = []
    for paragraph in inspect.cleandoc(text).split("\n\n"):
        items = re.split(r"\n(?=- )", paragraph)
        if all(item.startswith("- ") for item in items):
            shown = "\n".join(_example(" ".join(item.split()), width) for item in items)
            is_headed = bool(parts) and parts[-1].endswith(":")
            parts[-1:] = [f"{parts[-1]}\n{shown}"] if is_headed else [*parts[-1:], shown]
        else:
            parts.append("\n".join(_wrapped(paragraph, width)))
    return "\n\n".join(parts)


def _example(item: str, width: int) -> str:
    """Write an example as a line for the shell, its remark behind it; a long one is broken at a backslash."""
    match = _EXAMPLE.match(item)
    if match is None:
        return textwrap.indent("\n".join(_wrapped(item, width - len(INDENT))), INDENT)
    words = _shell_words(match["line"])
    if match["remark"]:
        words.append(f"  # {match['remark']}")
    lines = [INDENT + words[0]]
    for word in words[1:]:
        if len(lines[-1]) + 1 + len(word) <= width - len(" \\"):
            lines[-1] += " " + word
        elif word.startswith("  # "):
            lines.append(INDENT + word.strip())
        else:
            lines[-1] += " \\"
            lines.append(2 * INDENT + INDENT + word)
    return "\n".join(lines)


def _shell_words(line: str) -> list[str]:
    """Cut a command at blanks outside of quotes, and keep an option together with its value."""
    lexer = shlex.shlex(line, posix=False, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters = True, ""
    words: list[str] = []
    for word in lexer:
        if words and re.fullmatch(r"--?[a-z][\w-]*", words[-1]) and not word.startswith("-"):
            words[-1] += " " + word
        else:
            words.append(word)
    return words


def _wrapped(text: str, width: int) -> list[str]:
    """Wrap at blanks alone, so that no option's name is cut at a hyphen."""
    words = re.sub(r"[ \n]+", " ", text.strip())
    if max(map(len, words.split(" "))) > width:
        words = words.replace(_TOGETHER, " ")
    lines = textwrap.wrap(words, width, break_long_words=False, break_on_hyphens=False)
    return [line.replace(_TOGETHER, " ") for line in lines]
