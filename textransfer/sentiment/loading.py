"""Load whichever classifier a folder holds."""

from pathlib import Path
from typing import TYPE_CHECKING

from textransfer.sentiment.folder import kind_of

if TYPE_CHECKING:
    from textransfer.sentiment.classifier import SentimentClassifier
    from textransfer.sentiment.combined import CombinedClassifier
    from textransfer.sentiment.encoder_classifier import EncoderClassifier
    from textransfer.sentiment.tfidf import TfidfBaseline


def load_classifier(
    path: str | Path,
) -> "SentimentClassifier | CombinedClassifier | TfidfBaseline | EncoderClassifier":
    """Read a folder that ``textransfer classify`` or the `save` of a classifier wrote.

    Parameters
    ----------
    path : str or Path
        The folder.

    Returns
    -------
    SentimentClassifier, CombinedClassifier, TfidfBaseline or EncoderClassifier
        Fitted; gives the probabilities of the one that was saved, to the bit.

    Raises
    ------
    FormatError
        If it is another kind of folder, or a file is missing, truncated or of a newer version; or if the
        encoder that it was made with is gone or has changed.

    Examples
    --------
    >>> load_classifier("classifier").predict(["a fine film"])  # doctest: +SKIP
    """
    # Imported here because each loads without what only the others need.
    kind = kind_of(Path(path))
    if kind == "tfidf":
        from textransfer.sentiment.tfidf import TfidfBaseline

        return TfidfBaseline.load(path)
    if kind == "encoder":
        from textransfer.sentiment.encoder_classifier import EncoderClassifier

        return EncoderClassifier.load(path)
    if kind == "combined":
        from textransfer.sentiment.combined import CombinedClassifier

        return CombinedClassifier.load(path)
    from textransfer.sentiment.classifier import SentimentClassifier

    return SentimentClassifier.load(path)
