"""Numbers of things in messages: one text, two texts."""


def amount(n: int, noun: str) -> str:
    """Return how many things there are, of which one is a noun and more have an s.

    Examples
    --------
    >>> amount(1, "text"), amount(1234, "text"), amount(0, "text")
    ('1 text', '1,234 texts', '0 texts')
    """
    return f"{n:,} {noun}{agreeing(n, '', 's')}"


def agreeing(n: int, of_one: str, of_more: str) -> str:
    """Return the form of a word that agrees with so many things.

    Examples
    --------
    >>> agreeing(1, "has", "have"), agreeing(2, "has", "have")
    ('has', 'have')
    """
    return of_one if n == 1 else of_more
