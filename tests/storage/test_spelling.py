"""No string that Python can hold keeps a file from being written."""

import json

import pytest

from textransfer.storage.spelling import whole, writable


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("映画 🎬 \\xe9", "映画 🎬 \\xe9"),
        ("caf\udce9.txt", "caf\\xe9.txt"),
        ("\udc80\udcff", "\\x80\\xff"),
        ("cut \ud83d", "cut \ufffd"),
        ("\udc00\ud800", "\ufffd\ufffd"),
    ],
)
def test_any_string_can_be_written(text, expected):
    assert writable(text) == expected
    assert whole(text) == "".join("\ufffd" if "\ud800" <= c <= "\udfff" else c for c in text)
    assert json.loads(writable(json.dumps(text, ensure_ascii=False), backslash="\\\\")) == expected
