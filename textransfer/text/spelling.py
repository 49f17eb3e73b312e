"""How people write the words of a vocabulary whose tokenizer gives them another form, as in a dictionary."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

Spelled = Counter[tuple[str, str, str]]
"""How often each word is written in each way: the word, its spelling uninflected, what stands there."""

_COMPOSED = {"\u0e4d\u0e32": "\u0e33", "\u0ecd\u0eb2": "\u0eb3"}
"""The vowel am of Thai and of Lao, which the form NFKC takes apart, as people type it."""


def is_respelling(tokenizer: "Tokenizer") -> bool:
    """Tell whether a tokenizer gives words another form, and can say how they are written (`spell`)."""
    return hasattr(tokenizer, "spell")


def spelled_in(tokenizer: "Tokenizer", texts: Iterable[str]) -> Spelled:
    """Count how the words of texts are written; empty for a tokenizer that leaves them as they are."""
    counts: Spelled = Counter()
    spell = getattr(tokenizer, "spell", None)
    if spell is not None:
        for text in texts:
            counts.update(spell(text))
    return counts


def choose_spellings(counts: Mapping[tuple[str, str, str], int], words: Iterable[str]) -> dict[str, str]:
    """Return the most frequent way to write each word, for the words that are written otherwise.

    That is the most frequent spelling without inflection that stands in the texts so (its own count times
    that with its inflections is the largest), else the most frequent inflected form: what is shown was
    written by somebody. No two words get the same: where one before has it, or is spelt so itself, the next
    frequent spelling stands behind it in brackets, else a number. Earlier words, by convention more frequent
    ones, choose first.

    Examples
    --------
    >>> choose_spellings({("迚も", "とても", "とても"): 5, ("迚も", "迚も", "迚も"): 1}, ["迚も"])
    {'迚も': 'とても'}
    >>> choose_spellings({("ぬ", "ぬ", "ず"): 2, ("ぬ", "ぬ", "ん"): 3}, ["ぬ"])
    {'ぬ': 'ん'}
    """
    listed = list(words)
    wanted = set(listed)
    uninflected: dict[str, Counter[str]] = {}
    standing: dict[str, Counter[str]] = {}
    for (word, spelling, form), count in counts.items():
        if word in wanted:
            uninflected.setdefault(word, Counter())[spelling] += count
            standing.setdefault(word, Counter())[form] += count
    taken = set(listed)
    chosen = {}
    for word, forms in ((word, standing[word]) for word in listed if word in standing):
        # Of a form that hardly stands for itself (ぬ, the head of many ん) the inflections count for little.
        weights = {name: count * forms[name] for name, count in uninflected[word].items() if name in forms}
        spellings = _by_count(weights)
        usual = spellings[0] if spellings else _by_count(forms)[0]
        if usual != word:
            chosen[word] = _distinct(usual, spellings[1:], taken)
            taken.add(chosen[word])
    return chosen


def compose(words: Sequence[str]) -> dict[str, str]:
    """Return words as people type them, for those that hold a letter which Unicode takes apart.

    Examples
    --------
    >>> compose(["ห้องน\u0e49\u0e4d\u0e32", "ห้อง"]) == {"ห้องน\u0e49\u0e4d\u0e32": "ห้องน\u0e49\u0e33"}
    True
    """
    composed: dict[str, str] = {}
    every = "".join(words)
    for apart, letter in _COMPOSED.items():
        if apart not in every:  # as in nearly all languages
            continue
        composed |= {word: word.replace(apart, letter) for word in words if apart in word}
    return composed


def _distinct(usual: str, spellings: list[str], taken: set[str]) -> str:
    """Return a way to write a word that no other has, which begins with the usual one."""
    if usual not in taken:
        return usual
    bracketed = (f"{usual}（{other}）" for other in spellings)
    numbered = (f"{usual}（{number}）" for number in range(2, len(taken) + 3))
    return next(name for name in (*bracketed, *numbered) if name not in taken)


def _by_count(counts: Mapping[str, int]) -> list[str]:
    return sorted(counts, key=lambda name: (-counts[name], name))
