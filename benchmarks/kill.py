"""Kill ``textransfer pretrain`` (SIGKILL) at random moments, resume it each time, and look at what is left.

    python benchmarks/kill.py reviews.txt.xz --kills 20

One run is never stopped. The other, with the same options, is killed after a random time, resumed, killed
again, and so on; then it may finish. After each kill the checkpoint must be whole or absent, the output
absent, and what is lost at most the interval of checkpoints and a block of work. In the end both outputs
must be equal bit for bit. Prints JSON lines: one a kill, and a summary.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from arguments import make_parser
from records import print_line, print_setting

from textransfer import WordVectors
from textransfer.cli import training
from textransfer.cli.app import main as program
from textransfer.pretrain.checkpoint import load_checkpoint


def main() -> None:
    """Run the experiment, or (with --child) one run that tells its progress."""
    if sys.argv[1:2] == ["--child"]:
        run_child(int(sys.argv[2]), sys.argv[3:])
    parser = make_parser(__doc__, "corpus", "--epochs", "--vector-size")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--parts", type=int, default=40, help="checkpoints a run")
    parser.add_argument("--random-state", type=int, default=0, help="of the moments")
    arguments = parser.parse_args()
    options = ["--epochs", arguments.epochs, "--vector-size", arguments.vector_size, "--n-jobs", 1, "--quiet"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        corpus = [str(Path(path).resolve()) for path in arguments.corpus]
        whole = Run(folder / "whole", [*corpus, *options])
        progress = whole.run_to_its_end()
        n_tokens, seconds, reading = progress[-1][1], progress[-1][0], progress[0][0]
        interval = n_tokens // arguments.parts
        options += ["--checkpoint-tokens", interval, "--checkpoint-every", 0, "--resume"]
        print_setting(
            words=n_tokens // arguments.epochs,
            epochs=arguments.epochs,
            checkpoint_tokens=interval,
            largest_block=largest_block(progress),
            seconds_undisturbed=round(seconds, 1),
            seconds_reading=round(reading, 1),
        )
        rows = kill_and_resume(folder / "killed", [*corpus, *options], arguments, reading, seconds)
        Run(folder / "killed", [*corpus, *options]).run_to_its_end()
        one, other = (WordVectors.load(folder / part / "embeddings") for part in ("whole", "killed"))
        np.testing.assert_array_equal(one.matrix, other.matrix)
        np.testing.assert_array_equal(one.out_matrix, other.out_matrix)
        assert [path.name for path in (folder / "killed").iterdir()] == ["embeddings"]
        limit = interval + largest_block(progress)
        assert all(row["lost"] <= limit for row in rows), "more than an interval was lost"
        print_line(
            kind="summary",
            kills=len(rows),
            largest_loss=max(row["lost"] for row in rows),
            allowed_loss=limit,
            during_reading=sum(row["reached"] is None for row in rows),
            end_equal_bit_for_bit=True,
        )


def kill_and_resume(
    folder: Path, command: list[object], arguments: argparse.Namespace, reading: float, seconds: float
) -> list[dict[str, object]]:
    """Kill so many runs; return what each one left."""
    moments = random.Random(arguments.random_state)
    rows: list[dict[str, object]] = []
    for number in range(arguments.kills):
        run = Run(folder, command)
        if moments.random() < 0.2:
            run.kill_after(moments.uniform(0, reading))
        else:
            run.wait_for_training()
            run.kill_after(moments.uniform(0, 1.5 * (seconds - reading) / arguments.kills))
        saved = load_checkpoint(folder / "embeddings.checkpoint")  # raises if it is not whole
        assert not (folder / "embeddings").exists()
        kept = saved.history[-1].n_tokens if saved else 0
        reached = run.progress[-1][1] if run.progress else None
        row = {
            "kill": number + 1,
            "after_seconds": round(run.seconds, 2),
            "reached": reached,
            "kept": kept,
            "lost": 0 if reached is None else max(reached - kept, 0),
            "leftovers": sum(path.name.startswith(".") for path in folder.iterdir()),
        }
        print_line(kind="kill", **row)
        rows.append(row)
    return rows


class Run:
    """A run of the program in a process of its own, which tells how far it is."""

    def __init__(self, folder: Path, arguments: list[object]) -> None:
        folder.mkdir(exist_ok=True)
        self.progress: list[tuple[float, int]] = []
        read, write = os.pipe()
        command = [sys.executable, Path(__file__).resolve(), "--child", write, *arguments]
        self._started = time.perf_counter()
        self._process = subprocess.Popen(
            list(map(str, command)), cwd=folder, pass_fds=[write], stdout=subprocess.DEVNULL
        )
        os.close(write)
        self._pipe = os.fdopen(read)
        self._first = ""

    def run_to_its_end(self) -> list[tuple[float, int]]:
        """Wait; return the seconds and words of each record of progress."""
        for line in self._pipe:
            self.progress.append((time.perf_counter() - self._started, int(line)))
        assert self._process.wait() == 0
        return self.progress

    def wait_for_training(self) -> None:
        """Wait for the first record of progress."""
        self._first = self._pipe.readline()

    def kill_after(self, seconds: float) -> None:
        """Kill it after so many seconds, wherever it stands."""
        time.sleep(seconds)
        self._process.send_signal(signal.SIGKILL)
        assert self._process.wait() == -signal.SIGKILL, "it was finished before it could be killed"
        self.seconds = time.perf_counter() - self._started
        lines = (self._first + self._pipe.read()).split("\n")[:-1]  # the last one may be cut
        self.progress = [(self.seconds, int(line)) for line in lines]


def run_child(pipe: int, arguments: list[str]) -> None:
    """Run the program and write the words done to a pipe after each block."""
    show = training.show_progress

    def tell(meter: object, record: object) -> None:
        os.write(pipe, f"{record.n_tokens}\n".encode())
        show(meter, record)

    training.show_progress = tell
    sys.argv = ["textransfer", "pretrain", *arguments]
    program()


def largest_block(progress: list[tuple[float, int]]) -> int:
    """Return the words of the largest block."""
    return int(np.diff([0, *(n_tokens for _, n_tokens in progress)]).max())


if __name__ == "__main__":
    main()
