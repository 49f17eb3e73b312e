"""Dockerfile, compose.yaml and the small requirements agree with the package and with each other."""

import json
import re
import tomllib
from pathlib import Path

from textransfer import ServingConfig

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
COMPOSE = (ROOT / "compose.yaml").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def test_the_small_requirements_have_the_bounds_of_the_package() -> None:
    lines = (ROOT / "requirements/serve.txt").read_text(encoding="utf-8").splitlines()
    needed = {line for line in lines if not line.startswith("#")}
    extras = PROJECT["optional-dependencies"]
    assert needed <= {*PROJECT["dependencies"], *extras["serve"], *extras["excel"]}
    assert {line for line in (*extras["serve"], *extras["excel"]) if "textransfer" not in line} <= needed
    assert not any(re.match("torch|scipy|scikit|numba|gensim", line) for line in needed)


def test_what_is_copied_exists_and_reaches_the_builder() -> None:
    let_through = re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.M)
    copied = [
        name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", DOCKERFILE, re.M) for name in line.split()
    ]
    assert {name.removeprefix("./") for name in copied} == set(let_through)
    assert all((ROOT / name).exists() for name in copied)


def test_it_runs_as_an_ordinary_user_on_the_port_that_is_published_and_asked() -> None:
    last = DOCKERFILE[DOCKERFILE.rindex("\nFROM") :]
    user = re.search(r"^USER (\d+):(\d+)$", last, re.M)
    assert int(user[1]) > 0
    entry = json.loads(re.search(r"^ENTRYPOINT (\[.*\])$", last, re.M)[1])
    port = entry[entry.index("--port") + 1]
    health = json.loads(re.search(r"^HEALTHCHECK .* CMD (\[.*\])$", last, re.M)[1])
    assert f"127.0.0.1:{port}/health" in health[-1]
    assert f'"127.0.0.1:{port}:{port}"' in COMPOSE, "published to this machine alone"
    assert f"EXPOSE {port}" in last
    for line in ("read_only: true", "no-new-privileges:true", "cap_drop: [ALL]", "/classifier:ro", "- /tmp:"):
        assert line in COMPOSE
    seconds = int(re.search(r"stop_grace_period: (\d+)s", COMPOSE)[1])
    assert seconds > ServingConfig().max_seconds + 2, "what was begun is answered before it is killed"
