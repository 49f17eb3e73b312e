"""An update as one call: vectors learn further from new text."""

import os
from pathlib import Path

from textransfer.checks import plain_arguments
from textransfer.config import Checkpoints
from textransfer.embeddings.vectors import WordVectors
from textransfer.errors import ConfigError
from textransfer.pretrain.preparation import OnScan
from textransfer.pretrain.processes.team import Team
from textransfer.pretrain.progress import OnStage
from textransfer.pretrain.run import OnProgress
from textransfer.pretrain.saving import Output, train_vectors
from textransfer.pretrain.start import UpdateStart
from textransfer.text.reading.corpus import Documents

CHECKPOINT_SUFFIX = ".update-checkpoint"
"""No folder that ends so is the checkpoint of a pretraining run, which ends in `.checkpoint`."""


@plain_arguments
def update_vectors(
    vectors: WordVectors | str | Path,
    documents: Documents,
    output: str | Path | None = None,
    *,
    random_state: int | None = 0,
    checkpoint: str | Path | Checkpoints | None = None,
    resume: bool = False,
    force: bool = False,
    work_folder: Path | None = None,
    on_scan: OnScan | None = None,
    on_progress: OnProgress | None = None,
    on_stage: OnStage | None = None,
    team: Team | None = None,
    **settings: object,
) -> WordVectors:
    """Go on pretraining with new text, and save the vectors that come of it to a folder if one is given.

    Parameters
    ----------
    vectors : WordVectors, str or Path
        The vectors, or the embeddings folder that holds them, or a file of another program (word2vec, GloVe,
        fastText; `WordVectors.from_gensim` for gensim's); they stay as they are. What such a file does not
        tell is settled as `UpdateStart` says.
    documents : str, Path, sequence of str, or Corpus
        The new text: a file (or glob, or folder) of documents, the documents themselves, or a corpus.
    output : str or Path, optional
        Folder for the result. If it is the folder of the vectors themselves, they are replaced when the
        result is whole; after Ctrl-C they stay as they were.
    random_state : int or None, default=0
        Seed of all draws; each further update draws others from the same seed.
    checkpoint : str, Path or Checkpoints, optional
        As `pretrain_vectors`; the default ends in `.update-checkpoint`.
    resume : bool, default=False
        Go on from the checkpoint; start from the beginning if there is none. Vectors, text and settings must
        be the same.
    force : bool, default=False
        Replace what stands at `output`, and start over where there is a checkpoint.
    work_folder, on_scan, on_progress, on_stage, team
        As `pretrain_vectors`.
    **settings
        Those of `PretrainConfig` that shall differ from the defaults that `UpdateStart` lists, such as
        `epochs`; for vectors without a tokenizer also those of `TokenizerConfig`. None counts as not given.

    Returns
    -------
    WordVectors
        Old words in their rows, new ones behind them; the last of `metadata["updates"]` tells of this one.

    Raises
    ------
    ConfigError
        If the vectors cannot be trained further, or the settings cannot be obeyed.
    FormatError
        If the folder holds no vectors that can be read.
    CorpusError, OutputError, CheckpointError, NumericalError, TrainingInterrupted
        As `pretrain_vectors`.

    Examples
    --------
    >>> from textransfer import SkipGram, update_vectors
    >>> old = SkipGram(vector_size=8, epochs=5).fit(["a warm and funny film", "a dull film"]).vectors_
    >>> new = update_vectors(old, ["a gripping film", "a warm and gripping film"])
    >>> new.words[: len(old)] == old.words, "gripping" in new
    (True, True)
    """
    source = None if isinstance(vectors, WordVectors) else Path(vectors)

    def make_start() -> UpdateStart:
        old = vectors if isinstance(vectors, WordVectors) else WordVectors.load(vectors)
        return UpdateStart(old, source="" if source is None else source.name, **settings)

    if source is not None and source.is_file() and output is not None and _is_same(output, source):
        raise ConfigError(
            f"{source} is a file, which the folder of the result cannot replace; give another output"
        )
    return train_vectors(
        make_start,
        documents,
        None if output is None else Output(Path(output), CHECKPOINT_SUFFIX, source),
        random_state=random_state,
        checkpoint=checkpoint,
        resume=resume,
        force=force,
        team=team,
        work_folder=work_folder,
        on_scan=on_scan,
        on_progress=on_progress,
        on_stage=on_stage,
    )


def _is_same(output: str | Path, source: Path) -> bool:
    return os.path.realpath(output) == os.path.realpath(source)
