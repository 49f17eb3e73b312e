"""Mark the words that a negation turns round: "not very good" becomes "not very not_good".

A mean of words loses what "not" belongs to. Das and Chen (2001) mark all words between a negation and the end
of the clause; here it is the next two, and the mark makes each a word with a vector of its own.
"""

from collections.abc import Sequence

PREFIX = "not_"
"""What marks a negated word; a word of text never holds an underscore."""


def words_in(listed: str) -> frozenset[str]:
    """Return the words of a list written with spaces between them."""
    return frozenset(listed.split())


_VERBS = words_in("are could did do does had has have is might must need should was were would")
ENGLISH_NEGATIONS = words_in("""
    no not n't nor never none noone nobody nothing nowhere neither without
    cannot can't cant won't shan't ain't
""") | {f"{verb}{ending}" for verb in _VERBS for ending in ("n't", "nt")}
JAPANESE_NEGATIONS = words_in("ない 無い なし 無し ず ぬ ん まい しか")
NEGATIONS = ENGLISH_NEGATIONS | JAPANESE_NEGATIONS
"""Words that turn the sentiment of their sentence round."""

ENGLISH_BRIDGES = words_in("""
    a all an any anything as at be been especially even exactly have just much particularly quite really so
    such that the to too very
""")
"""Words between a negation and what it turns round, which say nothing that could be turned."""
MOST_BRIDGES = 3
"""So many of them are passed over."""
N_TURNED = 2
"""So many other words after a negation are marked."""

MARKED_SHARE = 0.01
"""Of a vocabulary that was learned from marked text, more words are marked: one in nine of IMDb's."""


def mark_negated(
    words: Sequence[str], *, n_turned: int = N_TURNED, most_bridges: int = MOST_BRIDGES
) -> list[str]:
    """Return the words of a text, those that an English negation turns round marked as negated.

    Negations stay as they are, since they say something by themselves; their case makes no difference.

    Examples
    --------
    >>> mark_negated("this is not a good film don't see it".split())
    ['this', 'is', 'not', 'a', 'not_good', 'not_film', "don't", 'not_see', 'not_it']
    """
    marked = []
    n_left = n_bridges = 0  # how many words are still to be marked, and how many bridges may be passed over
    for word in words:
        folded = word.lower()
        if folded in ENGLISH_NEGATIONS:
            marked.append(word)
            n_left, n_bridges = n_turned, most_bridges
        elif not n_left:
            marked.append(word)
        elif n_bridges and folded in ENGLISH_BRIDGES:
            marked.append(word)
            n_bridges -= 1
        else:
            marked.append(PREFIX + word)
            n_left -= 1
    return marked


def are_marked(words: Sequence[str]) -> bool:
    """Tell whether a vocabulary was learned from marked text, which a file of vectors does not say."""
    known = set(words)
    n_marked = sum(word.startswith(PREFIX) and word[len(PREFIX) :] in known for word in words)
    return n_marked >= max(MARKED_SHARE * len(words), 1)
