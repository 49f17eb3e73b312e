"""Frozen settings, with every default and range check.

A field that is None is *open*: `PretrainConfig.resolve` fills it from the size of the corpus by the rule
in `SIZE_RULES`, and `textransfer.pretrain.settings` looks at its documents and words too. Settings never
enter a kernel or a network: those take plain numbers.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Self

from textransfer.checks import check_range
from textransfer.settings import LabelWeights, Settings

TokenizerName = Literal["auto", "words", "japanese", "subword", "spaces"]
Negation = Literal["auto", "english", "none"]
Casing = Literal["auto", "turkish", "general"]
Objective = Literal["sgns", "nce"]
BIASED: tuple[Objective, ...] = ("nce",)
"""Objectives whose scores have a bias of each word in them, less its expected count among the noise words."""
Noise = Literal["unigram", "log-uniform"]
NoiseSharing = Literal["auto", "pair", "window", "neighbours", "batch"]
Reduction = Literal["sum", "mean"]
Initialization = Literal["word2vec", "article"]
Schedule = Literal["linear", "constant"]
Ngrams = Literal["auto", "none", "rare", "all"]
EngineName = Literal["auto", "cpu", "torch", "triton"]
EncoderName = Literal["auto", "sif", "centered", "mean"]
Activation = Literal["tanh", "relu", "sigmoid"]
Solver = Literal["adam", "sgd"]
ClassWeight = Literal["none", "balanced"]
InputFormat = Literal["txt", "csv", "tsv", "jsonl", "parquet", "xlsx"]
BadRows = Literal["error", "skip"]

INITIAL_LENGTH, INITIAL_EPOCHS = 5.0, 10
"""Where training goes on with vectors of other texts: their root mean square length at the start, and the
most epochs if these are open. Shorter vectors, or more epochs, forget what they knew (docs/design.md)."""
USUAL_L2 = 0.25
"""Strength of the penalty on a head's weights, if nothing is said."""
N_DRAWS = 20
"""Fits of each arm in a comparison."""
FEWER_DRAWS = 10
"""The same where there are more arms: in an experiment, and for advice."""
N_FOLDS = 5
"""Of a cross-validation, at most."""
FEW_LABELS, N_VARIANTS = 32, 4
"""How many are few in an experiment, and how many variants of each text augmentation makes."""
HELPFUL_AUGMENTATIONS = ("neighbours",)
"""Augmentations of an experiment: the only kind that helped a row; see docs/design.md."""
RESTRICTED_VOCABULARY = 300_000
"""Words that tests of word vectors look at, the most frequent ones; as in gensim."""
RANDOM_STATE = 0
TEXT_COLUMN, LABEL_COLUMN, ENCODING, BAD_ROWS = "text", "label", "auto", "error"
"""Of files with texts."""


@dataclass(frozen=True)
class TokenizerConfig(Settings):
    """How text becomes words.

    Parameters
    ----------
    tokenizer : {"auto", "words", "japanese", "subword", "spaces"}
        Unicode words, a Japanese morphological analyser, subwords trained on the corpus itself, or what is
        between blanks; "auto" goes by script and by how many words occur once, and leaves lists of words.
    lowercase : bool
        Whether upper and lower case are the same word.
    stop_words : str
        Words to leave out: "none", "auto" (the list that suits the tokenizer), "english", "japanese", or the
        path of a file with a word a line.
    keep_negations : bool
        Keep "not", "never" and their like even if they are in the stop-word list.
    negation : {"auto", "english", "none"}
        Whether words become others after a negation ("not good" gives "not", "not_good"); "auto" does so
        where the text is English.
    casing : {"auto", "turkish", "general"}
        How capitals become small: "turkish" makes I the letter without a dot, as Turkish and Azerbaijani have
        it; "auto" does so where the text is in such a language.
    subword_vocab_size : int
        Pieces that the subword tokenizer learns.
    subword_model : {"bpe", "unigram"}
        How the subword tokenizer learns them. The same corpus gives the same pieces with "bpe" only: the
        library breaks ties of "unigram" at random.
    """

    tokenizer: TokenizerName = "auto"
    lowercase: bool = True
    stop_words: str = "none"
    keep_negations: bool = True
    negation: Negation = "auto"
    casing: Casing = "auto"
    subword_vocab_size: int = 8000
    subword_model: Literal["unigram", "bpe"] = "bpe"

    def problems(self) -> list[str]:
        """Return every complaint about these settings."""
        return [
            *super().problems(),
            *check_range("subword_vocab_size", self.subword_vocab_size, 16, 1_000_000, is_integer=True),
        ]


@dataclass(frozen=True)
class SizeRule:
    """Defaults for corpora of fewer than `below` tokens (after tokenizing, before `min_count`)."""

    below: float
    vector_size: int
    window: int
    epochs: int
    min_count: int
    sample: float


SIZE_RULES = (
    SizeRule(10_000, vector_size=16, window=10, epochs=200, min_count=1, sample=0.0),
    SizeRule(100_000, vector_size=50, window=10, epochs=100, min_count=2, sample=1e-3),
    SizeRule(1_000_000, vector_size=100, window=15, epochs=30, min_count=3, sample=1e-4),
    SizeRule(10_000_000, vector_size=200, window=20, epochs=15, min_count=5, sample=1e-5),
    SizeRule(float("inf"), vector_size=200, window=20, epochs=10, min_count=5, sample=1e-5),
)
"""A small corpus wants few dimensions, many epochs and every word; a large one can afford the contrary.
Wide windows and strong subsampling favour topic and sentiment over syntax (docs/design.md)."""
NEIGHBOURS_FROM = 100_000  # tokens; fewer are learned worse if several windows share noise words

SAMPLES = (1e-5, 3e-5, 1e-4, 3e-4, 1e-3)
KEPT_WORDS = 8.0
"""Documents that keep so many words on average need no weaker subsampling, whose thresholds are those."""
PAIRS_AN_OCCURRENCE, PAIRS_A_WORD = 60.0, 4_000.0
"""Pairs, over all epochs, in which a distinct word is trained on average at least: 60 for each time that it
occurs, at most 4,000 (docs/design.md). The strongest subsampling that leaves 4,000 is taken."""
MOST_EPOCHS = 200


@dataclass(frozen=True)
class PretrainConfig(Settings):
    """How word vectors are learned. None means: by the corpus, see `textransfer.pretrain.settings`.

    Parameters
    ----------
    objective : {"sgns", "nce"}
        Skip-gram with negative sampling, or noise-contrastive estimation.
    vector_size : int, optional
        Dimensions of a word vector (D).
    window : int, optional
        Furthest neighbour that counts as context, in words.
    epochs : int, optional
        Passes over the corpus.
    max_steps : int, optional
        Stop after so many updates, whatever the epochs; open means no such limit.
    min_count : int, optional
        Words that occur less often are left out.
    max_vocab_size : int, optional
        Keep at most so many words, the most frequent ones; open means all.
    max_scan_words : int
        Distinct words to keep track of while the text is read, at about 60 bytes each; beyond that the
        rarest are dropped, and how many is said. A text of a billion words has about ten million.
    sample : float, optional
        Threshold of the subsampling of frequent words, as a share of the corpus; 0 keeps all.
    negative : int
        Noise words a pair (k).
    noise : {"unigram", "log-uniform"}
        Noise distribution: counts to the power `ns_exponent`, or TensorFlow's log-uniform over ranks.
    ns_exponent : float
        The power, 0.75 in Mikolov et al. (2013).
    noise_sharing : {"auto", "pair", "window", "neighbours", "batch"}
        Who shares noise words; neighbours are three windows in a row, and "auto" for 100,000 tokens or more.
    noise_replacement : bool
        Whether a set may hold the same noise word twice; without replacement needs `noise_sharing="batch"`.
    skip_hits : bool
        Skip a noise word that equals the target.
    shuffle : bool
        Read the documents in random order, anew in each epoch; else the end of a sorted corpus counts more.
    shrink_window : bool
        Draw each window's reach from 1..window; otherwise it is always `window`.
    learning_rate, min_learning_rate : float
        Step size at the start and at the end of training.
    schedule : {"linear", "constant"}
        How the learning rate goes from one to the other, by tokens seen.
    batch_size : int
        Windows, or groups of neighbours, an update. The compiled engines want 1; torch is quick with many.
    reduction : {"sum", "mean"}
        Whether an update follows the sum or the mean of the loss over its pairs.
    initialization : {"word2vec", "article"}
        Input vectors uniform in +-0.5/D and output vectors zero; or uniform in +-1, and truncated normal.
    ngrams : {"auto", "none", "rare", "all"}
        After training, draw the vectors of rare words towards what their character n-grams say; "all" gives
        unknown words theirs, too. "auto" decides by the share of the text in words that `min_count` leaves
        out: "rare" from a hundredth on if documents are short, "all" from a fifth on.
    engine : {"auto", "cpu", "torch", "triton"}
        Compiled CPU kernels, torch on any device, or the fused kernel for NVIDIA GPUs. "auto" takes the CPU,
        or torch if `device` names another one; the fused kernel, not yet run on a GPU, must be asked for.
    device : str
        "auto", "cpu", "cuda", "cuda:0", ...
    n_jobs : int
        Threads, -1 for every core; 0 is one for small corpora (then a seed repeats exactly), else every core.
    """

    objective: Objective = "sgns"
    vector_size: int | None = None
    window: int | None = None
    epochs: int | None = None
    max_steps: int | None = None
    min_count: int | None = None
    max_vocab_size: int | None = None
    max_scan_words: int = 10_000_000
    sample: float | None = None
    negative: int = 5
    noise: Noise = "unigram"
    ns_exponent: float = 0.75
    noise_sharing: NoiseSharing = "auto"
    noise_replacement: bool = True
    skip_hits: bool = True
    shuffle: bool = True
    shrink_window: bool = True
    learning_rate: float = 0.025
    min_learning_rate: float = 0.0001
    schedule: Schedule = "linear"
    batch_size: int | None = None
    reduction: Reduction = "sum"
    initialization: Initialization = "word2vec"
    ngrams: Ngrams = "auto"
    engine: EngineName = "auto"
    device: str = "auto"
    n_jobs: int = 0

    def problems(self) -> list[str]:
        """Return every complaint about these settings."""
        complaints = [
            *super().problems(),
            *check_range("vector_size", self.vector_size, 1, 10_000, is_integer=True, is_open=True),
            *check_range("window", self.window, 1, 1_000, is_integer=True, is_open=True),
            *check_range("epochs", self.epochs, 1, is_integer=True, is_open=True),
            *check_range("max_steps", self.max_steps, 1, is_integer=True, is_open=True),
            *check_range("min_count", self.min_count, 1, is_integer=True, is_open=True),
            *check_range("max_vocab_size", self.max_vocab_size, 1, is_integer=True, is_open=True),
            *check_range("max_scan_words", self.max_scan_words, 1_000, 1_000_000_000, is_integer=True),
            *check_range("sample", self.sample, 0, 1, is_open=True),
            *check_range("negative", self.negative, 1, 1_000, is_integer=True),
            *check_range("ns_exponent", self.ns_exponent, -5, 5),
            *check_range("learning_rate", self.learning_rate, 0, 100, is_low_open=True),
            *check_range("min_learning_rate", self.min_learning_rate, 0, 100),
            *check_range("batch_size", self.batch_size, 1, is_integer=True, is_open=True),
            *check_range("n_jobs", self.n_jobs, -4096, 4096, is_integer=True),
        ]
        if not complaints and self.min_learning_rate > self.learning_rate:
            complaints.append(
                f"min_learning_rate is {self.min_learning_rate:g}, above learning_rate "
                f"{self.learning_rate:g}; expected at most that"
            )
        if not self.noise_replacement and self.noise_sharing != "batch":
            complaints.append(
                f"noise without replacement is drawn for a batch, but noise_sharing is "
                f"{self.noise_sharing!r}; set it to 'batch'"
            )
        return complaints

    def resolve(self, n_tokens: int) -> Self:
        """Fill what is open from the size of the corpus.

        Parameters
        ----------
        n_tokens : int
            Tokens of the corpus, before `min_count`.
        """
        rule = next(rule for rule in SIZE_RULES if n_tokens < rule.below)
        open_names = ("vector_size", "window", "epochs", "min_count", "sample")
        filled = {name: getattr(rule, name) for name in open_names if getattr(self, name) is None}
        if self.noise_sharing == "auto":
            filled["noise_sharing"] = "neighbours" if n_tokens >= NEIGHBOURS_FROM else "window"
        return replace(self, **filled)


@dataclass(frozen=True)
class Checkpoints(Settings):
    """Where and how often a run is saved."""

    path: Path
    """The folder of the checkpoint; each replaces the one before."""
    minutes: float = 10.0
    """Time between two; 0 means none by time."""
    tokens: int = 0
    """Tokens of training between two, over all epochs; 0 means none by tokens."""

    def problems(self) -> list[str]:
        """Return every complaint about these settings."""
        return [
            *super().problems(),
            *check_range("checkpoint_every", self.minutes, 0),
            *check_range("checkpoint_tokens", self.tokens, 0, is_integer=True),
        ]


@dataclass(frozen=True)
class Combining(Settings):
    """How often the matrices of several processes are combined."""

    words: int = 100_000
    """Words that each thread trains in a round; a GPU counts as a hundred threads."""
    frequent: int = 512
    """The rows that are combined in every round; twice as many in every second one, and so on."""
    rounds: int = 128
    """All rows are combined at the latest after so many rounds."""

    def problems(self) -> list[str]:
        """Return every complaint about these settings."""
        return [
            *super().problems(),
            *check_range("combine_words", self.words, 1, is_integer=True),
            *check_range("combine_frequent", self.frequent, 1, is_integer=True),
            *check_range("combine_rounds", self.rounds, 1, is_integer=True),
        ]


@dataclass(frozen=True)
class ClassifierConfig(Settings):
    """How sentences become vectors, and vectors classes.

    Parameters
    ----------
    encoder : {"auto", "sif", "centered", "mean"}
        The weighted mean of unit word vectors, each distinct word once ("sif"), or the mean of word vectors
        as long as they are, each as often as it occurs ("centered"), both without the mean of the corpus; or
        the plain mean. "auto" takes that of the first two under which labels are more likely.
    component_power : float, optional
        Sentence vectors of "sif" and "centered" are multiplied, along each principal component of the
        pretraining corpus's documents, by the variance there to this power; 0 leaves them as they are. Open
        means that of 0, 0.25, 0.5 and 0.75 under which labels are most likely.
    emphasis : bool
        Let a direction along which the pretraining corpus spreads between two poles count more where labels
        speak for it; not with "mean".
    phrases : bool
        Join a second half to sentence vectors: the mean of the vectors of words, pairs and triples, where the
        pretrained vectors have some and are not trained along; not with "mean".
    hidden_size : int, optional
        Units of the hidden layer (H); 0 is none. Open means 16 with up to five classes, and none with more.
    activation : {"tanh", "relu", "sigmoid"}
        Of the hidden layer.
    fine_tune : bool
        Train the word vectors too; random vectors always are.
    solver : {"adam", "sgd"}
        Adam, or plain gradient descent.
    epochs : int
        Passes over the labelled texts at most.
    learning_rate : float
        Step size of the head.
    vector_learning_rate : float, optional
        Step size of the word vectors, if they are trained; open means 0.0001 for pretrained vectors and
        0.01 for random ones.
    l2 : float, optional
        Strength of the penalty on the weights. Labels that mean nothing are fitted from about 0.5 down,
        whatever their number; see `textransfer.sentiment.training.penalties.penalty_rate`. Open means 0.25;
        with more than 2,000 labels and frozen vectors that, a quarter or a sixteenth of it, whichever has
        the least log loss on a fold held out.
    batch_size : int
        Texts an update; 0 means all at once, or 64 if word vectors are trained on more than 1,000 texts.
    standardize : bool
        Take the mean of the labelled texts off plain means, and bring them to a root mean square length
        of 1. Those of "sif" and "centered" have the length 1, and the mean that is taken off lies between
        that of the corpus and that of n labelled texts, which has the weight n / (n + D).
    early_stopping : bool
        If word vectors are trained on 200 labels or more, keep the epoch best on a tenth held out.
    class_weight : {"none", "balanced"}, None, or mapping of label to number
        All labelled texts count the same, all classes do, or each text as much as its class says, else 1.
    calibrate : bool
        Bring probabilities to the confidence that cross-validation over the labelled texts bears out.
    """

    encoder: EncoderName = "auto"
    component_power: float | None = None
    emphasis: bool = True
    phrases: bool = True
    hidden_size: int | None = None
    activation: Activation = "tanh"
    fine_tune: bool = False
    solver: Solver = "adam"
    epochs: int = 150
    learning_rate: float = 0.01
    vector_learning_rate: float | None = None
    l2: float | None = None
    batch_size: int = 0
    standardize: bool = True
    early_stopping: bool = True
    class_weight: ClassWeight | LabelWeights | None = "none"
    calibrate: bool = True

    def problems(self) -> list[str]:
        """Return every complaint about these settings."""
        return [
            *super().problems(),
            *check_range("component_power", self.component_power, 0, 2, is_open=True),
            *check_range("hidden_size", self.hidden_size, 0, 65_536, is_integer=True, is_open=True),
            *check_range("epochs", self.epochs, 1, is_integer=True),
            *check_range("learning_rate", self.learning_rate, 0, 100, is_low_open=True),
            *check_range(
                "vector_learning_rate", self.vector_learning_rate, 0, 100, is_low_open=True, is_open=True
            ),
            *check_range("l2", self.l2, 0, 1e12, is_open=True),
            *check_range("batch_size", self.batch_size, 0, is_integer=True),
        ]
