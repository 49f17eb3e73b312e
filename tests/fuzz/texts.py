"""Texts at random, of all scripts: the compiled tokenizer is the plain one, and places are those of words."""

import random
from collections.abc import Iterator

import numpy as np
from fuzz.target import Target

from textransfer.config import TokenizerConfig
from textransfer.extras import is_installed
from textransfer.text.encoding.compiled import CompiledWords
from textransfer.text.encoding.numbering import number_plainly
from textransfer.text.reading.batches import batches_of
from textransfer.text.tokenize import Tokenizer, build_tokenizer, locate, tokenizer_from_spec
from textransfer.text.tokenizers.words import WordsTokenizer

MARKS = "\u0301\u0307\u0323\u0345\u0e33\u0eb3\u3099\u20e3\ufe0e\ufe0f\U000e0100\U000e0067\U000e007f\u1ab0"
INVISIBLE = "\u200b\u200c\u200d\u200e\u202e\u2060\u2066\ufeff\ufffe\uffff\ufff9\u00ad\u034f\u115f\u3164\u180e"
EDGES = "\ud7ff\ue000\uf8ff\U00010000\U0010ffff\ud800\udbff\udc00\udfff\x00\x1c\x85\u2028\u2029\x7f"
SIGNS = (
    "'\u2019\u00b4`-_.,!<>/&;#0123456789 \t\n\r\u3000iI\u0130\u0131\u017f\u212a\u03a3\u03c3\u03c2\u00df\u1e9e"
)
EMOJI = (
    "\U0001f600\U0001f44d\U0001f3fd\u2764\U0001f1ef\U0001f1f5\u2605\U0001f3f4\U0001f468\U0001f467\u0023\u002a"
)
PIECES = [
    "not",
    "don't",
    "isn't",
    "very",
    "good",
    "never a",
    "<br />",
    "&amp;",
    "http://a.b/c?d=e",
    "Istanbul",
    "x" * 200,
]
PLANES = [
    (0x20, 0x7F),
    (0xA0, 0x250),
    (0x370, 0x600),
    (0x600, 0x800),
    (0x900, 0x1200),
    (0x1100, 0x1200),
    (0x1E00, 0x2000),
]
PLANES += [
    (0x2000, 0x2C00),
    (0x3000, 0x3100),
    (0x4E00, 0xA000),
    (0xA000, 0xD800),
    (0xE000, 0x10000),
    (0x10000, 0x20000),
]
PLANES += [(0x20000, 0x30000), (0x30000, 0x40000), (0xE0000, 0xE0200), (0xF0000, 0x110000)]
OPTIONS = [
    {"lowercase": lowercase, "stop_words": stop_words, "marks_negation": marks, **more}
    for lowercase in (True, False)
    for stop_words in ((), ("a", "don't", "\u00e9", "i\u0307", "good", "not"))
    for marks in (False, True)
    for more in ({}, {"is_turkish": True}, {"version": 2})
]
LONG = 100_000
"""Characters of a very long run."""


def random_text(draws: random.Random) -> str:
    """Return a text of pieces of several kinds, now and then one very long run."""
    parts = []
    for _ in range(draws.randint(0, 12)):
        kind = draws.randrange(7)
        if kind < 2:
            low, high = draws.choice(PLANES)
            parts.append("".join(chr(draws.randrange(low, high)) for _ in range(draws.randint(1, 8))))
        elif kind == 2:
            parts.append("".join(draws.choice(MARKS + INVISIBLE) for _ in range(draws.randint(1, 4))))
        elif kind == 3:
            parts.append("".join(draws.choice(SIGNS) for _ in range(draws.randint(1, 5))))
        elif kind == 4:
            parts.append("".join(draws.choice(EMOJI + "\u200d\ufe0f") for _ in range(draws.randint(1, 5))))
        elif kind == 5:
            parts.append(draws.choice(PIECES))
        else:
            parts.append(draws.choice(EDGES))
        parts.append(draws.choice(["", "", " "]))
    if parts and draws.random() < 0.01:
        place = draws.randrange(len(parts))
        parts[place] *= LONG // (len(parts[place]) or 1)
    return "".join(parts)


def text_targets() -> Iterator[Target]:
    """Yield a target for each tokenizer."""
    yield _target(
        "words, compiled", [_compiled_equals_plain(WordsTokenizer(**options)) for options in OPTIONS]
    )
    sample = [
        "a good film isn't dull",
        "\u3053\u306e\u6620\u753b\u306f\u9762\u767d\u3044",
        "caf\u00e9 I\u0130",
    ] * 20
    for name in ("words", "spaces", "japanese", "subword"):
        libraries = {"japanese": "sudachipy", "subword": "tokenizers"}
        if name in libraries and not is_installed(libraries[name]):
            continue
        configs = [
            TokenizerConfig(
                tokenizer=name, lowercase=lowercase, casing=casing, subword_vocab_size=60, subword_model=model
            )  # type: ignore[arg-type]
            for lowercase in (True, False)
            for casing in ("general", "turkish")
            for model in ("bpe", "unigram")
            if not (name == "japanese" and casing == "turkish") and (name == "subword" or model == "bpe")
        ]
        yield _target(
            f"{name}, places", [_places_are_of_words(build_tokenizer(config, sample)) for config in configs]
        )


def _target(name: str, checks: list) -> Target:  # type: ignore[type-arg]
    def case(draws: random.Random) -> bytes:
        text = random_text(draws)
        return bytes([draws.randrange(len(checks))]) + text.encode("utf-8", "surrogatepass")

    def run(content: bytes) -> str:
        checks[content[0] % len(checks)](content[1:].decode("utf-8", "surrogatepass"))
        return "accepted"

    return Target(name, "tokenizers", case, run, b"\0a good film")


def _compiled_equals_plain(tokenizer: WordsTokenizer):  # type: ignore[no-untyped-def]
    compiled = CompiledWords(tokenizer)

    def check(text: str) -> None:
        for batch in batches_of([text, "", text[::-1], "a good film"]):
            fast, plain = compiled(batch), number_plainly(batch, tokenizer)
            if fast.words.words() != plain.words.words():
                raise AssertionError(f"other words: {ascii(fast.words.words()[:20])}")
            for field in ("ids", "ends", "counts", "document_counts"):
                np.testing.assert_array_equal(getattr(fast, field), getattr(plain, field))

    return check


def _places_are_of_words(tokenizer: Tokenizer):  # type: ignore[no-untyped-def]
    rebuilt = tokenizer_from_spec(tokenizer.spec())

    def check(text: str) -> None:
        words = tokenizer.tokenize(text)
        if [*tokenizer.tokenize_many([text, ""])] != [words, []] or rebuilt.tokenize(text) != words:
            raise AssertionError("the same text has other words beside others, or from a saved tokenizer")
        tokens = locate(tokenizer, text)
        if [token.word for token in tokens] != words:
            raise AssertionError(f"places of other words: {ascii(words[:20])}, {ascii(tokens[:20])}")
        if any(not 0 <= token.start <= token.end <= len(text) for token in tokens):
            raise AssertionError("a place outside the text")

    return check
