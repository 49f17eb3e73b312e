"""docs/serving.md: its commands run, its Python runs, its table of limits has the defaults."""

import os
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn

from textransfer import SentimentClassifier, ServingConfig, build_app
from textransfer.config import TEXT_COLUMN

TEXT = (Path(__file__).parents[2] / "docs/serving.md").read_text(encoding="utf-8")
STARTS = ("pip install", "textransfer serve", "docker ", "python benchmarks/")
"""Commands that are not run here: those that start what the others ask, which other tests do."""
COMMANDS = [
    line
    for block in re.findall(r"```sh\n(.*?)```", TEXT, re.S)
    for line in block.splitlines()
    if not line.startswith(STARTS)
]
needs_curl = pytest.mark.skipif(
    os.name == "nt" or shutil.which("curl") is None, reason="the commands are for a shell with curl"
)


@pytest.fixture(scope="module")
def port(classifier: SentimentClassifier) -> Iterator[int]:
    listening = socket.create_server(("127.0.0.1", 0))
    settings = uvicorn.Config(build_app(classifier), log_config=None, ws="none")
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield listening.getsockname()[1]
    server.should_exit = True
    thread.join()


@needs_curl
@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_is_answered(port: int, command: str, tmp_path: Path) -> None:
    (tmp_path / "tickets.csv").write_text(f"{TEXT_COLUMN},message\n1,a gripping drama\n", encoding="utf-8")
    line = command.replace("localhost:8000", f"127.0.0.1:{port}")
    run = subprocess.run(
        ["sh", "-ec", line + " --fail --silent"], cwd=tmp_path, capture_output=True, text=True
    )
    assert run.returncode == 0, run.stderr
    output = tmp_path / "labelled.csv"
    answer = output.read_text(encoding="utf-8-sig") if output.is_file() else run.stdout
    assert "error" not in answer
    assert answer.strip()


def test_there_are_commands() -> None:
    assert len(COMMANDS) >= 7


def test_python_runs(port: int, capsys: pytest.CaptureFixture[str]) -> None:
    (block,) = re.findall(r"```python\n(.*?)```", TEXT, re.S)
    exec(compile(block.replace("localhost:8000", f"127.0.0.1:{port}"), "serving.md", "exec"), {})
    assert len(capsys.readouterr().out.splitlines()) == 2


def test_the_table_of_limits_has_the_defaults() -> None:
    rows = re.findall(r"^\| `--([\w-]+)` \| ([\d,]+) \|", TEXT, re.M)
    defaults = {name: value for name, value in ServingConfig().to_dict().items() if name.startswith("max_")}
    assert {name.replace("-", "_"): float(value.replace(",", "")) for name, value in rows} == defaults
