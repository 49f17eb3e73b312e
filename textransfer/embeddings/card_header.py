"""The YAML header of a README.md, by which the Hugging Face Hub files a model; names in its text."""

import html
from collections.abc import Mapping, Sequence

from textransfer.storage.spelling import visible


def as_markdown(name: str) -> str:
    r"""Return a name as the line of a card shows it: no tags, and nothing that a terminal would obey.

    Examples
    --------
    >>> print(as_markdown("<b>reviews\x1b[1m.txt"))
    &lt;b&gt;reviews\x1b[1m.txt
    """
    return html.escape(visible(" ".join(name.split())), quote=False)


def header(fields: Mapping[str, str | Sequence[str]]) -> str:
    """Return the fields between lines of three hyphens.

    Examples
    --------
    >>> print(header({"library_name": "textransfer", "tags": ["word2vec"]}), end="")
    ---
    library_name: textransfer
    tags:
    - word2vec
    ---
    """
    lines = ["---"]
    for name, value in fields.items():
        if isinstance(value, str):
            lines.append(f"{name}: {value}")
        else:
            lines += [f"{name}:", *(f"- {entry}" for entry in value)]
    return "\n".join([*lines, "---", ""])
