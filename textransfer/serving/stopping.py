"""uvicorn's server with an orderly end, which also lets go of connections that send or read nothing."""

import asyncio
import signal
import socket
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn

from textransfer.serving.app import Application

SECONDS_TO_LEAVE = 1.0
"""When the server stops, a client whose next request is on its way already gets it answered."""
_TICKS_A_SECOND = 10


class Server(uvicorn.Server):
    """Runs an application until a signal comes.

    Parameters
    ----------
    settings : uvicorn.Config
    app : Application
    most_idle_seconds : float
        So long a connection may stay without the whole head of a request, or without reading of its answer.
    on_ready : callable
        Called when requests are answered.
    """

    def __init__(
        self,
        settings: uvicorn.Config,
        app: Application,
        most_idle_seconds: float,
        on_ready: Callable[[], None],
    ) -> None:
        super().__init__(settings)
        self._app = app
        self._most_idle_seconds = most_idle_seconds
        self._on_ready = on_ready
        self._still_since: dict[Any, tuple[object, float]] = {}

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start to listen, and say so."""
        await super().startup(sockets)
        self._on_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; SIGTERM is an end like any other, and not raised again."""
        if sig == signal.SIGTERM:
            self.should_exit = True
        else:
            super().handle_exit(sig, frame)

    async def on_tick(self, counter: int) -> bool:
        """Close connections on which nothing goes on, and tell the application what waits to be read."""
        if counter % _TICKS_A_SECOND == 0:
            connections = list(self.server_state.connections)
            self._app.note_unread(sum(_n_unread(connection) for connection in connections))
            now = time.monotonic()
            before, self._still_since = self._still_since, {}
            for connection in connections:
                state = _state(connection)
                earlier, since = before.get(connection, (None, now))
                since = since if state == earlier else now
                if state is not None:
                    self._still_since[connection] = state, since
                if state is not None and now - since > self._most_idle_seconds:
                    self._close(connection)
        return await super().on_tick(counter)

    def _close(self, connection: Any) -> None:  # noqa: ANN401 - of uvicorn
        """Close a connection; what its client does not read is thrown away, since it would keep it open."""
        if _n_unread(connection):
            connection.transport.abort()
        else:
            connection.transport.close()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no new connections; answer those that are there, and close each with its answer."""
        self._app.stop()
        for server in self.servers:
            server.close()
        until = time.monotonic() + SECONDS_TO_LEAVE
        while self.server_state.connections and time.monotonic() < until:
            await asyncio.sleep(0.05)
        await super().shutdown(sockets)


def _n_unread(connection: Any) -> int:  # noqa: ANN401 - of uvicorn, which has several kinds
    """Return how many bytes of answers wait until a client reads."""
    return int(connection.transport.get_write_buffer_size())


def _state(connection: Any) -> object:  # noqa: ANN401
    """Return what stays the same while a client neither sends nor reads; None while it is answered."""
    n_unread, cycle = _n_unread(connection), getattr(connection, "cycle", None)
    is_idle = cycle is None or bool(cycle.response_complete)
    return (cycle, n_unread) if n_unread or is_idle else None
