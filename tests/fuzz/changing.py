"""Change bytes at random, so that most of what reads them is still met."""

import random
import struct

TOKENS = [
    b'"',
    b",",
    b"\t",
    b"\n",
    b"\r",
    b"\0",
    b"{",
    b"[",
    b"\\ud83d",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"-1",
    b"1e999",
]
TOKENS += [
    b"NaN",
    b"null",
    b"true",
    b"999999999999",
    b" ",
    b"\xe3\x81",
    b"\x1b[31m",
    b"=cmd|",
    b"../",
    b"\x80",
]
NUMBERS = (0, 1, -1, 2**7, 2**15, 2**31 - 1, -(2**31), 2**40, 2**62, 2**63 - 1, -(2**63))
"""What stands in the place of a number of a binary file: sizes that are none, or beyond memory."""
FLOATS = (float("nan"), float("inf"), -1e38, 1e-45)


def changed(content: bytes, draws: random.Random) -> bytes:
    """Return bytes with some changed, put in, taken out, repeated, or cut off."""
    data = bytearray(content)
    for _ in range(draws.randint(1, 6)):
        place = draws.randint(0, len(data))
        kind = draws.randrange(6)
        if kind == 0 and data:
            data[place % len(data)] = draws.randrange(256)
        elif kind == 1:
            data[place:place] = draws.choice(TOKENS)
        elif kind == 2:
            del data[place : place + draws.randint(1, 8)]
        elif kind == 3:
            number = _number(draws)
            data[place : place + len(number)] = number
        elif kind == 4:
            data[place:place] = data[place : place + draws.randint(1, 40)] * draws.randint(1, 3)
        elif draws.random() < 0.2:
            del data[place:]
    return bytes(data)


def _number(draws: random.Random) -> bytes:
    if draws.random() < 0.2:
        return struct.pack("<f", draws.choice(FLOATS))
    if draws.random() < 0.5:
        return struct.pack("<q", draws.choice(NUMBERS))
    return struct.pack("<i", draws.choice(NUMBERS) & 0x7FFFFFFF)
