"""Links that lead out of a folder: what is in a folder is what lies there, not what somebody's link names."""

import os
from pathlib import Path

from textransfer.errors import FormatError, TextransferError


def check_inside(path: Path, folder: Path | None = None, error: type[TextransferError] = FormatError) -> None:
    """Refuse to read a file of a folder, by default the one that it stands in, that lies elsewhere.

    The folder itself may be a link. The cache of Hugging Face keeps files in ``blobs``, beside
    ``snapshots/REVISION``, which links to them: these count as inside.

    Raises
    ------
    TextransferError
        Of the type `error`, if a link leads out of the folder.
    """
    home = Path(os.path.realpath(path.parent if folder is None else folder))
    target = Path(os.path.realpath(path))
    if not target.is_relative_to(home) and not any(target.is_relative_to(blobs) for blobs in _blobs_of(home)):
        raise error(
            f"{path} is a link to {target}, outside the folder; expected a file that lies in it: "
            "copy it there"
        )


def _blobs_of(home: Path) -> list[Path]:
    """Return where the cache of Hugging Face keeps the files of a folder, if that lies in one."""
    revisions = [place for place in (home, *home.parents) if place.parent.name == "snapshots"]
    return [place.parent.parent / "blobs" for place in revisions]
