"""The error of an estimator that is used too early, as scikit-learn knows it."""

from sklearn.exceptions import NotFittedError as SklearnNotFittedError

from textransfer.errors import NotFittedError


class UnfittedError(NotFittedError, SklearnNotFittedError):  # type: ignore[misc]  # scikit-learn has no types
    """A `NotFittedError` that ``except sklearn.exceptions.NotFittedError`` catches too.

    It stands apart because errors are known without scikit-learn.
    """
