"""Cut Japanese text into words with the morphological analyser Sudachi."""

import threading
from collections.abc import Iterable, Iterator
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from typing import Any, Literal

import regex

from textransfer.errors import FormatError
from textransfer.extras import require
from textransfer.text.normalize import Normalization
from textransfer.text.spans import Token, align
from textransfer.text.tokenizers.words import EMOJI, PICTOGRAPH, located_without

DICTIONARY = "sudachidict_core"
MAX_CHARACTERS = 12_000
"""Longest piece given to Sudachi, whose limit is 49,149 bytes; a character takes at most 4."""

_PURPOSE = "the Japanese tokenizer"
_SEPARATORS = (("補助記号",), ("空白",), ("記号",))
_HAS_CONTENT = regex.compile(rf"[\p{{L}}\p{{N}}]|{PICTOGRAPH}", regex.VERSION1)
_HYPHEN = regex.compile(r"(?<=[\p{L}\p{N}])[\u2010-\u2013\u2212](?=[\p{L}\p{N}])")
"""What phones and word processors write for the hyphen, which Sudachi knows in words such as Wi-Fi."""
_STROKES = regex.compile("[\u30fc\u2015\u2500~\u301c]+")
"""What draws a vowel out, when it stands alone."""
_SENTENCE_END = regex.compile(r".*[。．！？!?\n♪…]", regex.DOTALL)
_PAUSE = regex.compile(r".*[\s、，,]", regex.DOTALL)


def split_long(text: str, limit: int = MAX_CHARACTERS) -> list[str]:
    """Cut a text at the last sentence end within `limit` characters, else at a pause, else at the limit."""
    pieces = []
    start = 0
    while len(text) - start > limit:
        window = text[start : start + limit]
        match = _SENTENCE_END.match(window) or _PAUSE.match(window)
        end = start + (match.end() if match else limit)
        pieces.append(text[start:end])
        start = end
    pieces.append(text[start:])
    return pieces


class JapaneseTokenizer:
    """Words of Japanese text, in Sudachi's longest units (mode C).

    Parameters
    ----------
    lowercase : bool, default=True
        Whether upper and lower case of Latin words are the same.
    stop_words : iterable of str, default=()
        Words to leave out, in the form that the tokenizer gives, in small letters.
    form : {"normalized", "surface"}
        Give words in Sudachi's normalised dictionary form (spellings and inflections of a word are one:
        面白かっ becomes 面白い), or as they stand in the text.
    version : int, default=3
        Version 2 took a hyphen of another kind for the end of a word, and a lone stroke (ー) for one;
        version 1 keeps to the rules of the first release, which did not part emoji.

    Raises
    ------
    MissingExtraError
        If SudachiPy or its dictionary is not installed.

    Notes
    -----
    Spaces, punctuation and symbols are left out, unless they contain a letter, a digit or an emoji.
    """

    name = "japanese"
    version = 3

    def __init__(
        self,
        *,
        lowercase: bool = True,
        stop_words: Iterable[str] = (),
        form: Literal["normalized", "surface"] = "normalized",
        version: int = 3,
    ) -> None:
        sudachi = require("sudachipy", extra="ja", purpose=_PURPOSE)
        require(DICTIONARY, extra="ja", purpose=_PURPOSE)
        self.lowercase = lowercase
        self.stop_words = frozenset(stop_words)
        self.form = form
        self.version = version
        # Case is left to the end: Sudachi knows many names by their capitals.
        self._normalization = Normalization(lowercase=False, version=min(version, 2))
        dictionary = sudachi.Dictionary(dict="core")
        # SudachiPy 0.7 renamed the method.
        create = dictionary.tokenizer if hasattr(dictionary, "tokenizer") else dictionary.create
        self._new_analyser = partial(create, mode=sudachi.SplitMode.C)
        self._of_thread = threading.local()
        self._is_separator = dictionary.pos_matcher(_SEPARATORS)

    def tokenize(self, text: str) -> list[str]:
        """Return the words of one text, in order."""
        words = [word for word, _, _, _ in self._words(self._normalization(text))]
        if self.stop_words:
            words = [word for word in words if word.lower() not in self.stop_words]
        return words

    def locate(self, text: str) -> list[Token]:
        """Return the words of one text as `tokenize` does, with their places in it."""
        aligned = align(text, self._normalization)
        words = ((word, start, end) for word, start, end, _ in self._words(aligned.text))
        return located_without(aligned.tokens(words), self.stop_words)

    def spell(self, text: str) -> list[tuple[str, str, str]]:
        """Return the words of one text, each with its spelling without inflection, and what stands there.

        良かった gives 良い with 良い and 良かっ, よかった with よい and よかっ.
        """
        words = [
            (word, word, word)
            if morpheme is None or self.form == "surface"
            else (word, str(morpheme.dictionary_form()), str(morpheme.surface()))
            for word, _, _, morpheme in self._words(self._normalization(text))
        ]
        return [written for written in words if written[0].lower() not in self.stop_words]

    def _words(self, text: str) -> Iterator[tuple[str, int, int, Any]]:
        """Yield the words of a normalised text with their places in it, and the morphemes."""
        analyser = self._analyser()
        start = 0
        if self.version > 2 and not text.isascii():
            text = _HYPHEN.sub("-", text)
        for emoji, end, next_start in self._emoji(text):
            for piece in split_long(text[start:end]):
                for morpheme in analyser.tokenize(piece):
                    if self._is_word(morpheme):
                        first, last = start + morpheme.begin(), start + morpheme.end()
                        yield self._word(morpheme), first, last, morpheme
                start += len(piece)
            if emoji:
                yield emoji, end, next_start, None
            start = next_start

    def _is_word(self, morpheme: Any) -> bool:  # noqa: ANN401 - the library has no types
        if self.version > 2 and _STROKES.fullmatch(morpheme.surface()):
            return False
        return not self._is_separator(morpheme) or bool(_HAS_CONTENT.search(morpheme.surface()))

    def _emoji(self, text: str) -> Iterator[tuple[str, int, int]]:
        """Yield the emoji of a text, which Sudachi would not part, from and to; at its end an empty one."""
        if self.version > 1 and not text.isascii():
            yield from ((match.group(), *match.span()) for match in EMOJI.finditer(text))
        yield "", len(text), len(text)

    def _word(self, morpheme: Any) -> str:  # noqa: ANN401 - the library has no types
        word: str = morpheme.normalized_form() if self.form == "normalized" else morpheme.surface()
        return self._normalization.small(word) if self.lowercase else word

    def _analyser(self) -> Any:  # noqa: ANN401 - the library has no types
        """Return this thread's analyser: it works without the interpreter's lock, but for one at a time."""
        if not hasattr(self._of_thread, "analyser"):
            self._of_thread.analyser = self._new_analyser()
        return self._of_thread.analyser

    def tokenize_many(self, texts: Iterable[str]) -> Iterator[list[str]]:
        """Yield the words of each text."""
        return map(self.tokenize, texts)

    def spec(self) -> dict[str, Any]:
        """Return all that rebuilds this tokenizer, as JSON can hold it."""
        return {
            "name": self.name,
            "version": self.version,
            "lowercase": self.lowercase,
            "stop_words": sorted(self.stop_words),
            "form": self.form,
            "dictionary": DICTIONARY,
            "dictionary_version": dictionary_version(),
        }

    @classmethod
    def from_spec(cls, spec: dict[str, Any]) -> "JapaneseTokenizer":
        """Rebuild a tokenizer from its `spec`.

        Raises
        ------
        FormatError
            If it was made with another dictionary than the one installed, which may cut words otherwise.
        """
        tokenizer = cls(
            lowercase=spec["lowercase"],
            stop_words=spec["stop_words"],
            form=spec["form"],
            version=spec["version"],
        )
        saved = (spec["dictionary"], spec["dictionary_version"])
        present = (DICTIONARY, dictionary_version())
        if saved != present:
            raise FormatError(
                f"these vectors were made with the dictionary {saved[0]} {saved[1]}, but {present[0]} "
                f"{present[1]} is installed, which may cut words otherwise; install the former with: "
                f"pip install {saved[0]}=={saved[1]}"
            )
        return tokenizer

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_spec, (self.spec(),)


def dictionary_version() -> str:
    """Return the version of the installed dictionary."""
    try:
        return version(DICTIONARY)
    except PackageNotFoundError:
        return "unknown"
