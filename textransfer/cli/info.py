"""``textransfer info``: what a file or folder is."""

from pathlib import Path
from typing import Annotated, Any

import typer

from textransfer.cli import options
from textransfer.cli.console import configure, with_options


def info_command(
    path: Annotated[Path, typer.Argument(help="A file or folder: of textransfer, or of another program.")],
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Tell what a file or folder is, how large, how it was made, and how to load it.

    Examples:

    - `textransfer info embeddings`
    - `textransfer info cc.tr.300.bin`
    - `textransfer info classifier --json`
    """
    from textransfer.exchange.describing import describe

    console = configure(quiet=quiet, verbose=verbose, as_json=as_json)
    description = describe(path)
    facts = {
        "is": description.kind,
        "size": _size(description.n_bytes),
        **{name: value for name, value in description.facts.items() if name != "settings"},
    }
    if settings := description.facts.get("settings"):
        facts["settings"] = ", ".join(f"{name} {_shown(value)}" for name, value in settings.items())
    width = max(map(len, facts)) + 2
    lines = [f"{name:{width}}{_shown(value)}" for name, value in facts.items()]
    lines += [f"{'load':{width}}{line.removeprefix('$ ')}" for line in description.loading]
    console.show(description.to_dict(), lines)


def _size(n_bytes: int) -> str:
    size, unit = float(n_bytes), "bytes"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    return f"{size:,.0f} {unit}" if unit == "bytes" else f"{size:,.1f} {unit}"


def _shown(value: Any) -> str:  # noqa: ANN401 - any plain value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, dict):
        return ", ".join(f"{name} {_shown(entry)}" for name, entry in value.items())
    if isinstance(value, list):
        return ", ".join(map(_shown, value))
    return f"{value:.4g}" if isinstance(value, float) else with_options(str(value))
