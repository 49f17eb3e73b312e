"""Where the server listens, and how much it takes: every default of it."""

from dataclasses import dataclass

from textransfer.checks import check_range
from textransfer.settings import Settings

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


@dataclass(frozen=True)
class ServingConfig(Settings):
    """Where a classifier is served, and how much a request may ask for.

    Parameters
    ----------
    host : str
        Address to listen at; the default can be reached from the same machine alone.
    port : int
        Port; 0 takes one that is free.
    allowed_hosts : tuple of str
        Names in the Host header that are answered besides those of the machine itself. None given: no others
        if `host` is one of these, so that no page of another site reaches the server through its own name,
        and any name otherwise.
    max_texts : int
        Texts of a request.
    max_characters : int
        Characters of a text.
    max_explained_characters : int
        Characters of all texts that a request wants explained: the work grows with their square.
    max_body : int
        Bytes of a request's JSON.
    max_file : int
        Bytes of a table to label.
    max_rows : int
        Rows of a table to label.
    max_seconds : float
        Time for a request, from its first byte until the answer is there; and for those under way when the
        server is told to stop. So long may a connection lie still, too.
    max_file_seconds : float
        The same for a table.
    max_held : int
        Bytes of bodies in memory at once, over all requests, and of answers that nobody has read yet; more
        requests are told to come back.
    max_connections : int
        Connections at once; further ones are told to come back.
    """

    host: str = "127.0.0.1"
    port: int = 8000
    allowed_hosts: tuple[str, ...] = ()
    max_texts: int = 1_000
    max_characters: int = 100_000
    max_explained_characters: int = 5_000
    max_body: int = 2_000_000
    max_file: int = 10_000_000
    max_rows: int = 100_000
    max_seconds: float = 30.0
    max_file_seconds: float = 300.0
    max_held: int = 100_000_000
    max_connections: int = 1_000

    def problems(self) -> list[str]:
        """Return every complaint about these settings."""
        counts = ("max_texts", "max_characters", "max_explained_characters", "max_body", "max_file")
        return [
            *super().problems(),
            *self._odd_hosts(),
            *check_range("port", self.port, 0, 65_535, is_integer=True),
            *(
                complaint
                for name in (*counts, "max_rows", "max_held", "max_connections")
                for complaint in check_range(name, getattr(self, name), 1, is_integer=True)
            ),
            *check_range("max_seconds", self.max_seconds, 0, 86_400, is_low_open=True),
            *check_range("max_file_seconds", self.max_file_seconds, 0, 86_400, is_low_open=True),
        ]

    def _odd_hosts(self) -> list[str]:
        is_list = isinstance(self.allowed_hosts, list | tuple)
        if is_list and all(isinstance(name, str) for name in self.allowed_hosts):
            object.__setattr__(self, "allowed_hosts", tuple(self.allowed_hosts))  # a list in JSON
            return []
        return [f"allowed_hosts is {self.allowed_hosts!r}; expected names of hosts, in a list"]

    @property
    def answered_hosts(self) -> tuple[str, ...]:
        """Names in the Host header that are answered; none means any.

        Those of the machine itself are always among them: no other site can have them.
        """
        if not self.allowed_hosts and self.host not in LOCAL_HOSTS:
            return ()
        return (*LOCAL_HOSTS, *(name.lower() for name in self.allowed_hosts))
