"""Which encoder labels speak for, how far components are stretched, and whether a direction is emphasised."""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from textransfer.config import ClassifierConfig, EncoderName
from textransfer.embeddings.moments import DocumentMoments
from textransfer.sentiment.sentences.emphasis import LabelledDocuments, Weighed, weigh
from textransfer.sentiment.sentences.stretching import COMPONENT_POWER, Emphasis

POWERS = (0.0, 0.25, 0.5, 0.75)
"""Powers of the components' variances to choose from."""
POWER_DEVIATION = 0.3
"""Of the normal prior of the power, whose mean is the default."""
OTHER_RATIO = 5.0
"""Likelihood ratio from which an encoder other than the default one is taken."""
DEFAULT_ENCODER: EncoderName = "sif"


@dataclass(frozen=True)
class Encoding:
    """How sentence vectors are made."""

    encoder: EncoderName
    component_power: float
    emphasis: Emphasis | None = None
    log_likelihood_ratio: float = 0.0
    """How much better labels are explained than by the default encoder and power, priors included."""

    def to_records(self) -> dict[str, Any]:
        """Return what a folder keeps: "encoding" and, apart as in folders of before, "emphasis"."""
        records: dict[str, Any] = {"encoding": asdict(self)}
        return records | {"emphasis": records["encoding"].pop("emphasis")}

    @classmethod
    def from_records(cls, records: Mapping[str, Any], settings: ClassifierConfig) -> "Encoding":
        """Restore it; in folders of before, the settings tell how sentence vectors are made."""
        emphasis = None if records["emphasis"] is None else Emphasis(**records["emphasis"])
        power = COMPONENT_POWER if settings.component_power is None else settings.component_power
        record = dict(records.get("encoding", {"encoder": settings.encoder, "component_power": power}))
        record.pop("length", None)  # of before; the averaging that is kept has it as its scale
        return cls(**record, emphasis=emphasis)


def choose_encoding(
    documents: Mapping[EncoderName, npt.NDArray[np.floating]],
    moments: DocumentMoments,
    powers: tuple[float, ...],
    codes: npt.NDArray[np.int64],
    weights: npt.NDArray[np.floating] | None = None,
    *,
    may_emphasize: bool = True,
) -> Encoding:
    """Return the encoding under which labels are most likely, held near the default by a prior.

    `documents` holds labelled texts of the classes `codes` under each encoder to choose from, as centred
    sentence vectors, (n, D); weights say how much each counts. An encoder other than "sif" must make labels
    five times as likely. Without two classes nothing speaks for any.
    """
    encoders = list(documents)
    first = DEFAULT_ENCODER if DEFAULT_ENCODER in encoders else encoders[0]
    default = min(powers, key=lambda power: abs(power - COMPONENT_POWER))
    if len(np.unique(codes)) < 2:
        return Encoding(first, default)
    posteriors: dict[tuple[EncoderName, float], tuple[float, Weighed]] = {}
    for encoder in encoders:
        labelled = LabelledDocuments.of(documents[encoder], moments, codes, weights)
        for power in powers:
            weighed = weigh(labelled, moments, power, may_emphasize=may_emphasize)
            prior = -0.5 * ((power - COMPONENT_POWER) / POWER_DEVIATION) ** 2
            prior -= 0.0 if encoder == first else math.log(OTHER_RATIO)
            posteriors[encoder, power] = weighed.log_likelihood + prior, weighed
    best = max(posteriors, key=lambda key: posteriors[key][0])
    posterior, weighed = posteriors[best]
    ratio = posterior - posteriors[first, default][0]
    return Encoding(*best, weighed.emphasis, ratio)
