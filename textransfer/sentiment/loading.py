"""Load whichever classifier a folder holds."""

from pathlib import Path
from typing import TYPE_CHECKING

from textransfer.sentiment.folder import has_words

if TYPE_CHECKING:
    from textransfer.sentiment.classifier import SentimentClassifier
    from textransfer.sentiment.combined import CombinedClassifier


def load_classifier(path: str | Path) -> "SentimentClassifier | CombinedClassifier":
    """Read a folder that ``textransfer classify`` or the `save` of a classifier wrote.

    Parameters
    ----------
    path : str or Path
        The folder.

    Returns
    -------
    SentimentClassifier or CombinedClassifier
        Fitted; gives the probabilities of the one that was saved, to the bit.

    Raises
    ------
    FormatError
        If it is another kind of folder, or a file is missing, truncated or of a newer version.

    Examples
    --------
    >>> load_classifier("classifier").predict(["a fine film"])  # doctest: +SKIP
    """
    # Imported here because a classifier over vectors alone loads in half of the time.
    if has_words(Path(path)):
        from textransfer.sentiment.combined import CombinedClassifier

        return CombinedClassifier.load(path)
    from textransfer.sentiment.classifier import SentimentClassifier

    return SentimentClassifier.load(path)
