"""Names that other libraries have for parameters: whoever uses one is told ours."""

import inspect
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from textransfer.errors import PeerNameError

OURS = {
    "alpha": "learning_rate",
    "lr": "learning_rate",
    "min_alpha": "min_learning_rate",
    "workers": "n_jobs",
    "thread": "n_jobs",
    "seed": "random_state",
    "topn": "n",
    "size": "vector_size",
    "dim": "vector_size",
    "iter": "epochs",
    "n_epochs": "epochs",
    "max_iter": "epochs",
    "ws": "window",
    "minCount": "min_count",
    "neg": "negative",
    "max_final_vocab": "max_vocab_size",
    "shrink_windows": "shrink_window",
    "callbacks": "on_progress",
    "pretrainedVectors": "init_from",
    "pretrained_vectors": "init_from",
    "sentences": "documents",
    "corpus_iterable": "documents",
    "corpus_file": "documents",
    "input": "documents",
    "minn": "ngrams",
    "maxn": "ngrams",
    "wordNgrams": "phrases",
    "C": "l2",
    "weight_decay": "l2",
    "batch_words": "batch_size",
    "topk": "n",
    "k": "n",
}
"""What parameters of gensim, fastText and scikit-learn are called here."""
ABSENT = {
    "sg": "skip-gram is all there is",
    "hs": 'there is no hierarchical softmax, but objective="sgns" or "nce"',
    "cbow_mean": "there is no CBOW",
    "compute_loss": "the loss is always kept, in history_ or progress.jsonl",
    "sorted_vocab": "words are always sorted by count",
    "trim_rule": "min_count and max_vocab_size say which words are kept",
    "null_word": "there is none",
    "hashfxn": "random_state alone decides",
}
"""Parameters of theirs that have none here, and why."""

_SETTINGS = frozenset(OURS.values()) - {"n", "documents", "on_progress", "random_state", "init_from"}
"""Those of them that functions take as further settings."""

_P = ParamSpec("_P")
_R = TypeVar("_R")
Called = TypeVar("Called", bound="type | Callable[..., Any]")


def refusing_peer_names(called: Called) -> Called:
    """Return a function or a class that answers other libraries' names for its parameters with ours.

    Raises
    ------
    PeerNameError
        When it is called with one; a TypeError, as Python raises for any unknown parameter.
    """
    if isinstance(called, type):
        called.__init__ = _refusing(called.__init__, is_method=True)  # type: ignore[misc]
        return called
    return _refusing(called)  # type: ignore[return-value]


def _refusing(function: Callable[_P, _R], *, is_method: bool = False) -> Callable[_P, _R]:
    own = inspect.signature(function).parameters

    @wraps(function)
    def answering(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        check_peer_names(type(args[0]).__name__ if is_method else function.__name__, kwargs, own)
        return function(*args, **kwargs)

    return answering


def check_peer_names(
    function: str, passed: Mapping[str, object], own: Mapping[str, inspect.Parameter]
) -> None:
    """Raise a PeerNameError if one of the parameters passed to a function is another library's name.

    That is, where one of its own, or settings that it takes besides, has that meaning.
    """
    unknown = sorted(passed.keys() - own.keys())
    if not unknown:
        return
    has_settings = any(parameter.kind is parameter.VAR_KEYWORD for parameter in own.values())
    renamed = {
        name: OURS[name]
        for name in unknown
        if name in OURS and (OURS[name] in own or (has_settings and OURS[name] in _SETTINGS))
    }
    absent = {name: ABSENT[name] for name in unknown if name in ABSENT}
    if "documents" not in own:
        absent |= {name: "documents go to fit" for name in unknown if OURS.get(name) == "documents"}
    answers = [f"{name} is {ours} here" for name, ours in renamed.items()]
    answers += [f"{name} has no place here: {reason}" for name, reason in absent.items()]
    if answers:
        named = ", ".join([*renamed, *absent])
        raise PeerNameError(f"{function} has no parameter {named}: {'; '.join(answers)}")
