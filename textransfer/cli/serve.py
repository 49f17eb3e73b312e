"""``textransfer serve``: a classifier over HTTP, with a page to try it on."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from textransfer.cli import options
from textransfer.cli.console import Console


def serve_command(
    classifier: Annotated[
        Path, typer.Argument(help="Folder from `textransfer classify`.")
    ] = options.CLASSIFIER,
    host: Annotated[
        str | None, options.setting("Address to listen at; 0.0.0.0 lets other machines in.", "127.0.0.1")
    ] = None,
    port: Annotated[int | None, options.setting("Port; 0 takes a free one.", 8000)] = None,
    allow_host: Annotated[
        list[str] | None,
        options.setting(
            "Name in the Host header to answer to; may be repeated.", "this machine's, or any with --host"
        ),
    ] = None,
    max_texts: Annotated[int | None, options.setting("Texts of a request.", "1000")] = None,
    max_characters: Annotated[int | None, options.setting("Characters of a text.", "100000")] = None,
    max_explained_characters: Annotated[
        int | None, options.setting("Characters of the texts that a request wants explained.", "5000")
    ] = None,
    max_body: Annotated[int | None, options.setting("Bytes of a request's JSON.", "2000000")] = None,
    max_file: Annotated[int | None, options.setting("Bytes of a table to label.", "10000000")] = None,
    max_rows: Annotated[int | None, options.setting("Rows of a table to label.", "100000")] = None,
    max_seconds: Annotated[float | None, options.setting("Seconds that a request may take.", "30")] = None,
    max_file_seconds: Annotated[float | None, options.setting("The same for a table.", "300")] = None,
    max_held: Annotated[
        int | None, options.setting("Bytes of bodies in memory at once, over all requests.", "100000000")
    ] = None,
    max_connections: Annotated[int | None, options.setting("Connections at once.", "1000")] = None,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Answer requests over HTTP: predictions, explanations, neighbours, tables; and a page to try it on.

    It listens on this machine alone unless `--host` says otherwise, has neither passwords nor TLS of its own,
    and asks nothing of the internet. Each request is a line of JSON on standard error, without any text.
    SIGTERM or Ctrl-C ends it when what was begun is answered.

    Paths: `/` (the page), `/predict`, `/explain`, `/neighbors`, `/label` (tables), `/health`, `/metrics`
    (Prometheus), `/openapi.json`.

    Examples:

    - `textransfer serve classifier`
    - `textransfer serve classifier --port 8080 --max-texts 100 --max-seconds 5`
    - `textransfer serve classifier --host 0.0.0.0 --allow-host reviews.example.org`
    """
    from textransfer.serving.logs import logging_settings
    from textransfer.serving.server import serve
    from textransfer.serving.settings import ServingConfig

    console = Console(quiet)
    config = ServingConfig().override(
        host=host,
        port=port,
        allowed_hosts=None if allow_host is None else tuple(allow_host),
        max_texts=max_texts,
        max_characters=max_characters,
        max_explained_characters=max_explained_characters,
        max_body=max_body,
        max_file=max_file,
        max_rows=max_rows,
        max_seconds=max_seconds,
        max_file_seconds=max_file_seconds,
        max_held=max_held,
        max_connections=max_connections,
    )

    def tell(address: str) -> None:
        if sys.stderr.isatty():
            console.note(f"open {address} in a browser; Ctrl-C stops")

    log_settings = logging_settings(is_quiet=quiet, is_verbose=verbose)
    serve(classifier, config, log_settings=log_settings, on_ready=tell)
