"""``textransfer serve``: what stands on the line reaches the server, and nothing else is asked."""

import sys
from pathlib import Path

import pytest
from cli.conftest import Run

from textransfer.serving import server
from textransfer.serving.settings import ServingConfig


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[tuple[object, ...]]:
    calls: list[tuple[object, ...]] = []

    def serve(*arguments: object, **further: object) -> int:
        calls.append((*arguments, further))
        return 0

    monkeypatch.setattr(server, "serve", serve)
    return calls


def test_without_options_the_defaults_hold(run: Run, called: list[tuple[object, ...]]) -> None:
    assert run("serve").code == 0
    assert called[0][:2] == (Path("classifier"), ServingConfig())


def test_every_option_reaches_its_setting(run: Run, called: list[tuple[object, ...]]) -> None:
    changes = {name: 7 for name in ServingConfig.names() if name.startswith("max_")} | {"port": 0}
    options = [part for name, value in changes.items() for part in (f"--{name.replace('_', '-')}", value)]
    hosts = ("--host", "0.0.0.0", "--allow-host", "a.example", "--allow-host", "b.example")
    assert run("serve", "model", *options, *hosts).code == 0
    path, config, _ = called[0]
    assert path == Path("model")
    assert config == ServingConfig(host="0.0.0.0", allowed_hosts=("a.example", "b.example"), **changes)


def test_what_is_shown_by_help_are_the_defaults(run: Run) -> None:
    shown = " ".join(run("serve", "--help").out.replace(",", "").split())
    for name, value in ServingConfig().to_dict().items():
        if name != "allowed_hosts":
            assert str(value).removesuffix(".0") in shown, name


def test_mistakes_are_one_line(run: Run, tmp_path: Path) -> None:
    for arguments, expected in (
        (("serve", tmp_path), "no complete classifier folder"),
        (("serve", "--port", 70_000), "port is 70000"),
        (("serve", "--max-texts", 0), "max_texts is 0"),
    ):
        outcome = run(*arguments)
        assert outcome.code == 2
        assert len(outcome.err.splitlines()) == 1
        assert expected in outcome.err


def test_without_the_extra_the_message_names_it(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "starlette", None)
    outcome = run("serve")
    assert outcome.code == 2
    assert 'pip install "textransfer[serve]"' in outcome.err
