"""The scikit-learn face that the classifiers of texts share."""

from typing import Any, ClassVar

from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.metadata_routing import UNUSED

from textransfer.sentiment.predictor import TextPredictor
from textransfer.unfitted import UnfittedError


class TextClassifier(TextPredictor, ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A classifier of texts, which are strings or lists of words, that can be fitted."""

    # Texts and labels are what scikit-learn calls X and y; only other arguments are metadata to it.
    __metadata_request__fit: ClassVar = {"texts": UNUSED, "labels": UNUSED}
    __metadata_request__predict: ClassVar = {"texts": UNUSED}
    __metadata_request__predict_proba: ClassVar = {"texts": UNUSED}
    __metadata_request__predict_log_proba: ClassVar = {"texts": UNUSED}
    __metadata_request__decision_function: ClassVar = {"texts": UNUSED}
    _unfitted = UnfittedError

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 - a type of scikit-learn
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array = True, False
        return tags
