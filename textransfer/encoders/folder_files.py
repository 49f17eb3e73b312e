"""The files of an encoder's folder: no links out of it, no pickles, no code of its own, one digest of all."""

import hashlib
import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Any

from textransfer.errors import FormatError
from textransfer.storage.links import check_inside

LARGEST_RECORD = 1 << 26
"""Bytes of a JSON file that is read for settings, at most."""
MOST_ENTRIES = 10_000
"""Of a folder: a record of a stranger may name any, and a whole disk is long to look through."""
PICKLED = {".bin", ".pkl", ".pickle", ".pt", ".pth", ".ckpt", ".joblib"}
"""Endings of files that hold pickles, which can run any program."""
_READ = {".json", ".txt", ".model", ".safetensors", ".onnx", ".onnx_data", ".data", ".jinja"}
_RUNS_CODE = ("auto_map", "trust_remote_code", "custom_pipelines")


def files_in(folder: Path) -> list[Path]:
    """Return the files of a folder and its subfolders, hidden ones left out, sorted.

    Raises
    ------
    FormatError
        If a link leads out of the folder (see `check_inside`), or if it holds more than an encoder does.
    """
    try:
        entries = list(islice(folder.rglob("*"), MOST_ENTRIES + 1))
    except OSError as error:
        raise FormatError(f"cannot look through {folder}: {error.strerror}; expected an encoder") from error
    if len(entries) > MOST_ENTRIES:
        raise FormatError(
            f"{folder} holds more than {MOST_ENTRIES:,} files and folders; expected the folder of one encoder"
        )
    files = []
    for path in sorted(entries):
        if any(part.startswith(".") for part in path.relative_to(folder).parts):
            continue
        check_inside(path, folder)
        if path.is_file():
            files.append(path)
    return files


def settings_in(path: Path) -> Any:  # noqa: ANN401 - any JSON
    """Return what a JSON file says; an empty mapping if there is none. FormatError if it is no JSON."""
    if not path.is_file():
        return {}
    if path.stat().st_size > LARGEST_RECORD:
        raise FormatError(f"{path} has {path.stat().st_size:,} bytes; expected a JSON file of settings")
    try:
        return json.loads(path.read_bytes())
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{path} is truncated or no JSON: {error}; restore the folder") from error


def number_in(settings: object, name: str) -> int | None:
    """Return a whole number above 0 out of settings; None if there is no such number."""
    value = settings.get(name) if isinstance(settings, dict) else None
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def check_plain(files: Iterable[Path]) -> None:
    """Refuse files that would run code when they are opened.

    Raises
    ------
    FormatError
        If there is Python code that settings ask for, or a folder has weights as pickles alone.
    """
    listed = list(files)
    for path in listed:
        if path.suffix == ".json" and path.name != "tokenizer.json" and path.stat().st_size <= LARGEST_RECORD:
            asked = _first_key(settings_in(path), _RUNS_CODE)
            if asked:
                raise FormatError(
                    f"{path} asks for code of its own ({asked}), which is never run; expected an encoder "
                    "that its library knows"
                )
    safe = {path.parent for path in listed if path.suffix == ".safetensors"}
    for path in listed:
        if path.suffix in PICKLED and path.parent not in safe:
            raise FormatError(
                f"{path} holds pickled weights, which can run any program and are never opened; expected "
                "model.safetensors: save the model with safe_serialization=True"
            )


def _first_key(settings: object, names: tuple[str, ...]) -> str:
    """Return the first of some names that settings hold with a value that is not false, at any depth."""
    waiting = [settings]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            for name in names:
                if part.get(name):
                    return name
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
    return ""


def digest_of(folder: Path, files: Iterable[Path], kind: str) -> str:
    """Return the SHA-256 digest of what decides about an encoder's vectors: kind, names and contents."""
    digest = hashlib.sha256(kind.encode())
    for path in files:
        if path.suffix not in _READ:
            continue
        digest.update(b"\0" + path.relative_to(folder).as_posix().encode("utf-8", "surrogateescape") + b"\0")
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()
