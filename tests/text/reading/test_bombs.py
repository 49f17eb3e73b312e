"""Ten gigabytes in ten megabytes are streamed, or refused, within three gigabytes of addresses."""

import subprocess
import sys
import zlib
from pathlib import Path

import pytest
import zstandard

LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))
from textransfer.errors import TextransferError
from textransfer.text.reading.corpus import Corpus
try:
    n = 0
    for n, batch in enumerate(Corpus(sys.argv[1]).batches(), 1):
        if n == 40:  # of some four megabytes each
            break
    print("read", n)
except TextransferError as error:
    print("refused", error)
"""
GIGABYTES = 10
PIECE = 1 << 26


def write_bomb(path: Path, unit: bytes) -> None:
    """Write so many gigabytes of a repeated unit, in as many equal members or frames as are needed."""
    piece = unit * (PIECE // len(unit))
    if path.suffix == ".gz":
        packer = zlib.compressobj(9, wbits=31)
        packed = packer.compress(piece) + packer.flush()
    else:
        packed = zstandard.compress(piece)
    path.write_bytes(packed * (GIGABYTES * 2**30 // PIECE))


@pytest.mark.skipif(sys.platform != "linux", reason="limits of memory are those of Linux")
@pytest.mark.parametrize(
    ("ending", "unit", "outcome"),
    [
        (".txt.zst", b"word ", "read 40"),
        (".txt.zst", b"word\n", "read 40"),
        (".jsonl.zst", b'{"text": "a good film"}\n', "read 40"),
        (".csv.zst", b"word ", "refused"),
        (".txt.gz", b"\0", "refused"),
    ],
)
def test_memory_is_bounded(tmp_path: Path, ending: str, unit: bytes, outcome: str) -> None:
    path = tmp_path / f"bomb{ending}"
    write_bomb(path, unit)
    assert path.stat().st_size < 11 << 20
    done = subprocess.run([sys.executable, "-c", LIMITED, path], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-500:]
    assert done.stdout.startswith(outcome)
