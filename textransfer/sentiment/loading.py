"""Load whichever classifier a folder holds."""

from pathlib import Path
from typing import TYPE_CHECKING

from textransfer.sentiment.folder import kind_of

if TYPE_CHECKING:
    from textransfer.sentiment.classifier import SentimentClassifier
    from textransfer.sentiment.combined import CombinedClassifier
    from textransfer.sentiment.tfidf import TfidfBaseline


def load_classifier(path: str | Path) -> "SentimentClassifier | CombinedClassifier | TfidfBaseline":
    """Read a folder that ``textransfer classify`` or the `save` of a classifier wrote.

    Parameters
    ----------
    path : str or Path
        The folder.

    Returns
    -------
    SentimentClassifier, CombinedClassifier or TfidfBaseline
        Fitted; gives the probabilities of the one that was saved, to the bit.

    Raises
    ------
    FormatError
        If it is another kind of folder, or a file is missing, truncated or of a newer version.

    Examples
    --------
    >>> load_classifier("classifier").predict(["a fine film"])  # doctest: +SKIP
    """
    # Imported here because each loads without what only the others need.
    kind = kind_of(Path(path))
    if kind == "tfidf":
        from textransfer.sentiment.tfidf import TfidfBaseline

        return TfidfBaseline.load(path)
    if kind == "combined":
        from textransfer.sentiment.combined import CombinedClassifier

        return CombinedClassifier.load(path)
    from textransfer.sentiment.classifier import SentimentClassifier

    return SentimentClassifier.load(path)
