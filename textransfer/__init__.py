"""Text transfer learning: word vectors from unlabelled text, carried over to a classifier with few labels.

Read
----
Corpus               unlabelled documents: files, globs, folders, or texts
read_labelled        labelled texts from .csv, .tsv, .jsonl or .parquet, as `LabelledTexts`
read_seed_words      words for each class, from options or a TOML file

Pretrain
--------
pretrain_vectors     word vectors from unlabelled text: `textransfer pretrain`
update_vectors       go on with new text and new words: `textransfer update`
SkipGram             the same as a scikit-learn estimator
team_of_torchrun     the processes that torchrun started, for the three above
TrainingInterrupted  what Ctrl-C raises during training: it holds the vectors learned until then
PretrainConfig       settings of pretraining, with their defaults; `TokenizerConfig` those of the words

Use the vectors
---------------
WordVectors          words, counts, vectors; neighbours; other programs' formats
export_model         vectors or a classifier for other programs: `textransfer export`
import_vectors       vectors of other programs as a folder: `textransfer import`
describe             what a file or folder is: `textransfer info`
evaluate_vectors     word vectors against word similarity and analogies: `textransfer evaluate`
SIFEncoder           sentence vectors by the weighted mean; `MeanEncoder` by the plain one

Classify
--------
classify             train on few labels, compare, calibrate: `textransfer classify`
SentimentClassifier  the classifier over word vectors, a scikit-learn estimator
CombinedClassifier   the same together with words and pairs of words
load_classifier      whichever classifier a folder holds
predict_rows         rows of texts or tables with what a classifier says of them
save_predictions     the same as a file: `textransfer predict --output`
evaluate_classifier  a classifier against labelled texts: `textransfer evaluate`
TfidfBaseline        TF-IDF and logistic regression, to compare with
ClassifierConfig     settings of a classifier, with their defaults

Serve
-----
serve                a classifier over HTTP, with a page: `textransfer serve`
build_app            the same as an application for a server of ASGI
ServingConfig        where it listens, and its limits

Measure transfer
----------------
compare              with and without pretraining, on the same draws and texts
learning_curve       the same at every number of labels: `textransfer curve`
forecast_arms        how many labels an accuracy would take
experiment           from scratch, frozen, fine-tuned; few labels, augmented, all
run_demo             the article's experiment on the bundled reviews: `textransfer demo`

Look before, and at what is wrong
---------------------------------
check_fit            do vectors suit labelled texts? `textransfer fit-check`
advise               what limits the classifier, and what to do next
suggest_texts        which documents to label next
save_report          a page or a figure of a result

Errors
------
TextransferError     what a user can mend, and `TextransferWarning`; all in `textransfer.errors`

`help(textransfer.classify)`, and so on, has parameters, results, errors and an example. Names are loaded when
first used: `import textransfer` loads neither torch nor numba.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from textransfer.version import __version__

_MODULE_OF = {
    "ClassifierConfig": "textransfer.config",
    "CombinedClassifier": "textransfer.sentiment.combined",
    "Corpus": "textransfer.text.reading.corpus",
    "LabelledTexts": "textransfer.text.reading.labelled",
    "MeanEncoder": "textransfer.sentiment.sentences.transformers",
    "PretrainConfig": "textransfer.config",
    "SIFEncoder": "textransfer.sentiment.sentences.transformers",
    "SentimentClassifier": "textransfer.sentiment.classifier",
    "SkipGram": "textransfer.skipgram",
    "TextransferError": "textransfer.errors",
    "TextransferWarning": "textransfer.errors",
    "TfidfBaseline": "textransfer.sentiment.tfidf",
    "TokenizerConfig": "textransfer.config",
    "TrainingInterrupted": "textransfer.pretrain.processes.interrupt",
    "WordVectors": "textransfer.embeddings.vectors",
    "advise": "textransfer.transfer.advice",
    "check_fit": "textransfer.transfer.fit_check",
    "classify": "textransfer.transfer.classification",
    "compare": "textransfer.transfer.comparison",
    "describe": "textransfer.exchange.describing",
    "evaluate_classifier": "textransfer.transfer.evaluation",
    "evaluate_vectors": "textransfer.transfer.vector_evaluation",
    "experiment": "textransfer.transfer.experiment",
    "export_model": "textransfer.exchange.exporting",
    "forecast_arms": "textransfer.transfer.statistics.forecast",
    "import_vectors": "textransfer.exchange.exporting",
    "learning_curve": "textransfer.transfer.learning_curve",
    "load_classifier": "textransfer.sentiment.loading",
    "pretrain_vectors": "textransfer.pretrain.pretraining",
    "read_labelled": "textransfer.text.reading.labelled",
    "read_seed_words": "textransfer.sentiment.sentences.seeds",
    "run_demo": "textransfer.demo",
    "save_report": "textransfer.report.saving",
    "ServingConfig": "textransfer.serving.settings",
    "build_app": "textransfer.serving.server",
    "serve": "textransfer.serving.server",
    "predict_rows": "textransfer.sentiment.predicted_rows",
    "save_predictions": "textransfer.sentiment.predicted_rows",
    "suggest_texts": "textransfer.transfer.suggestion",
    "team_of_torchrun": "textransfer.pretrain.processes.distributed",
    "update_vectors": "textransfer.pretrain.update",
}

__all__ = ["__version__", *_MODULE_OF]

if TYPE_CHECKING:
    from textransfer.config import ClassifierConfig as ClassifierConfig
    from textransfer.config import PretrainConfig as PretrainConfig
    from textransfer.config import TokenizerConfig as TokenizerConfig
    from textransfer.demo import run_demo as run_demo
    from textransfer.embeddings.vectors import WordVectors as WordVectors
    from textransfer.errors import TextransferError as TextransferError
    from textransfer.errors import TextransferWarning as TextransferWarning
    from textransfer.exchange.describing import describe as describe
    from textransfer.exchange.exporting import export_model as export_model
    from textransfer.exchange.exporting import import_vectors as import_vectors
    from textransfer.pretrain.pretraining import pretrain_vectors as pretrain_vectors
    from textransfer.pretrain.processes.distributed import team_of_torchrun as team_of_torchrun
    from textransfer.pretrain.processes.interrupt import TrainingInterrupted as TrainingInterrupted
    from textransfer.pretrain.update import update_vectors as update_vectors
    from textransfer.report.saving import save_report as save_report
    from textransfer.sentiment.classifier import SentimentClassifier as SentimentClassifier
    from textransfer.sentiment.combined import CombinedClassifier as CombinedClassifier
    from textransfer.sentiment.loading import load_classifier as load_classifier
    from textransfer.sentiment.predicted_rows import predict_rows as predict_rows
    from textransfer.sentiment.predicted_rows import save_predictions as save_predictions
    from textransfer.sentiment.sentences.seeds import read_seed_words as read_seed_words
    from textransfer.sentiment.sentences.transformers import MeanEncoder as MeanEncoder
    from textransfer.sentiment.sentences.transformers import SIFEncoder as SIFEncoder
    from textransfer.sentiment.tfidf import TfidfBaseline as TfidfBaseline
    from textransfer.serving.server import build_app as build_app
    from textransfer.serving.server import serve as serve
    from textransfer.serving.settings import ServingConfig as ServingConfig
    from textransfer.skipgram import SkipGram as SkipGram
    from textransfer.text.reading.corpus import Corpus as Corpus
    from textransfer.text.reading.labelled import LabelledTexts as LabelledTexts
    from textransfer.text.reading.labelled import read_labelled as read_labelled
    from textransfer.transfer.advice import advise as advise
    from textransfer.transfer.classification import classify as classify
    from textransfer.transfer.comparison import compare as compare
    from textransfer.transfer.evaluation import evaluate_classifier as evaluate_classifier
    from textransfer.transfer.experiment import experiment as experiment
    from textransfer.transfer.fit_check import check_fit as check_fit
    from textransfer.transfer.learning_curve import learning_curve as learning_curve
    from textransfer.transfer.statistics.forecast import forecast_arms as forecast_arms
    from textransfer.transfer.suggestion import suggest_texts as suggest_texts
    from textransfer.transfer.vector_evaluation import evaluate_vectors as evaluate_vectors


def __getattr__(name: str) -> object:
    """Load a public name from its module on first use (PEP 562)."""
    try:
        module = _MODULE_OF[name]
    except KeyError:
        raise AttributeError(f"module 'textransfer' has no attribute {name!r}") from None
    try:
        return getattr(import_module(module), name)
    except ModuleNotFoundError as error:
        from textransfer.errors import MissingExtraError
        from textransfer.extras import lacking

        if message := lacking(error):
            raise MissingExtraError(f"{name}: {message}") from error
        raise


def __dir__() -> list[str]:
    """List the public names, loaded or not."""
    return __all__
