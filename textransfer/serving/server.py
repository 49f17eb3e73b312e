"""Serve a classifier until the process is told to stop, and lose no answer then."""

import logging
import socket
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textransfer.errors import ConfigError, OutputError, TextransferWarning
from textransfer.extras import require
from textransfer.serving.settings import ServingConfig

if TYPE_CHECKING:
    from textransfer.serving.app import Application
    from textransfer.serving.classifier import ServedClassifier


def build_app(
    classifier: "str | Path | ServedClassifier", config: ServingConfig | None = None
) -> "Application":
    """Make the application that answers requests, for a server of ASGI of your own.

    Parameters
    ----------
    classifier : str, Path, SentimentClassifier or another
        Fitted, or the folder of one.
    config : ServingConfig, optional
        Limits; by default its defaults.

    Returns
    -------
    callable
        An ASGI application.

    Raises
    ------
    FormatError
        If the folder holds no classifier.
    MissingExtraError
        If the extra `serve` is not installed.

    Examples
    --------
    In a file ``service.py``, for ``uvicorn service:app``:

    >>> app = build_app("classifier")  # doctest: +SKIP
    """
    for module in ("starlette", "uvicorn", "prometheus_client"):
        require(module, extra="serve", purpose="the server")
    from textransfer.sentiment.loading import load_classifier
    from textransfer.serving.app import Application

    fitted = load_classifier(classifier) if isinstance(classifier, str | Path) else classifier
    return Application(fitted, config or ServingConfig())


def serve(
    classifier: "str | Path | ServedClassifier",
    config: ServingConfig | None = None,
    *,
    log_settings: dict[str, Any] | None = None,
    on_ready: Callable[[str], None] | None = None,
) -> int:
    """Answer requests over HTTP until SIGTERM or Ctrl-C.

    Requests that were begun by then are answered, as far as they take no longer than `max_seconds`.

    Parameters
    ----------
    classifier : str, Path, SentimentClassifier or another
        Fitted, or the folder of one.
    config : ServingConfig, optional
        Where to listen, and limits; by default its defaults.
    log_settings : dict, optional
        For Python's `logging.config.dictConfig`; by default lines of JSON on standard error.
    on_ready : callable, optional
        Called with the address as soon as requests are answered.

    Returns
    -------
    int
        Requests that were answered.

    Raises
    ------
    FormatError
        If the folder holds no classifier.
    MissingExtraError
        If the extra `serve` is not installed.
    OutputError
        If the address cannot be listened at.
    KeyboardInterrupt
        After Ctrl-C, when all is answered.

    Examples
    --------
    >>> serve("classifier", ServingConfig(port=8080))  # doctest: +SKIP
    """
    config = config or ServingConfig()
    app = build_app(classifier, config)
    import uvicorn

    from textransfer.serving.logs import LOGGER, logging_settings
    from textransfer.serving.memory import keep_memory_flat
    from textransfer.serving.stopping import Server

    settings = uvicorn.Config(
        app,
        log_config=log_settings or logging_settings(is_quiet=False, is_verbose=False),
        access_log=False,
        ws="none",
        lifespan="on",
        server_header=False,
        limit_concurrency=config.max_connections,
        timeout_graceful_shutdown=int(config.max_seconds) + 1,
    )
    keep_memory_flat()
    logger = logging.getLogger(LOGGER)
    listening = _listen(config)
    host, port = listening.getsockname()[:2]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"

    def tell() -> None:
        logger.info("ready", extra={"fields": {"address": address, "classes": len(app.classes)}})
        if on_ready is not None:
            on_ready(address)

    with warnings.catch_warnings(), listening:
        warnings.simplefilter("always", TextransferWarning)
        warnings.showwarning = app.show_warning  # not to the log, since they may quote texts
        app.warm_up()
        Server(settings, app, config.max_seconds, tell).run(sockets=[listening])
    logger.info("stopped", extra={"fields": {"requests": app.n_answered}})
    return app.n_answered


def _listen(config: ServingConfig) -> socket.socket:
    """Return a socket that listens at the address of the settings."""
    where = f"{config.host} port {config.port}"
    try:
        kind, _, _, _, address = socket.getaddrinfo(
            config.host, config.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError):
        raise ConfigError(
            f"host is {config.host!r}; expected an address of this machine, as 127.0.0.1"
        ) from None
    listening = socket.socket(kind, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError as error:
        listening.close()
        raise OutputError(
            f"cannot listen at {where}: {error.strerror}; give port=NUMBER or host=NAME"
        ) from None
    return listening
