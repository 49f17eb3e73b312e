"""The options that say how texts and tables are read, the same for every command that reads some."""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from textransfer.cli.inputs import INPUTS, check_inputs, kinds_of
from textransfer.config import BAD_ROWS, ENCODING, LABEL_COLUMN, TEXT_COLUMN, BadRows, InputFormat

if TYPE_CHECKING:
    from textransfer.text.reading.corpus import Corpus
    from textransfer.text.reading.labelled import LabelledTexts

Command = Callable[..., None]
_OTHER_FILES = ("similarity", "analogies")
"""Inputs of `evaluate` that are read in another way; the command sees to their options itself."""
_SAME = "the same"
_OF_TEST_FILES = re.compile("--(?=text-column|label-column)")
"""Where a message names an option that test files have for themselves."""


@dataclass(frozen=True)
class DataOptions:
    """How the inputs of a command are read; the fields are options of every command that `takes_data`."""

    text_column: Annotated[
        str, typer.Option(help="Column with the text, in tables and JSON lines; subject+body joins two.")
    ] = TEXT_COLUMN
    label_column: Annotated[str, typer.Option(help="Column with the label.")] = LABEL_COLUMN
    test_text_column: Annotated[
        str | None, typer.Option(help="Column with the text in the test files.", show_default=_SAME)
    ] = None
    test_label_column: Annotated[
        str | None, typer.Option(help="Column with the label in the test files.", show_default=_SAME)
    ] = None
    encoding: Annotated[
        str,
        typer.Option(
            help="Encoding of text files, such as utf-8, cp1252 or cp932; auto looks at their bytes."
        ),
    ] = ENCODING
    delimiter: Annotated[
        str | None,
        typer.Option(
            help="What separates fields: one character, or tab.", show_default="what the file shows"
        ),
    ] = None
    input_format: Annotated[
        str | None,
        typer.Option(
            help=f"What the inputs hold: {', '.join(get_args(InputFormat))}.",
            show_default="by ending; standard input: txt",
        ),
    ] = None
    sheet: Annotated[str | None, typer.Option(help="Sheet of an .xlsx file.", show_default="the first")] = (
        None
    )
    bad_rows: Annotated[
        str,
        typer.Option(
            help=f"Rows that cannot be read: {' or '.join(get_args(BadRows))}; those skipped are counted."
        ),
    ] = BAD_ROWS
    strip_markup: Annotated[
        bool, typer.Option("--strip-markup", help="Take HTML tags and entities out of the texts.")
    ] = False

    all_files: tuple[str, ...] = ()
    """Every input of the command; no option."""

    @property
    def settings(self) -> dict[str, Any]:
        """What reading takes as keywords, but for the columns."""
        names = ("encoding", "delimiter", "input_format", "sheet", "bad_rows", "strip_markup")
        settings = {name: getattr(self, name) for name in names}
        if self.delimiter is not None:
            settings["delimiter"] = CHARACTERS.get(self.delimiter, self.delimiter)
        return settings

    def settings_for(self, files: list[str]) -> dict[str, Any]:
        """Return the same for some of the inputs: what is said of others alone is left out."""
        from textransfer.text.reading.sources import kind_by_name

        settings = self.settings
        if all(map(kind_by_name, files)) and not all(map(kind_by_name, self.all_files)):
            settings["input_format"] = None
        kinds = kinds_of(files, settings["input_format"], "labeled", self.text_column)
        if not kinds & {".csv", ".tsv"}:
            settings["delimiter"] = None
        if ".xlsx" not in kinds:
            settings["sheet"] = None
        return settings

    def changed(self, *left_out: str) -> dict[str, Any]:
        """Return the options that are not as they are by default, but for some of the fields."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            f"--{name.replace('_', '-')}": value
            for name, value in values.items()
            if name not in (*left_out, "all_files") and value != getattr(DATA, name)
        }

    def corpus(self, files: list[str]) -> "Corpus":
        """Return documents without labels."""
        from textransfer.text.reading.corpus import Corpus

        return Corpus(files, text_column=self.text_column, **self.settings_for(files))

    def read(self, files: list[str], rows: str | None = None) -> "LabelledTexts":
        """Read labelled texts; `rows` chooses among them, as ``0:12500``."""
        return self._read(files, rows, self.text_column, self.label_column)

    def read_test(self, files: list[str], rows: str | None = None) -> "LabelledTexts":
        """Read the texts of test files, whose columns may have other names."""
        from textransfer.errors import CorpusError

        text_column = self.test_text_column or self.text_column
        try:
            return self._read(files, rows, text_column, self.test_label_column or self.label_column)
        except CorpusError as error:
            raise CorpusError(_OF_TEST_FILES.sub("--test-", str(error))) from error

    def _read(self, files: list[str], rows: str | None, text: str, label: str) -> "LabelledTexts":
        from textransfer.text.reading.labelled import parse_rows, read_labelled

        slice_of_rows = parse_rows(rows) if rows else None
        settings = self.settings_for(files)
        return read_labelled(files, text_column=text, label_column=label, rows=slice_of_rows, **settings)


CHARACTERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";"}
"""What a delimiter may be called."""
_CONTEXT = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
DATA = DataOptions()
"""What a command's parameter `data` is declared with."""


def takes_data(*, labels: bool = False, test: bool = False) -> Callable[[Command], Command]:
    """Give a command the options of `DataOptions` in the place of its parameter `data`.

    Parameters
    ----------
    labels, test : bool, default=False
        Whether it reads labels, and whether it reads test files beside others.
    """
    left_out = ["label"] * (not labels) + ["test"] * (not test)

    def decorate(command: Command) -> Command:
        def call(context: typer.Context, **arguments: Any) -> None:  # noqa: ANN401 - whatever options it has
            options = {name: arguments.pop(name) for name in _names() if name in arguments}
            inputs = {name: arguments[name] for name in INPUTS if arguments.get(name)}
            if inputs or not any(arguments.get(name) for name in _OTHER_FILES):
                check_inputs(
                    _typed(context) & set(options), inputs, options["input_format"], options["text_column"]
                )
            if has_context:
                arguments["context"] = context
            command(**arguments, data=DataOptions(**options, all_files=tuple(sum(inputs.values(), []))))

        signature = inspect.signature(command, eval_str=True)
        has_context = "context" in signature.parameters
        parameters: list[inspect.Parameter] = [] if has_context else [_CONTEXT]
        for parameter in signature.parameters.values():
            parameters += _parameters(left_out) if parameter.name == "data" else [parameter]
        call.__name__, call.__doc__, call.__module__ = command.__name__, command.__doc__, command.__module__
        call.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]  # what typer reads
        call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
        return call

    return decorate


def _names() -> list[str]:
    return [field.name for field in fields(DataOptions) if field.name != "all_files"]


def _typed(context: typer.Context) -> set[str]:
    """Return the options that are on the command line, by the names of their fields."""
    sources = {name: context.get_parameter_source(name) for name in _names()}
    return {name for name, source in sources.items() if getattr(source, "name", "") == "COMMANDLINE"}


def _parameters(left_out: list[str]) -> list[inspect.Parameter]:
    return [
        inspect.Parameter(
            field.name, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=field.default, annotation=field.type
        )
        for field in fields(DataOptions)
        if field.name in _names() and not any(word in field.name for word in left_out)
    ]
