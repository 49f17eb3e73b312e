"""Tell where texts miss words of the vectors by nothing but their case."""

import warnings
from collections import Counter
from collections.abc import Collection, Sequence

from textransfer.errors import TextransferWarning

LEAST_SHARE, FEWEST = 0.02, 5
"""Of a text's words that are known in another case only; fewer are names, or chance."""
N_TEXTS = 1000
"""So many texts tell, spread evenly."""


def warn_of_case(token_lists: Sequence[Sequence[str]], known: Collection[str]) -> None:
    """Warn if many words of texts are unknown, but known in another case: "film" where there is "Film"."""
    counts: Counter[str] = Counter()
    for words in token_lists[:: -(-len(token_lists) // N_TEXTS) or 1]:
        counts.update(words)
    unknown = {word: n for word, n in counts.items() if word not in known}
    least = max(LEAST_SHARE * counts.total(), FEWEST)
    if sum(unknown.values()) < least:
        return
    cased = {word.casefold(): word for word in known if word.casefold() != word}
    missed = {word: n for word, n in unknown.items() if word in cased or word.casefold() in known}
    if sum(missed.values()) < least:
        return
    word = max(missed, key=lambda word: missed[word])
    other = cased.get(word, word.casefold())
    share = sum(missed.values()) / counts.total()
    warnings.warn(
        f"{share:.1%} of the words of the texts are unknown, but known in another case, such as {word!r} as "
        f"{other!r}: pretraining with init_from=FILE brings vectors to one case",
        TextransferWarning,
        stacklevel=2,
    )
