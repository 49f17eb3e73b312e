"""uvicorn's server with an orderly end, which also lets go of connections that send nothing."""

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
        So long a connection may stay without the whole head of a request.
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
        self._idle_since: dict[Any, float] = {}

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
        """Close connections that were opened long ago and have not sent a whole head."""
        if counter % _TICKS_A_SECOND == 0:
            now = time.monotonic()
            idle = filter(_is_idle, self.server_state.connections)
            self._idle_since = {connection: self._idle_since.get(connection, now) for connection in idle}
            for connection, since in self._idle_since.items():
                if now - since > self._most_idle_seconds:
                    connection.transport.close()
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no new connections; answer those that are there, and close each with its answer."""
        self._app.stop()
        for server in self.servers:
            server.close()
        until = time.monotonic() + SECONDS_TO_LEAVE
        while self.server_state.connections and time.monotonic() < until:
            await asyncio.sleep(0.05)
        await super().shutdown(sockets)


def _is_idle(connection: Any) -> bool:  # noqa: ANN401 - of uvicorn, which has several kinds
    """Tell whether no request is under way on a connection."""
    cycle = getattr(connection, "cycle", None)
    return cycle is None or bool(cycle.response_complete)
