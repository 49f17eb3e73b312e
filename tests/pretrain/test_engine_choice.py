"""Which engine runs: asked by name, or chosen by what is there."""

import subprocess
import sys

import pytest

from textransfer import SkipGram
from textransfer.config import PretrainConfig
from textransfer.errors import ConfigError
from textransfer.pretrain import engines
from textransfer.pretrain.engines import choose_engine

LARGE = 10**9
REVIEWS = ["a warm and funny film", "a dull and lifeless film", "warm, funny, a delight"]


@pytest.fixture
def cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend that there is a GPU, and a Triton that compiles."""
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(engines, "find_spec", lambda name: object())
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch, "empty", lambda *size, device: None)
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)


def choose(n_tokens: int, **settings: object) -> tuple[str, str]:
    choice = choose_engine(PretrainConfig(**settings).resolve(n_tokens), n_tokens)
    return choice.name, choice.device


@pytest.mark.usefixtures("cuda")
@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, ("cpu", "cpu")),  # the GPU's own kernel must be asked for
        ({"device": "cpu"}, ("cpu", "cpu")),
        ({"device": "cuda"}, ("torch", "cuda")),
        ({"device": "cuda:1"}, ("torch", "cuda:1")),
        ({"engine": "torch"}, ("torch", "cuda")),
        ({"engine": "triton"}, ("triton", "cuda")),
        ({"engine": "triton", "device": "cuda:1"}, ("triton", "cuda:1")),
    ],
)
def test_where_there_is_a_gpu(settings: dict, expected: tuple[str, str]) -> None:
    assert choose(LARGE, **settings) == expected


@pytest.mark.usefixtures("cuda")
def test_no_threads_on_a_gpu() -> None:
    with pytest.raises(ConfigError, match="n_jobs is 2"):
        choose(LARGE, engine="triton", n_jobs=2)


def test_an_engine_that_needs_a_gpu_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("triton")
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)
    with pytest.raises(ConfigError, match="needs an NVIDIA GPU, but device is 'cpu'"):
        choose(100, engine="triton", device="cpu")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ConfigError, match="needs an NVIDIA GPU, but torch finds none; expected one, or"):
        choose(100, engine="triton")


def test_a_missing_triton_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "find_spec", lambda name: None)
    with pytest.raises(ConfigError, match="'triton'.*not installed"):
        choose(100, engine="triton")


def test_the_interpreter_trains_end_to_end(monkeypatch: pytest.MonkeyPatch) -> None:
    triton = pytest.importorskip("triton", reason="triton is not installed: it exists for Linux alone")
    if not triton.knobs.runtime.interpret:
        pytest.skip("Triton compiles for the GPU here")
    monkeypatch.setenv("TRITON_INTERPRET", "1")
    model = SkipGram(vector_size=4, epochs=1, window=2, engine="triton").fit(REVIEWS)
    assert (model.engine_.name, model.engine_.device) == ("triton", "cpu")
    other = SkipGram(vector_size=4, epochs=1, window=2, engine="cpu", n_jobs=1).fit(REVIEWS)
    assert model.vectors_.matrix == pytest.approx(other.vectors_.matrix, abs=1e-5)


def test_a_cpu_run_never_waits_for_torch() -> None:
    code = (
        "import sys\n"
        "from textransfer.config import PretrainConfig\n"
        "from textransfer.pretrain.engines import choose_engine\n"
        f"assert choose_engine(PretrainConfig().resolve({LARGE}), {LARGE}).name == 'cpu'\n"
        "assert not {'torch', 'triton'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
