"""Several processes under torchrun: how they meet, agree, and notice that one is gone.

torch.distributed is imported only here, and only when torchrun's variables are set. Text goes between the
processes as JSON, never pickled.
"""

import json
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textransfer.config import Combining
from textransfer.errors import ConfigError, PeerError, TextransferError
from textransfer.pretrain.engines import BlockStats, Engine, EngineChoice
from textransfer.pretrain.preparation import PreparedCorpus, load_prepared, save_prepared
from textransfer.pretrain.processes.interrupt import signals_to
from textransfer.pretrain.processes.team import Team
from textransfer.pretrain.tables import Tables

if TYPE_CHECKING:
    import torch

PATIENCE = timedelta(days=1)
"""How long a process waits while another one reads the text. One that died is noticed at once."""
TRAINING_PATIENCE = timedelta(minutes=15)
"""The same while training, when a process may be busy with a checkpoint."""

THREADS_A_GPU = 100
"""As how many threads a GPU counts where the length of a round is settled."""


@contextmanager
def team_of_torchrun(combining: Combining | None = None) -> Iterator[Team]:
    """Join the processes that torchrun started; without torchrun, be alone.

    The variables RANK, WORLD_SIZE, LOCAL_RANK and LOCAL_WORLD_SIZE tell, as torchrun and others set them.

    Parameters
    ----------
    combining : Combining, optional
        How often the matrices are combined.

    Yields
    ------
    Team
        For `pretrain_vectors`, `update_vectors` and `SkipGram.fit`.

    Raises
    ------
    PeerError
        In the block: if the connection to another process is lost.
    ConfigError
        If torchrun has restarted the processes in a way in which they would wait for ever.

    Examples
    --------
    >>> from textransfer import pretrain_vectors, team_of_torchrun
    >>> with team_of_torchrun() as team:  # doctest: +SKIP
    ...     vectors = pretrain_vectors("reviews.txt", "embeddings", resume=True, team=team)
    """
    if int(os.environ.get("WORLD_SIZE", "1")) < 2:
        yield Team()
        return
    _check_restart()
    import torch
    import torch.distributed as dist

    is_mixed = torch.cuda.is_available() and dist.is_nccl_available()
    with _lost_peers():
        dist.init_process_group("cpu:gloo,cuda:nccl" if is_mixed else "gloo", timeout=PATIENCE)
    with ended_from_outside():
        try:
            yield TorchTeam(combining)
        finally:
            dist.destroy_process_group()


def _check_restart() -> None:
    """Refuse a restart in which processes meet at the store of the first start, whose keys they then await.

    See https://github.com/pytorch/pytorch/issues/135712.
    """
    is_restart = os.environ.get("TORCHELASTIC_RESTART_COUNT", "0") != "0"
    if is_restart and os.environ.get("TORCHELASTIC_USE_AGENT_STORE") == "True":
        raise ConfigError(
            "torchrun has restarted this run in a way in which its processes wait for each other for ever; "
            "start it as TORCH_DISABLE_SHARE_RDZV_TCP_STORE=1 torchrun ..., or without --max-restarts"
        )


class TorchTeam(Team):
    """One of several processes that train the same vectors."""

    def __init__(self, combining: Combining | None = None) -> None:
        import torch.distributed as dist

        super().__init__()
        self._combining = combining or Combining()
        self.rank, self.size = dist.get_rank(), dist.get_world_size()
        self.local_rank = int(os.environ.get("LOCAL_RANK", "0"))
        self.local_size = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
        self._n_stopping = 0
        self._dist = dist
        with _lost_peers():
            self._group = dist.new_group(timeout=TRAINING_PATIENCE)

    @property
    def is_stopping(self) -> bool:
        """Whether one of them was interrupted."""
        return self._n_stopping > 0

    def settings(self) -> dict[str, int]:
        """Return what the result depends on: how many processes, and how often they combine."""
        return super().settings() | asdict(self._combining)

    @contextmanager
    def together(self) -> Iterator[None]:
        """Do in the block what may fail on one process alone; then all of them end."""
        own: TextransferError | None = None
        try:
            yield
        except TextransferError as error:
            own = error
        complaints = self._gather(str(own) if own else "")
        if own is not None:
            raise own
        for rank, complaint in enumerate(complaints):
            if complaint:
                raise TextransferError(f"process {rank}: {complaint}")

    def from_first(self, text: str) -> str:
        """Return what the first process gave."""
        return self._gather(text if self.rank == 0 else "")[0]

    def read_once(self, read: Callable[[], PreparedCorpus], folder: Path) -> PreparedCorpus:
        """Read the text on one process of each machine; the others map what it encoded."""
        prepared = None
        with self.together():
            if self.local_rank == 0:
                prepared = read()
                save_prepared(prepared, folder)
        folders = self._gather(str(folder))
        with self.together():  # nobody may end, and remove the folder, before the others have mapped it
            if prepared is None:
                prepared = load_prepared(Path(folders[self.rank - self.local_rank]))
        if prepared is None:
            raise TypeError("unreachable: read or loaded above")
        return prepared

    def check_same(self, facts: Mapping[str, str]) -> None:
        """Refuse to go on unless all processes give the same facts."""
        own = json.dumps([socket.gethostname(), dict(facts)])
        processes = [json.loads(text) for text in self._gather(own)]
        first_host, first_facts = processes[0]
        for rank, (host, facts_there) in enumerate(processes):
            differing = [name for name in first_facts if first_facts[name] != facts_there[name]]
            if differing:
                raise TextransferError(
                    f"process {rank} on {host} has another {differing[0]} "
                    f"({facts_there[differing[0]]:.60}) than process 0 on {first_host} "
                    f"({first_facts[differing[0]]:.60}); "
                    "expected the same on every machine: give the same files in the same order and install "
                    "the same versions"
                )

    def attach(
        self, engine: Engine, choice: EngineChoice, prepared: PreparedCorpus, tables: Tables | None
    ) -> None:
        """From here on combine this engine's tables; start from those that the first process has, if any."""
        import torch

        from textransfer.pretrain.processes.combining import Combiner

        own = choice.n_jobs if choice.device == "cpu" else THREADS_A_GPU
        n_threads = int(self.from_first(str(own)))  # machines may differ, rounds must not
        self.words_a_round = self._combining.words * n_threads * self.size
        if tables is not None:
            engine.load(tables)
        live = engine.live()
        with _lost_peers():
            for table in live:
                self._dist.broadcast(table, 0, group=self._group)
        shares = torch.from_numpy(prepared.pair_shares())
        self._combiner = Combiner(live, self._start_sum, self.size, shares, self._combining)

    def choose(self, choice: EngineChoice) -> EngineChoice:
        """Give each process of a machine a device of its own, where there are several."""
        if choice.device != "cuda":
            return choice
        import torch

        return choice._replace(device=f"cuda:{self.local_rank % torch.cuda.device_count()}")

    def combine(self, stats: BlockStats, *, rate: float, is_last: bool) -> BlockStats:
        """Bring together what the processes learned in a block; see `Combiner.combine`."""
        import torch

        is_wanted = float(self.interrupt.is_wanted)
        sums = torch.tensor([stats.loss, stats.n_pairs, stats.n_steps, is_wanted], dtype=torch.float64)
        with _lost_peers():
            self._dist.all_reduce(sums, group=self._group)
            loss, n_pairs, n_steps, n_stopping = sums.tolist()
            self._n_stopping += int(n_stopping)
            self.is_whole = self._combiner.combine(rate * n_pairs / self.size, is_last=is_last)
        return BlockStats(loss, int(n_pairs), int(n_steps))

    def _start_sum(self, tensor: "torch.Tensor") -> Callable[[], object]:
        work: Any = self._dist.all_reduce(tensor, group=self._group, async_op=True)
        return work.wait  # type: ignore[no-any-return]

    def _gather(self, text: str) -> list[str]:
        """Return the texts of all processes, by rank."""
        import torch

        encoded = bytearray(text.encode("utf-8", "surrogatepass") + b"\0")  # none is empty
        content = torch.frombuffer(encoded, dtype=torch.uint8)
        sizes = [torch.zeros(1, dtype=torch.int64) for _ in range(self.size)]
        with _lost_peers():
            self._dist.all_gather(sizes, torch.tensor([content.numel()]))
            longest = int(torch.cat(sizes).max())
            contents = [torch.zeros(longest, dtype=torch.uint8) for _ in range(self.size)]
            padded = torch.zeros(longest, dtype=torch.uint8)
            padded[: content.numel()] = content
            self._dist.all_gather(contents, padded)
        return [
            bytes(content[: int(size) - 1].tolist()).decode("utf-8", "surrogatepass")
            for content, size in zip(contents, sizes, strict=True)
        ]


@contextmanager
def _lost_peers() -> Iterator[None]:
    """Name what torch.distributed raises when another process is gone."""
    try:
        yield
    except RuntimeError as error:
        if isinstance(error, TextransferError):
            raise
        reason = str(error).strip().splitlines()[0][:160]
        raise _lost(f"lost the connection to another process of this run ({reason})") from error


@contextmanager
def ended_from_outside() -> Iterator[None]:
    """Name the SIGTERM that torchrun sends to the others when one process is gone.

    A process that has noticed that by itself is ending already, and cleans up behind itself undisturbed.
    """

    def on_signal() -> None:
        if isinstance(sys.exc_info()[1], PeerError):
            return
        raise _lost("ended from outside (SIGTERM), as torchrun does when another process is gone")

    with signals_to(on_signal, signal.SIGTERM):
        yield


def _lost(what: str) -> PeerError:
    return PeerError(
        f"{what}; the whole run ends here: the same run with resume=True goes on from the last checkpoint, "
        "or from the beginning if there is none yet"
    )
