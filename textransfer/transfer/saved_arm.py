"""Which arm of a comparison becomes the classifier that is saved, and an unfitted classifier of that arm."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from textransfer.config import ClassifierConfig
from textransfer.embeddings.vectors import WordVectors
from textransfer.encoders.encoder import Encoder
from textransfer.errors import ConfigError
from textransfer.records import Record
from textransfer.sentiment.baselines import no_pretraining
from textransfer.sentiment.classifier import SentimentClassifier
from textransfer.sentiment.combined import CombinedClassifier
from textransfer.sentiment.encoder_classifier import EncoderClassifier
from textransfer.sentiment.sentences.seeds import SeedWords
from textransfer.sentiment.student import UnlabelledTexts
from textransfer.sentiment.tfidf import TfidfBaseline
from textransfer.text.reading.labelled import LabelledTexts
from textransfer.transfer.comparing.further import further_names
from textransfer.transfer.comparing.results import (
    BALANCED,
    NO_PRETRAINING,
    SAVED_NAMES,
    SEEDED,
    TFIDF,
    Comparison,
)
from textransfer.transfer.comparing.task import TokenizedTexts, tokenized, tokenizer_beside
from textransfer.transfer.statistics.lead import are_unequal

if TYPE_CHECKING:
    from textransfer.text.tokenize import Tokenizer

Classifier = SentimentClassifier | CombinedClassifier | TfidfBaseline | EncoderClassifier


@dataclass(frozen=True)
class Choice(Record):
    """Which arm is saved, and why."""

    arm: str
    """Its name in the comparison."""
    saved_arm: str
    """The name by which it is asked for."""
    is_asked: bool
    """Whether it was asked for."""
    sentence: str
    """What the comparison says of the other arms, and which is saved."""
    notes: tuple[str, ...]
    """What limits that."""


@dataclass(frozen=True, eq=False)
class Plan:
    """What classifiers are made of, and what decides which of them can be saved."""

    vectors: WordVectors
    tokenizer: "Tokenizer"
    config: ClassifierConfig
    seed_words: SeedWords | None
    random_state: int
    has_text_features: bool
    unlabelled: UnlabelledTexts | None
    labels: Sequence[str]
    """Of all the texts that the saved classifier is trained on."""
    further: Mapping[str, WordVectors | Encoder] = field(default_factory=dict)
    """Sources of further arms, by name."""
    cache: Path | None = None
    """Where vectors of encoded texts are kept."""

    def has_balanced(self, asked: str | None) -> bool:
        """Tell whether class weights are an arm: asked for, or where classes are unequal."""
        return asked == BALANCED or (self.config.class_weight == "none" and are_unequal(self.labels))

    def arm_of(self, name: str | None) -> str | None:
        """Return the arm that is asked for by a name; ConfigError if it cannot be saved here."""
        if name is None:
            return None
        arms = {short: arm for arm, short in SAVED_NAMES.items()} | {arm: arm for arm in SAVED_NAMES}
        arms |= {arm: arm for arm in further_names(self.further)}
        if name not in arms:
            known = ", ".join((*SAVED_NAMES.values(), *self.further))
            raise ConfigError(f"save_arm is {name!r}; expected one of {known}")
        reason = self.obstacle(arms[name])
        if reason:
            raise ConfigError(f"save_arm is {name!r}, but {reason}")
        return arms[name]

    def obstacle(self, arm: str) -> str:
        """Say why an arm cannot be saved, and what to do; empty if it can."""
        if arm not in SAVED_NAMES and arm not in self.further:
            return "what is two arms together is compared only; save one of the two"
        source = self.further.get(arm)
        if isinstance(source, Encoder) and source.fingerprint is None:
            return "its encoder is a function, which cannot be saved; give the folder of an encoder"
        if arm == SEEDED and self.seed_words is None:
            return "there are no seed words; give some, or save another arm"
        if arm == BALANCED and self.config.class_weight != "none":
            return "all arms have class weights already; save 'pretrained', or leave class_weight out"
        return ""

    def read_by(self, arm: str, labelled: TokenizedTexts) -> LabelledTexts:
        """Return texts as the classifier of an arm reads them: whole, or cut by its own tokenizer."""
        source = self.further.get(arm)
        if source is None:
            return labelled
        if isinstance(source, WordVectors):
            return tokenized(labelled, tokenizer_beside(source, self.tokenizer))
        return LabelledTexts(labelled.texts, labelled.labels, labelled.source, places=labelled.places)

    def unfitted(self, arm: str) -> Classifier:
        """Return the classifier of an arm."""
        source = self.further.get(arm)
        if isinstance(source, Encoder):
            return EncoderClassifier(
                source, config=self.config, cache=self.cache, random_state=self.random_state
            )
        config = replace(self.config, class_weight="balanced") if arm == BALANCED else self.config
        if arm == TFIDF:
            return TfidfBaseline(self.tokenizer)
        if arm == NO_PRETRAINING:
            unlabelled = None
            network = no_pretraining(
                config,
                tokenizer=self.tokenizer,
                vector_size=self.vectors.vector_size,
                random_state=self.random_state,
            )
        else:
            vectors, tokenizer, unlabelled = self.vectors, self.tokenizer, self.unlabelled
            if isinstance(source, WordVectors):
                vectors, tokenizer = source, tokenizer_beside(source, tokenizer)
                unlabelled = None
            network = SentimentClassifier.from_config(
                config,
                vectors,
                tokenizer=tokenizer,
                seed_words=self.seed_words if arm == SEEDED else None,
                random_state=self.random_state,
            )
        return CombinedClassifier.over(network, unlabelled) if self.has_text_features else network

    def choice(self, comparison: Comparison, asked: str | None) -> Choice:
        """Choose the arm that is asked for, or else the one that is ahead, or else the default one."""
        lead = comparison.lead
        best = lead.arm or lead.default
        obstacle = self.obstacle(best)
        arm = asked or (lead.default if obstacle else best)
        shown = SAVED_NAMES.get(arm, arm)
        if asked:
            ending = f"; {shown} is saved, as asked"
        elif lead.arm is None:
            ending = ", which is saved"
        else:
            ending = "; it is saved" if arm == best else f"; {shown} is saved"
        notes = [f"{best} cannot be saved: {obstacle}"] if obstacle and not asked else []
        if arm != lead.default and not asked:
            notes.append(
                f"the same texts chose {arm} and judge it: its figures may be a little too good; the "
                "interval of its lead allows for that"
            )
        if comparison.mode == "draws" and not asked:
            notes.append(
                f"the arms were compared on {comparison.n_labels:,} labels, the saved one is trained on "
                f"{comparison.n_pool:,}: with as many, another arm may be ahead"
            )
        return Choice(arm, shown, asked is not None, lead.sentence + ending, tuple(notes))
