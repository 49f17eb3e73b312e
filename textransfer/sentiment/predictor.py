"""A fitted classifier of texts, whoever fitted it: what all of them answer. It needs numpy alone."""

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from textransfer.errors import NotFittedError
from textransfer.sentiment.judging.explanation import Contributions, ExplainedText
from textransfer.sentiment.probabilities import logs
from textransfer.sentiment.sentences.texts import Texts, check_texts, located_words

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer


class TextPredictor:
    """Tells classes of texts, which are strings or lists of words, and what each word adds."""

    classes_: npt.NDArray[Any]
    tokenizer_: "Tokenizer"
    _last_fitted: ClassVar = "classes_"
    """The attribute that is set last when it is fitted or loaded."""
    _unfitted: type[NotFittedError] = NotFittedError
    """What says that it is neither."""
    reads_words: ClassVar = True
    """Whether it reads words, so that `explain` tells what each adds."""

    def encode(self, texts: Any) -> Any:  # noqa: ANN401 - each has a form of its own
        """Look texts up; the result can stand in for the texts in `predict_proba` and `known_shares`."""
        raise NotImplementedError

    def predict_proba(self, texts: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401 - each says what it takes
        """Return the probability of each class, shape (n, C), columns as in `classes_`."""
        raise NotImplementedError

    def known_shares(self, texts: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401 - what `predict_proba` takes
        """Return the share of each text's words that are known, shape (n,); 0 where nothing is known.

        A text with 0 has the shares of the classes in the labels as its probabilities.
        """
        raise NotImplementedError

    def document_vectors(self, texts: Any) -> Any:  # noqa: ANN401 - of what `predict_proba` takes
        """Return what texts are to it, shape (n, D): how alike they are."""
        raise NotImplementedError

    def contributions(self, token_lists: list[list[str]]) -> list[Contributions]:
        """Return what each known word of texts, cut into words, adds by being there; see `explain`."""
        raise NotImplementedError

    def explain(self, texts: Texts) -> list[ExplainedText]:
        """Return, for each text, what each of its known words adds to the classes.

        That is ln p of a class less ln p of it for the same text without the word, at all its places.
        """
        self._check_fitted()
        located = located_words(self.tokenizer_, check_texts(texts))
        explained = self.contributions([[token.word for token in tokens] for _, tokens in located])
        return [
            ExplainedText.of(text, tokens, added, self.classes_, p)
            for (text, tokens), (added, p) in zip(located, explained, strict=True)
        ]

    def predict(self, texts: Any) -> npt.NDArray[Any]:  # noqa: ANN401 - what `predict_proba` takes
        """Return the most probable class of each text, shape (n,)."""
        codes = self.predict_proba(texts).argmax(axis=1)
        return np.asarray(self.classes_[codes])

    def predict_log_proba(self, texts: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401 - what `predict_proba` takes
        """Return ln p of each class, shape (n, C), columns as in `classes_`; finite for p = 0 too."""
        return logs(self.predict_proba(texts))

    def decision_function(self, texts: Any) -> npt.NDArray[np.float64]:  # noqa: ANN401 - what `predict_proba` takes
        """Return scores by which classes are told: log odds of the second of two classes, shape (n,).

        With more classes, ln p of each, shape (n, C). They say the same as `predict_proba`.
        """
        scores = self.predict_log_proba(texts)
        return scores[:, 1] - scores[:, 0] if len(self.classes_) == 2 else scores

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, self._last_fitted)

    def _check_fitted(self) -> None:
        if not self.__sklearn_is_fitted__():
            name = type(self).__name__
            raise self._unfitted(f"this {name} is not fitted yet; call fit(texts, labels) first")
