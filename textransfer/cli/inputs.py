"""Options about inputs that cannot act on any of them are refused, instead of being passed over."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from textransfer.config import TEXT_COLUMN

INPUTS = ("labeled", "test", "corpus", "documents", "input_files", "unlabeled")
"""What the parameters with input files are called in all commands."""
_LABELLED = ("labeled", "test")
_TABLES = {".csv", ".tsv", ".jsonl", ".parquet", ".xlsx"}
_ACT_ON = {
    "text_column": _TABLES,
    "label_column": _TABLES,
    "bad_rows": _TABLES,
    "delimiter": {".csv", ".tsv"},
    "sheet": {".xlsx"},
    "encoding": {".txt", ".csv", ".tsv", ".jsonl"},
}


def check_inputs(
    typed: Iterable[str],
    inputs: Mapping[str, list[str]],
    input_format: str | None,
    text_column: str,
) -> None:
    """Refuse options that cannot act.

    Parameters
    ----------
    typed : iterable of str
        Names of the options of `DataOptions` that are on the line.
    inputs : mapping of str to list of str
        The files of each parameter of `INPUTS` that has some.
    input_format : str, optional
        What was said of them.
    text_column : str
        Which column is wanted.

    Raises
    ------
    ConfigError
        For the first option that cannot.
    """
    from textransfer.errors import ConfigError

    names = sorted(typed)
    if names and not inputs:
        raise ConfigError(f"{_option(names[0])} is about input files, but there are none; leave it out")
    everything = [file for files in inputs.values() for file in files]
    if everything.count("-") > 1:
        raise ConfigError("- stands for standard input and can be read only once; give it once")
    kinds = set().union(*(kinds_of(files, input_format, name, text_column) for name, files in inputs.items()))
    for name in names:
        if name.startswith("test_") and "test" not in inputs:
            raise ConfigError(f"{_option(name)} is about test files, but there are none; give --test too")
        if name == "bad_rows" and inputs.get("input_files") == ["-"]:
            continue  # lines that cannot be decoded, where they are answered one by one
        if name in _ACT_ON and not kinds & _ACT_ON[name]:
            raise ConfigError(
                f"{_option(name)} cannot act: no input is {' or '.join(sorted(_ACT_ON[name]))} (standard "
                "input is plain text unless --input-format says otherwise); leave it out"
            )


def kinds_of(
    files: Iterable[str], input_format: str | None, parameter: str = "", text_column: str = TEXT_COLUMN
) -> set[str]:
    """Return the kinds that some inputs may be of, as far as names tell."""
    from textransfer.text.reading.sources import KINDS, kind_by_name

    files = list(files)
    kinds: set[str] = set()
    is_for_all = all(map(kind_by_name, files))
    for file in files:
        kind = kind_by_name(file)
        if input_format is not None and (is_for_all or kind is None) and not Path(file).is_dir():
            kinds.add(f".{input_format}")
        elif kind is not None:
            kinds.add(kind)
        elif file == "-":
            kinds.add(".txt")
        elif not Path(file).is_file() or parameter in _LABELLED:
            kinds |= set(KINDS)  # a folder, a pattern, a pipe, or what may be a table
        else:
            kinds.add(_kind_of_text(file, text_column))
    return kinds


def _kind_of_text(file: str, text_column: str) -> str:
    """Return what a file is whose name does not tell: a text, or a table as Excel writes it to .txt files."""
    from textransfer.errors import CorpusError
    from textransfer.text.reading.changes import stamp_of
    from textransfer.text.reading.findings import Findings
    from textransfer.text.reading.readers import look_at
    from textransfer.text.reading.settings import ReadingSettings
    from textransfer.text.reading.sources import Source

    with suppress(CorpusError, OSError):
        source = Source(Path(file), ".txt", file, stamp_of(Path(file)))
        return look_at(source, ReadingSettings(text_column), Findings()).kind
    return ".txt"


def _option(name: str) -> str:
    return "--" + name.replace("_", "-")
