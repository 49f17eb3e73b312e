#!/usr/bin/env python3
"""Check that the archives of a release hold what is under version control: nothing missing, nothing besides.

    python scripts/check_archives.py dist

A file that was not committed is in no release; one that a run left in the checkout must not be in it either.
"""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
IN_THE_PACKAGE = ("corpora", "requirements")
"""Folders of the checkout that the wheel holds within the package."""
WRITTEN = {"PKG-INFO"}
"""What the build adds to the source archive."""


def committed() -> set[str]:
    """Return the files that are under version control."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    return {name for name in listed.decode().split("\0") if name and (ROOT / name).exists()}


def in_wheel(name: str) -> str | None:
    """Return where a file of the checkout is in the wheel, None if it has no place there."""
    top = name.partition("/")[0]
    if top == "textransfer":
        return name
    return f"textransfer/{name}" if top in IN_THE_PACKAGE else None


def main() -> None:
    """Compare both archives."""
    folder = Path(sys.argv[1])
    if not (ROOT / ".git").exists():
        sys.exit("not a checkout: there is nothing to compare with")
    (wheel,), (source,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    files = committed()
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    with tarfile.open(source) as archive:
        paths = {member.name.partition("/")[2] for member in archive if member.isfile()}
    expected = {
        wheel.name: (names, {place for name in files if (place := in_wheel(name))}),
        source.name: (paths - WRITTEN, files),
    }
    for archive_name, (held, wanted) in expected.items():
        print(f"{archive_name}: {len(held)} files")
        if held != wanted:
            sys.exit(f"missing: {sorted(wanted - held)}; not under version control: {sorted(held - wanted)}")


if __name__ == "__main__":
    main()
