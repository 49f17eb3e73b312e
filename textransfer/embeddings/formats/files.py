"""The files that saved folders are made of: tensors in safetensors, records in JSON."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load, load_file, save_file

from textransfer.errors import ConfigError, FormatError
from textransfer.storage.kinds import EXPORT_RECORD
from textransfer.storage.links import check_inside
from textransfer.storage.mapping import cannot_map, mapped
from textransfer.storage.rights import give_mode
from textransfer.version import __version__

FORMAT_VERSION = 1
"""Version of the folders that this release writes; it reads all versions up to this one."""
_DTYPES = {"F16": "<f2", "F32": "<f4", "F64": "<f8", "BOOL": "?"}
_DTYPES |= {f"{kind}{8 * size}": f"<{kind.lower()}{size}" for kind in "IU" for size in (1, 2, 4, 8)}
"""Types of numbers, as safetensors and numpy call them; whoever reads a file says which it takes."""
TOKENIZER = "tokenizer_spec.json"
"""What rebuilds the tokenizer."""
_OLDER_TOKENIZER = "tokenizer.json"
"""Its name in folders of before: that of a file of Hugging Face, which it is not."""


def tokenizer_path(folder: Path) -> Path:
    """Return where the specification of the tokenizer lies in a folder, by the older name if there alone."""
    path, older = folder / TOKENIZER, folder / _OLDER_TOKENIZER
    return older if older.is_file() and not path.is_file() else path


def write_record(path: Path, record: Mapping[str, Any]) -> None:
    """Write a JSON object with its `format_version`; ConfigError if it holds what JSON cannot."""
    if "format_version" in record:
        raise ConfigError(f"{path.name} sets format_version itself; expected a record without it")
    versioned = {"format_version": FORMAT_VERSION, **record}
    try:
        text = json.dumps(versioned, ensure_ascii=False, allow_nan=False, indent=1)
    except (TypeError, ValueError) as error:
        raise ConfigError(f"{path.name} cannot be written: {error}; expected plain JSON values") from error
    try:
        content = text.encode("utf-8")
    except UnicodeEncodeError:  # half of a surrogate pair, which UTF-8 cannot express but JSON can escape
        content = json.dumps(versioned, allow_nan=False, indent=1).encode("ascii")
    path.write_bytes(content + b"\n")


def write_export_record(folder: Path, format_name: str, facts: Mapping[str, Any] | None = None) -> None:
    """Write what tells a folder for another program from one of that program's own, and how it was made."""
    made_by = {"textransfer_version": __version__, "format": format_name}
    write_record(folder / EXPORT_RECORD, {**made_by, **(facts or {})})


def read_record(path: Path) -> dict[str, Any]:
    """Read a JSON object that `write_record` wrote, without its `format_version`.

    Raises
    ------
    FormatError
        If it is missing, truncated, no JSON object, of a newer version, or a link out of its folder.
    """
    check_inside(path)
    try:
        record = json.loads(path.read_bytes())
    except OSError as error:
        raise FormatError(f"cannot read {path}: {error.strerror}; expected a complete folder") from error
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{path} is truncated or no JSON: {error}; restore it or make it anew") from error
    version = record.pop("format_version", None) if isinstance(record, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise FormatError(f"{path} was not written by textransfer: it has no format_version")
    if version > FORMAT_VERSION:
        raise FormatError(
            f"{path} has the format_version {version}; this release reads up to {FORMAT_VERSION}: "
            "update textransfer"
        )
    return dict(record)


def write_tensors(path: Path, tensors: Mapping[str, npt.NDArray[Any]]) -> None:
    """Write arrays as safetensors; OSError with the error number of the system, as from any other write."""
    path.touch()
    mode = path.stat().st_mode  # the library makes it readable for its owner alone
    try:
        save_file({name: np.ascontiguousarray(array) for name, array in tensors.items()}, path)
        give_mode(path, mode)
    except SafetensorError as error:
        number = re.search(r"os error (\d+)", str(error))
        if number is None:
            raise OSError(0, str(error)) from error
        raise OSError(int(number[1]), os.strerror(int(number[1]))) from error  # without the stage's name


def read_tensors(path: Path, *required: str, is_mapped: bool = False) -> dict[str, npt.NDArray[Any]]:
    """Read arrays from safetensors.

    With `is_mapped` they lie, read-only, in the file, of which the system reads what is looked at: a large
    table opens at once. (Not on Windows, where a file in use cannot be replaced.)

    Raises
    ------
    FormatError
        If the file is missing, truncated, no safetensors, lacks a required name, has numbers that NumPy
        lacks, or is a link out of its folder.
    """
    check_inside(path)
    try:
        tensors = _mapped(path) if is_mapped and os.name != "nt" else _read(path)
    except OSError as error:
        raise FormatError(f"cannot read {path}: {error.strerror or error}; expected tensors there") from error
    except (SafetensorError, ValueError, TypeError, KeyError, AttributeError) as error:
        # Besides its own error the library raises several others for dtypes that NumPy lacks.
        lacking = _types_that_numpy_lacks(path)
        what = (
            f"has {lacking[0]}, which NumPy lacks"
            if lacking
            else f"is truncated or no safetensors file ({error})"
        )
        raise FormatError(f"{path} {what}; restore it or make it anew") from error
    missing = [name for name in required if name not in tensors]
    if missing:
        raise FormatError(
            f"{path} holds no {', '.join(missing)}, only {', '.join(sorted(tensors)) or 'nothing'}; "
            "it was made for another purpose"
        )
    return tensors


def _types_that_numpy_lacks(path: Path) -> list[str]:
    with path.open("rb") as file:
        length = int.from_bytes(file.read(8), "little")
        head = file.read(min(length, path.stat().st_size))
    try:
        kinds = {
            name: str(entry["dtype"]) for name, entry in json.loads(head).items() if name != "__metadata__"
        }
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        return []
    return [f"{name} of the type {kind}" for name, kind in kinds.items() if kind not in _DTYPES]


def _read(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Return the tensors of a file, which the library maps, or reads where that cannot be done."""
    try:
        return dict(load_file(path))
    except OSError as error:
        if not cannot_map(error):
            raise
        return dict(load(path.read_bytes()))


def _mapped(path: Path) -> dict[str, npt.NDArray[Any]]:
    """Return views of the file. The library checks the header, and has no way to map."""
    try:
        with safe_open(path, framework="numpy") as checked:
            names = list(checked.keys())
    except OSError as error:
        if not cannot_map(error):
            raise
        return _read(path)
    data = np.asarray(mapped(path, np.uint8))
    start = 8 + int.from_bytes(data[:8].tobytes(), "little")
    header = json.loads(data[8:start].tobytes())
    views = {}
    for name in names:
        first, last = header[name]["data_offsets"]
        kind = np.dtype(_DTYPES[header[name]["dtype"]])
        views[name] = data[start + first : start + last].view(kind).reshape(header[name]["shape"])
    return views
