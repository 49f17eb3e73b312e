"""``textransfer pretrain``: word vectors from unlabelled text."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from textransfer.cli import options, training
from textransfer.cli.data import DATA, DataOptions, takes_data
from textransfer.cli.options import setting, switch
from textransfer.config import (
    RANDOM_STATE,
    Checkpoints,
    Combining,
    Objective,
    PretrainConfig,
    TokenizerConfig,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textransfer.embeddings.vectors import WordVectors

_BY_TEXT = "by the corpus"


@takes_data()
def pretrain_command(
    corpus: Annotated[list[str], typer.Argument(help=training.FILES.capitalize())],
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Folder for the vectors.")
    ] = options.EMBEDDINGS,
    preset: Annotated[
        str,
        typer.Option(help="Defaults to start from: default, or article (the toy example of the article)."),
    ] = "default",
    init_from: Annotated[
        Path | None,
        setting(
            "Start from vectors of other texts: a word2vec, GloVe or fastText file, or a folder.", "at random"
        ),
    ] = None,
    settings: Annotated[
        Path | None, typer.Option("--config", help="TOML file with settings; options given here win.")
    ] = None,
    vector_size: Annotated[int | None, setting("Dimensions of a word vector.", _BY_TEXT)] = None,
    window: Annotated[int | None, setting(training.WINDOW, _BY_TEXT)] = None,
    epochs: Annotated[int | None, setting("Passes over the corpus.", _BY_TEXT)] = None,
    max_steps: Annotated[int | None, setting("Stop after so many updates.", "no limit")] = None,
    min_count: Annotated[int | None, setting("Leave out words rarer than this.", _BY_TEXT)] = None,
    max_vocab_size: Annotated[int | None, setting("Keep the most frequent words only.", "all")] = None,
    max_scan_words: Annotated[
        int | None,
        setting("Distinct words to track while reading; bounds memory.", PretrainConfig.max_scan_words),
    ] = None,
    sample: Annotated[float | None, setting(training.SAMPLE, _BY_TEXT)] = None,
    objective: Annotated[
        str | None, setting(f"{' or '.join(get_args(Objective))}.", PretrainConfig.objective)
    ] = None,
    ngrams: Annotated[
        str | None,
        setting(
            "Vectors from letters: auto, none, rare (for rare words), all (unknown, too).",
            PretrainConfig.ngrams,
        ),
    ] = None,
    negative: Annotated[int | None, setting(training.NEGATIVE, PretrainConfig.negative)] = None,
    noise: Annotated[str | None, setting("unigram or log-uniform.", PretrainConfig.noise)] = None,
    ns_exponent: Annotated[
        float | None, setting("Power of the counts in the noise.", PretrainConfig.ns_exponent)
    ] = None,
    noise_sharing: Annotated[
        str | None,
        setting(
            "Who shares noise words: auto, pair, window, neighbours, batch.", PretrainConfig.noise_sharing
        ),
    ] = None,
    shuffle: training.Shuffle = None,
    learning_rate: Annotated[float | None, setting(training.FIRST_RATE, PretrainConfig.learning_rate)] = None,
    min_learning_rate: Annotated[
        float | None, setting(training.LAST_RATE, PretrainConfig.min_learning_rate)
    ] = None,
    batch_size: Annotated[int | None, setting("Windows an update.", "1 on cpu")] = None,
    engine: Annotated[
        str | None, setting("auto, cpu (compiled), triton (GPU) or torch.", PretrainConfig.engine)
    ] = None,
    device: training.Device = None,
    n_jobs: training.NJobs = None,
    tokenizer: options.TokenizerOption = None,
    stop_words: options.StopWordsOption = None,
    keep_negations: Annotated[
        bool | None,
        switch(
            "--keep-negations/--drop-negations",
            "Keep not, never, ... despite stop words.",
            default=TokenizerConfig.keep_negations,
        ),
    ] = None,
    negation: Annotated[
        str | None,
        setting(
            "Mark words after a negation (not_good): auto (English), english, none.", TokenizerConfig.negation
        ),
    ] = None,
    lowercase: Annotated[
        bool | None,
        switch(
            "--lowercase/--keep-case",
            "Take upper and lower case for the same word.",
            default=TokenizerConfig.lowercase,
        ),
    ] = None,
    casing: Annotated[
        str | None,
        setting("How capitals become small: auto, turkish (I is ı), general.", TokenizerConfig.casing),
    ] = None,
    subword_vocab_size: Annotated[
        int | None, setting("Pieces the subword tokenizer learns.", TokenizerConfig.subword_vocab_size)
    ] = None,
    subword_model: Annotated[str | None, setting("bpe or unigram.", TokenizerConfig.subword_model)] = None,
    data: DataOptions = DATA,
    random_state: options.RandomState = RANDOM_STATE,
    checkpoint_every: training.CheckpointEvery = Checkpoints.minutes,
    checkpoint_tokens: training.CheckpointTokens = Checkpoints.tokens,
    resume: training.Resume = False,
    combine_words: training.CombineWords = Combining.words,
    combine_frequent: training.CombineFrequent = Combining.frequent,
    combine_rounds: training.CombineRounds = Combining.rounds,
    force: options.Force = False,
    as_json: options.Json = False,
    quiet: options.Quiet = False,
    verbose: options.Verbose = False,
) -> None:
    """Learn word vectors from unlabelled text and write them to a folder.

    Defaults suit the size of the corpus, its documents and words; what was chosen is shown and saved in
    `config.json`.
    Ctrl-C during training ends it after the block under way, saves what was learned and a checkpoint.
    After that, or a crash, the same command with `--resume` goes on.

    Examples:

    - `textransfer pretrain corpora/unlabeled.txt`
    - `textransfer pretrain reviews/*.csv.gz --text-column body -o embeddings-reviews`
    - `zcat dump.gz | textransfer pretrain - --vector-size 300 --window 10`
    - `textransfer pretrain corpora/unlabeled.txt --preset article`
    - `textransfer pretrain few-reviews.txt --init-from glove.txt` (start from what others have learned)
    - `textransfer pretrain dump.txt --checkpoint-every 30`, and after a crash the same with `--resume`
    - `torchrun --nproc-per-node=2 -m textransfer pretrain dump.txt` (several processes: docs/clusters.md)
    """
    arguments = dict(locals())
    from textransfer.pretrain.pretraining import CHECKPOINT_SUFFIX, pretrain_vectors
    from textransfer.pretrain.saving import checkpoint_beside

    learn = partial(pretrain_vectors, init_from=init_from, preset=preset, settings_file=settings)
    checkpoint = checkpoint_beside(output, CHECKPOINT_SUFFIX)
    training.run_training(learn, arguments, output, checkpoint, partial(_report, output=output))


def _subword_lines(tokenizer: "Mapping[str, Any]") -> list[str]:
    """Say how many subwords a text gave."""
    if tokenizer.get("name") != "subword":
        return []
    n_pieces = len(tokenizer["model"]["model"]["vocab"])
    is_few = n_pieces < TokenizerConfig.subword_vocab_size
    why = ", one for each 100 characters of a small text beyond the single ones" if is_few else ""
    return [f"subwords  {n_pieces:,} pieces learned{why}"]


def _report(vectors: "WordVectors", output: Path) -> tuple[dict[str, Any], list[str]]:
    """Return what ``--json`` prints, and the lines of the summary."""
    from textransfer.embeddings.attested import attested_by
    from textransfer.pretrain.progress import PROGRESS, read_progress

    tokenizer = vectors.tokenizer_spec or {}
    facts = {
        "output": str(output),
        "n_words": len(vectors),
        "vector_size": vectors.vector_size,
        "n_documents": vectors.n_documents,
        "n_tokens": vectors.n_tokens,
        "tokenizer": tokenizer.get("name"),
        "marks_negation": tokenizer.get("marks_negation", False),
        "is_turkish": tokenizer.get("is_turkish", False),
        "poles": vectors.poles(),
        "attested": attested_by(vectors),
        **vectors.metadata,
    }
    return facts, [
        f"read      {facts['n_tokens']:,} words in {facts['n_documents']:,} documents "
        f"(tokenizer: {facts['tokenizer']}{', negation marked' * facts['marks_negation']}"
        f"{', small letters as in Turkish' * facts['is_turkish']})",
        f"kept      {facts['n_words']:,} distinct words" + training.dropped_words(facts),
        *_subword_lines(tokenizer),
        *training.start_lines(facts.get("init_from"), tokenizer),
        training.settings_line(facts),
        *training.chosen_lines(facts),
        *training.engine_lines(facts, read_progress(output / PROGRESS)),
        *training.ending_lines(vectors, facts, output),
    ]
