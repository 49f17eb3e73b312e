"""Which engine runs: asked by name, or chosen by what is there."""

import subprocess
import sys

import pytest

from textransfer import SkipGram
from textransfer.config import PretrainConfig
from textransfer.errors import ConfigError
from textransfer.pretrain.engines import choose_engine, gpu

LARGE = 10**9
REVIEWS = ["a warm and funny film", "a dull and lifeless film", "warm, funny, a delight"]


@pytest.fixture
def cuda(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pretend that there is a GPU, and a Triton that compiles."""
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(gpu, "has_driver", lambda: True)
    monkeypatch.setattr(gpu, "IS_PROVEN", True)
    monkeypatch.setattr(gpu, "find_spec", lambda name: object())
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch, "empty", lambda *size, device: None)
    monkeypatch.delenv("TRITON_INTERPRET", raising=False)


def choose(n_tokens: int, **settings: object) -> tuple[str, str]:
    choice = choose_engine(PretrainConfig(**settings).resolve(n_tokens), n_tokens)
    return choice.name, choice.device


@pytest.mark.usefixtures("cuda")
def test_a_large_corpus_goes_to_the_gpu() -> None:
    assert choose(LARGE) == ("triton", "cuda")
    assert choose(LARGE, objective="nce", reduction="mean") == ("triton", "cuda")


@pytest.mark.usefixtures("cuda")
@pytest.mark.parametrize(
    "settings",
    [
        {"device": "cpu"},
        {"engine": "cpu"},
        {"n_jobs": 2},
        {"max_steps": 5},
        {"noise_sharing": "pair"},
        {"noise_sharing": "batch", "noise_replacement": False},
        {"batch_size": 64},
        {"negative": 100},
        {"vector_size": 2000},
    ],
)
def test_what_the_gpu_engine_cannot_do_stays_on_the_cpu(settings: dict) -> None:
    assert choose(LARGE, **settings) == ("cpu", "cpu")


@pytest.mark.usefixtures("cuda")
def test_a_kernel_that_never_ran_on_a_gpu_must_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gpu, "IS_PROVEN", False)
    assert choose(LARGE) == ("cpu", "cpu")
    assert choose(LARGE, device="cuda") == ("torch", "cuda")
    assert choose(LARGE, engine="triton") == ("triton", "cuda")


@pytest.mark.usefixtures("cuda")
def test_a_named_gpu_is_used_whatever_the_size() -> None:
    assert choose(100, device="cuda:1") == ("triton", "cuda:1")
    assert choose(100, device="cuda", noise_sharing="pair") == ("torch", "cuda")
    assert choose(100, engine="torch", device="cuda") == ("torch", "cuda")
    assert choose(100, engine="triton") == ("triton", "cuda")


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
    monkeypatch.setattr(gpu, "find_spec", lambda name: None)
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


@pytest.mark.parametrize(("n_tokens", "has_driver"), [(1000, True), (LARGE, False)])
def test_a_cpu_run_never_waits_for_torch(n_tokens: int, has_driver: bool) -> None:
    code = (
        "import sys\n"
        "from textransfer.config import PretrainConfig\n"
        "from textransfer.pretrain.engines import choose_engine, gpu\n"
        f"gpu.has_driver = lambda: {has_driver}\n"
        f"assert choose_engine(PretrainConfig().resolve({n_tokens}), {n_tokens}).name == 'cpu'\n"
        "assert not {'torch', 'triton'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
