#!/usr/bin/env python3
"""Carry out the Dockerfile without Docker, and ask the server that comes of it.

    python scripts/try_image.py BASE CLASSIFIER [--arg INSTALL=whole]

BASE is a root filesystem with Python, in the place of the image that FROM names (as by debootstrap). Each
stage is a layer over it, and RUN works in a chroot. Then the entry point runs as the user of the image, with
a read-only root, a /tmp to write to, and no capability, as compose.yaml has it. It is asked for a
prediction, a page, a labelled table and its health, and stopped. As root on Linux; nothing changes outside a
temporary folder.
"""

import argparse
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.request import Request, urlopen

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = "http://127.0.0.1:8000"


def instructions(text: str) -> list[tuple[str, str]]:
    """Return the instructions of a Dockerfile with their values."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    return [tuple(line.split(None, 1)) for line in joined.splitlines()]


class Stage:
    """A stage: a layer over the base, and what its instructions set."""

    def __init__(self, base: Path, folder: Path) -> None:
        self.folder = folder
        self.env = {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin"}
        self.workdir, self.user, self.entry, self.health = "/", "0:0", [], []
        for name in ("upper", "work", "root"):
            (folder / name).mkdir(parents=True)
        options = f"lowerdir={base},upperdir={folder}/upper,workdir={folder}/work"
        subprocess.run(["mount", "-t", "overlay", "overlay", "-o", options, self.root], check=True)
        subprocess.run(["mount", "-t", "proc", "proc", self.root / "proc"], check=True)
        subprocess.run(["mount", "--bind", "/dev", self.root / "dev"], check=True)
        for name in ("etc/resolv.conf", "etc/ssl/certs/ca-certificates.crt"):  # of this machine's network
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(Path("/", name), self.root / name)

    @property
    def root(self) -> Path:
        """Where its files are."""
        return self.folder / "root"

    def run(self, command: str) -> None:
        """Carry out RUN."""
        line = ["chroot", self.root, "/bin/sh", "-ec", f"cd {self.workdir} && {command}"]
        subprocess.run(line, env=self.env | network_settings(), check=True)

    def carry_out(self, name: str, value: str, arguments: dict[str, str]) -> None:
        """Carry out what needs no other stage."""
        if name == "RUN":
            self.run(value)
        elif name == "ARG":
            key, _, default = value.partition("=")
            self.env[key] = arguments.get(key, default)
        elif name == "ENV":
            self.env |= dict(part.split("=", 1) for part in shlex.split(value))
        elif name == "WORKDIR":
            self.workdir = value
            (self.root / value.lstrip("/")).mkdir(parents=True, exist_ok=True)
        elif name == "USER":
            self.user = value
        elif name == "ENTRYPOINT":
            self.entry = json.loads(value)
        elif name == "HEALTHCHECK":
            self.health = json.loads(value.partition(" CMD ")[2])
        elif name not in ("EXPOSE", "STOPSIGNAL"):
            raise SystemExit(f"{name} is not carried out here")

    def copy(self, arguments: str, stages: dict[str, "Stage"]) -> None:
        """Carry out COPY."""
        words = shlex.split(arguments)
        source = ROOT
        if words[0].startswith("--from="):
            source = stages[words.pop(0).removeprefix("--from=")].root
        *files, target = words
        into = self.root / os.path.normpath(os.path.join(self.workdir, target)).lstrip("/")  # noqa: PTH118
        for name in files:
            path = source / name.lstrip("/")
            if path.is_dir():
                shutil.copytree(path, into, symlinks=True, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                into.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, into)


def network_settings() -> dict[str, str]:
    """Return what pip needs to know of this machine's network, as Docker passes it on by --build-arg."""
    return {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "HTTP", "SSL_"))}


def build(base: Path, place: Path, arguments: dict[str, str]) -> Stage:
    """Carry out all stages; return the last."""
    stages: dict[str, Stage] = {}
    for number, (name, value) in enumerate(instructions((ROOT / "Dockerfile").read_text(encoding="utf-8"))):
        print(f"{name} {value[:100]}", flush=True)
        if name == "FROM":
            stage = stages[value.split()[-1]] = Stage(base, place / f"stage{number}")
        elif name == "COPY":
            stage.copy(value, stages)
        else:
            stage.carry_out(name, value, arguments)
    return stage


def inside(stage: Stage, command: list[str]) -> list[str]:
    """Return a command as it runs in the container: as its user, without capabilities."""
    user, group = stage.user.split(":")
    bounds = ["--bounding-set=-all", "--inh-caps=-all", "--no-new-privs"]
    dropped = ["setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups", *bounds]
    return [shutil.which("chroot") or "chroot", str(stage.root), *dropped, *command]


def ask(path: str, body: bytes | None = None, **headers: str) -> bytes:
    """Return what the server answers."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    with urlopen(Request(ADDRESS + path, body, headers), timeout=30) as answer:
        return answer.read()


def try_out(stage: Stage, classifier: Path) -> None:
    """Run the container with a read-only root, ask it, and stop it."""
    for name in ("classifier", "tmp"):
        (stage.root / name).mkdir(exist_ok=True)
    mounts = (
        ["mount", "--bind", str(classifier), str(stage.root / "classifier")],
        ["mount", "-o", "remount,bind,ro", str(stage.root / "classifier")],
        ["mount", "-t", "tmpfs", "-o", "size=256m,mode=1777", "tmpfs", str(stage.root / "tmp")],
        ["mount", "-o", "remount,ro", str(stage.root)],
    )
    for command in mounts:
        subprocess.run(command, check=True)
    server = subprocess.Popen(inside(stage, stage.entry), env=stage.env)
    try:
        for _ in range(240):
            health = subprocess.run(inside(stage, stage.health), env=stage.env, capture_output=True)
            if health.returncode == 0:
                break
            if server.poll() is not None:
                raise SystemExit(f"the server ended with {server.returncode}")
            time.sleep(0.5)
        print("HEALTHCHECK passes")
        print(ask("/predict", b'{"text": "a fine film"}', Content_Type="application/json").decode().strip())
        print(f"page: {len(ask('/')):,} bytes")
        print("table:", repr(ask("/label?name=a.csv", b"text\nfine").decode()))
        touch = subprocess.run(
            inside(stage, ["touch", "/opt/x"]), env=stage.env, capture_output=True, text=True
        )
        print("writing to the root:", touch.stderr.strip())
        identity = Path(f"/proc/{server.pid}/status").read_text()
        print(*re.findall(r"^(?:Uid|CapEff|NoNewPrivs|VmRSS):.*$", identity, re.M), sep="; ")
        assert touch.returncode, "the root can be written"
    finally:
        server.terminate()
        print("SIGTERM: exit code", server.wait(60))


def main() -> None:
    """Build, and try out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("base", type=Path)
    parser.add_argument("classifier", type=Path)
    parser.add_argument("--arg", action="append", default=[], help="a build argument, as INSTALL=whole")
    arguments = parser.parse_args()
    if os.environ.get("TEXTRANSFER_UNSHARED") != "1":  # mounts of its own, gone when it ends
        os.environ["TEXTRANSFER_UNSHARED"] = "1"
        os.execvp("unshare", ["unshare", "-m", "--propagation", "private", sys.executable, *sys.argv])
    place = Path(tempfile.mkdtemp(prefix="image-"))
    try:
        stage = build(arguments.base.resolve(), place, dict(part.split("=", 1) for part in arguments.arg))
        files = [
            path for path in (stage.folder / "upper").rglob("*") if path.is_file() and not path.is_symlink()
        ]
        size = sum(path.stat().st_size for path in files)
        print(f"beyond the base: {size / 1e6:.0f} MB")
        try_out(stage, arguments.classifier.resolve())
    finally:
        for line in reversed(Path("/proc/mounts").read_text().splitlines()):
            if line.split()[1].startswith(str(place)):
                subprocess.run(["umount", "-l", line.split()[1]], check=False)
        shutil.rmtree(place, ignore_errors=True)


if __name__ == "__main__":
    main()
