"""The scikit-learn face that the classifiers of texts share."""

from typing import Any

from sklearn.base import BaseEstimator, ClassifierMixin

from textransfer.sentiment.predictor import TextPredictor


class TextClassifier(TextPredictor, ClassifierMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A classifier of texts, which are strings or lists of words, that can be fitted."""

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 - a type of scikit-learn
        tags = super().__sklearn_tags__()
        tags.input_tags.string, tags.input_tags.two_d_array = True, False
        return tags
