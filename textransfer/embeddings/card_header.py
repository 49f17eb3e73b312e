"""The YAML header of a README.md, by which the Hugging Face Hub files a model."""

from collections.abc import Mapping, Sequence


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
