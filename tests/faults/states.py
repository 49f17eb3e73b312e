"""What lies in a folder, and whether an output is the old one, the new one or neither."""

import gzip
import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

Files = Mapping[str, bytes]
"""Content by path; of a folder, an empty text under a name that ends in a slash."""
_BESIDE = re.compile(r"\.(?P<name>.+?)\.([a-z0-9_]{8}\.tmp(\.old)?|lock)(/.*)?$")
_VARYING = re.compile(rb"[\w+:.-]*[0-9][\w+:.-]*")
"""Times, durations, and names made up anew in each picture."""
_DRAWN = re.compile(
    r"(?<=\.)[a-z0-9_]{8}(?=\.tmp)|(?<=textransfer-)[a-z0-9_]{8}|(?<=/)[a-z0-9_]{8}$|(?<=\.tmp)\w{6}"
)
"""Names of temporary files."""
_EXACT = (".safetensors", ".bin", ".parquet", ".npz", ".onnx", ".png", ".kv")


def files_of(folder: Path) -> dict[str, bytes]:
    """Read a folder, with what lies beneath."""
    files = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        if path.is_dir():
            files[f"{name}/"] = b""
        else:
            files[name] = path.read_bytes()
    return files


def part(files: Files, name: str) -> dict[str, bytes]:
    """Return the files of an output, by their names within it."""
    return {
        path.removeprefix(name): content
        for path, content in files.items()
        if path == name or path.startswith(f"{name}/")
    }


def rest(files: Files, names: tuple[str, ...]) -> dict[str, bytes]:
    """Return all but these files and folders."""
    return {
        path: content
        for path, content in files.items()
        if not any(path == name or path.startswith(f"{name}/") for name in names)
    }


def leftovers(files: Files) -> list[str]:
    """Return what stands beside an output while it is written."""
    return [path for path in files if _BESIDE.search(path)]


def is_like(files: Files, expected: Files, output: str) -> bool:
    """Tell whether files are those of an undisturbed run: equal but for what tells times."""
    return set(files) == set(expected) and all(
        content == expected[name]
        or (not (name or output).endswith(_EXACT) and _plain(content) == _plain(expected[name]))
        for name, content in files.items()
    )


def named_evenly(path: str) -> str:
    """Return a path without what is drawn anew in each run."""
    return _DRAWN.sub("*", path)


def content_of(files: Files, name: str) -> bytes:
    """Return the content of a file, without times in it if it is text."""
    try:
        return files[name] if name.endswith(_EXACT) else _plain(files[name])
    except (zipfile.BadZipFile, EOFError, zlib.error):  # of an archive that is half written
        return files[name]


def _plain(content: bytes) -> bytes:
    """Return content without what changes from run to run."""
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            content = b"".join(archive.read(name) for name in sorted(archive.namelist()))
    elif content.startswith(b"\x1f\x8b"):
        return gzip.decompress(content)
    return _VARYING.sub(b"#", content)
