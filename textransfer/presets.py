"""Settings that go together under a name.

"article" is the toy example of "How to use deep learning when you have limited data" (2017).
"""

from collections.abc import Mapping
from types import MappingProxyType

from textransfer.config import ClassifierConfig, PretrainConfig, TokenizerConfig

ARTICLE_CLASSIFIER = ClassifierConfig(
    encoder="mean",
    hidden_size=8,
    activation="sigmoid",
    solver="sgd",
    epochs=500,
    learning_rate=0.01,
    vector_learning_rate=0.01,
    l2=0.0,
    batch_size=1,
    standardize=False,
    early_stopping=False,
)
"""The head of the article. It states: plain mean, sigmoid, plain gradient descent at 0.01, a sentence at a
time, weights normal with deviation 0.1. It does not state hidden size and epochs: those are ours."""

ARTICLE_TOKENIZER = TokenizerConfig(stop_words="auto", keep_negations=False, negation="none")
ARTICLE_PRETRAIN = PretrainConfig(
    objective="nce",
    vector_size=4,
    window=5,
    epochs=10_001,
    max_steps=10_001,
    min_count=1,
    sample=0.0,
    negative=8,
    noise="log-uniform",
    noise_sharing="batch",
    noise_replacement=False,
    skip_hits=False,
    shrink_window=False,
    learning_rate=1.0,
    min_learning_rate=1.0,
    schedule="constant",
    batch_size=3,
    reduction="mean",
    initialization="article",
    n_jobs=1,
)
"""The toy example of the article. It states: size 4, NCE loss, 10,001 steps, the initial distributions and
the removal of stop words. It does not state window, noise words, rate and batch size: those are ours, and
docs/article.md shows how little the outcome depends on them."""

PRETRAIN_PRESETS: Mapping[str, tuple[TokenizerConfig, PretrainConfig]] = MappingProxyType(
    {"default": (TokenizerConfig(), PretrainConfig()), "article": (ARTICLE_TOKENIZER, ARTICLE_PRETRAIN)}
)
