"""How large the members of a zip archive are when unpacked, whatever the archive says of them."""

import struct
import zipfile
import zlib
from typing import IO

_LARGEST_RATIO = 1032
"""Bytes that one byte of deflated data can stand for, at most."""
_LOCAL_HEADER = struct.Struct("<26xHH")
"""Before a member's data: the lengths of its name and of further fields, which follow."""
_PIECE = 1 << 16


def unpacked_size(stream: IO[bytes], most: int) -> int:
    """Return the bytes of all members, more than `most` as soon as that is sure.

    Raises
    ------
    zipfile.BadZipFile
        If it is damaged, or packed in another way than by deflation.
    """
    with zipfile.ZipFile(stream) as archive:
        members = archive.infolist()
    if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in members):
        raise zipfile.BadZipFile("it is packed in an unusual way")
    told = sum(max(member.file_size, member.compress_size) for member in members)
    if told > most or _LARGEST_RATIO * sum(member.compress_size for member in members) <= most:
        return told
    size = 0
    for member in members:
        size += _size_of(stream, member, most - size) if member.compress_type else member.compress_size
        if size > most:
            break
    return size


def _size_of(stream: IO[bytes], member: zipfile.ZipInfo, most: int) -> int:
    stream.seek(member.header_offset)
    header = stream.read(_LOCAL_HEADER.size)
    if len(header) < _LOCAL_HEADER.size:
        raise zipfile.BadZipFile("it ends early")
    stream.seek(sum(_LOCAL_HEADER.unpack(header)), 1)
    unpack, size, n_left = zlib.decompressobj(-zlib.MAX_WBITS), 0, member.compress_size
    while n_left > 0 and size <= most and not unpack.eof:
        packed = stream.read(min(n_left, _PIECE))
        if not packed:
            break
        n_left -= len(packed)
        while packed and size <= most:
            size += len(unpack.decompress(packed, _PIECE * 16))
            packed = unpack.unconsumed_tail
    return size
