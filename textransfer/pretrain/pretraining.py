"""Pretraining as one call: settings, text, training, checkpoints, the folder of the result."""

from pathlib import Path

from textransfer.checks import plain_arguments
from textransfer.config import Checkpoints
from textransfer.embeddings.vectors import WordVectors
from textransfer.presets import resolve_pretraining
from textransfer.pretrain.initial import InitFrom, start_of
from textransfer.pretrain.preparation import OnScan
from textransfer.pretrain.processes.team import Team
from textransfer.pretrain.progress import OnStage
from textransfer.pretrain.run import OnProgress
from textransfer.pretrain.saving import Output, train_vectors
from textransfer.text.reading.corpus import Documents

CHECKPOINT_SUFFIX = ".checkpoint"


@plain_arguments
def pretrain_vectors(
    documents: Documents,
    output: str | Path | None = None,
    *,
    init_from: InitFrom | None = None,
    preset: str = "default",
    settings_file: str | Path | None = None,
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
    """Learn word vectors from unlabelled text, and save them to a folder if one is given.

    Parameters
    ----------
    documents : str, Path, sequence of str, or Corpus
        A file (or glob, or folder) of documents, the documents themselves, or a corpus.
    output : str or Path, optional
        Folder for the vectors. It also gets `progress.jsonl`, a record a block of training.
    init_from : WordVectors, str or Path, optional
        Vectors of other texts to start from, or the folder or file (word2vec, GloVe, fastText) that holds
        them, which gives the dimensions. All their words stay in the vocabulary, if need be in the case that
        the tokenizer gives, and start from there; words of the text that they lack start at random. With
        `max_vocab_size` the first ones of a large file are taken. Open `epochs` are fewer.
    preset : {"default", "article"}
        Settings to start from.
    settings_file : str or Path, optional
        TOML file with settings, or the `config.json` of an earlier run; it wins over the preset.
    random_state : int or None, default=0
        Seed of all draws. With one thread the same seed gives the same vectors bit for bit.
    checkpoint : str, Path or Checkpoints, optional
        Folder in which the run is saved every ten minutes until it is finished, or folder and interval. If
        there is an output, the folder is by default the one beside it that ends in `.checkpoint`.
    resume : bool, default=False
        Go on from the checkpoint; start from the beginning if there is none. Text and settings must be the
        same.
    force : bool, default=False
        Replace what stands at `output`, and start over where there is a checkpoint.
    work_folder : Path, optional
        Where the encoded text lies while training (4 bytes a token); by default beside the output, or in a
        temporary folder.
    on_scan : callable, optional
        Called with the documents and tokens read so far, while the text is read.
    on_progress : callable, optional
        Called with a `Progress` record after each block of training.
    on_stage : callable, optional
        Called with the name of each stage when it begins: subwords, checking (the text of a checkpoint),
        reading, counting, compiling, training, ngrams, moments (of documents), poles, saving. The seconds of
        all but the last are in `metadata["stages"]`.
    team : Team, optional
        The processes that train together, from `textransfer.team_of_torchrun`: each of them calls this
        function, and the first one saves.
    **settings
        Those of `PretrainConfig` and `TokenizerConfig` that shall differ; they win over the settings file.
        None counts as not given.

    Returns
    -------
    WordVectors
        Of shape (V, D); `metadata` holds the settings that were used and the facts of the run.

    Raises
    ------
    ConfigError
        If a setting is unknown or cannot be obeyed.
    CorpusError
        If the text cannot be read, or nothing can be learned from it.
    OutputError
        If the output or a checkpoint stands there already and neither `force` nor `resume` says what to do,
        or if the result cannot be written.
    CheckpointError
        If the checkpoint is damaged, or of another text or other settings.
    NumericalError
        If training leaves the finite numbers.
    TrainingInterrupted
        After Ctrl-C during training. A KeyboardInterrupt, with what was learned until then as `vectors`;
        output and checkpoint are saved.

    Examples
    --------
    >>> from textransfer.pretrain.pretraining import pretrain_vectors
    >>> reviews = ["a warm and funny film", "a dull and lifeless film", "warm, funny, a delight"]
    >>> vectors = pretrain_vectors(reviews, vector_size=8, epochs=5)
    >>> vectors["film"].shape
    (8,)
    """
    file = None if settings_file is None else Path(settings_file)
    return train_vectors(
        lambda: start_of(*resolve_pretraining(preset, file, settings), init_from),
        documents,
        None if output is None else Output(Path(output), CHECKPOINT_SUFFIX),
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
