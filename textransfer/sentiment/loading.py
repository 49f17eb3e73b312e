"""Load whichever classifier a folder holds, to predict and explain."""

from pathlib import Path
from typing import TYPE_CHECKING

from textransfer.sentiment import folder
from textransfer.storage.reading import read_as_one

if TYPE_CHECKING:
    from textransfer.sentiment.combined_predictor import SavedCombinedPredictor
    from textransfer.sentiment.encoder_classifier import EncoderClassifier
    from textransfer.sentiment.tfidf_predictor import SavedTfidfPredictor
    from textransfer.sentiment.vector_predictor import SavedVectorPredictor


def load_classifier(
    path: str | Path,
) -> "SavedVectorPredictor | SavedCombinedPredictor | SavedTfidfPredictor | EncoderClassifier":
    """Read a folder that ``textransfer classify`` or the `save` of a classifier wrote.

    What it returns predicts and explains with numpy alone: neither torch nor scikit-learn is loaded. To fit
    a classifier anew, or for tools of scikit-learn that want an estimator, load it by its class:
    ``SentimentClassifier.load(path)``.

    Parameters
    ----------
    path : str or Path
        The folder.

    Returns
    -------
    SavedVectorPredictor, SavedCombinedPredictor, SavedTfidfPredictor or EncoderClassifier
        With `classes_`, `predict`, `predict_proba`, `known_shares`, `explain` and `save`; gives the
        probabilities of the one that was saved.

    Raises
    ------
    FormatError
        If it is another kind of folder, or a file is missing, truncated or of a newer version; or if the
        encoder that it was made with is gone or has changed; or if another program changed the folder
        while it was being read.

    Examples
    --------
    >>> load_classifier("classifier").predict(["a fine film"])  # doctest: +SKIP
    """
    with read_as_one(Path(path)):
        return _load(Path(path))


def _load(
    path: Path,
) -> "SavedVectorPredictor | SavedCombinedPredictor | SavedTfidfPredictor | EncoderClassifier":
    # Imported here because each loads without what only the others need.
    kind = folder.kind_of(path)
    if kind == "tfidf":
        from textransfer.sentiment.tfidf_predictor import SavedTfidfPredictor

        return SavedTfidfPredictor(folder.load_tfidf(path))
    if kind == "encoder":
        from textransfer.sentiment.encoder_classifier import EncoderClassifier

        return EncoderClassifier.load(path)
    if kind == "combined":
        from textransfer.sentiment.combined_predictor import SavedCombinedPredictor

        return SavedCombinedPredictor.load(path)
    from textransfer.sentiment.vector_predictor import SavedVectorPredictor

    return SavedVectorPredictor(folder.load(path))
