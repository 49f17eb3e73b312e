"""How people write the words of a vocabulary whose tokenizer gives them another form, as in a dictionary."""

from collections import Counter
from collections.abc import Iterable, Mapping

from textransfer.text.tokenize import Tokenizer

Spelled = Counter[tuple[str, str]]
"""How often each word is written in each way."""


def is_respelling(tokenizer: Tokenizer) -> bool:
    """Tell whether a tokenizer gives words another form, and can say how they are written (`spell`)."""
    return hasattr(tokenizer, "spell")


def spelled_in(tokenizer: Tokenizer, texts: Iterable[str]) -> Spelled:
    """Count how the words of texts are written; empty for a tokenizer that leaves them as they are."""
    counts: Spelled = Counter()
    spell = getattr(tokenizer, "spell", None)
    if spell is not None:
        for text in texts:
            counts.update(spell(text))
    return counts


def choose_spellings(counts: Mapping[tuple[str, str], int], words: Iterable[str]) -> dict[str, str]:
    """Return the most frequent way to write each word, for the words that are written otherwise.

    No two words get the same: where one before has it, or is another word, the next frequent is taken, and
    the word itself if there is none. Earlier words, by convention more frequent ones, choose first.

    Examples
    --------
    >>> choose_spellings({("迚も", "とても"): 5, ("迚も", "迚も"): 1, ("本", "本"): 3}, ["迚も", "本"])
    {'迚も': 'とても'}
    """
    listed = list(words)
    ways: dict[str, list[tuple[int, str]]] = {}
    for (word, spelling), count in counts.items():
        ways.setdefault(word, []).append((-count, spelling))
    taken = set(listed)
    chosen = {}
    for word in listed:
        for _, spelling in sorted(ways.get(word, [])):
            if spelling == word:
                break
            if spelling not in taken:
                taken.add(spelling)
                chosen[word] = spelling
                break
    return chosen
