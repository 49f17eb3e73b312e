"""Folders of strangers: links out of them, paths in their records, records nested without an end."""

import contextlib
import json
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from textransfer import SkipGram, TfidfBaseline, WordVectors, describe, export_model, load_classifier
from textransfer.config import Checkpoints
from textransfer.encoders.encoder import Encoder
from textransfer.errors import ConfigError, CorpusError, FormatError, TextransferError
from textransfer.presets import read_settings
from textransfer.pretrain.checkpoint import load_checkpoint
from textransfer.pretrain.update import update_vectors
from textransfer.sentiment.encoder_classifier import EncoderClassifier
from textransfer.sentiment.sentences.seeds import read_seed_words
from textransfer.text.reading.corpus import Corpus

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="links need rights there")
GOLDEN = Path(__file__).parents[1] / "golden/v1"
REVIEWS = ["a good film", "a bad film", "a fine film", "a dull film"] * 20
Read = Callable[[Path], object]
NOT_READ = ("README.md", "projector_config.pbtxt", "progress.jsonl", "textransfer.json")


def stop(_: object) -> None:
    raise KeyboardInterrupt


def write_checkpoint(folder: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        SkipGram(vector_size=4, epochs=20).fit(REVIEWS, checkpoint=Checkpoints(path=folder), on_progress=stop)


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Read]]:
    place = tmp_path_factory.mktemp("folders")
    export_model(GOLDEN / "embeddings", "projector", place / "projector")
    TfidfBaseline().fit(REVIEWS[:40], ["a", "b"] * 20).save(place / "tfidf")
    write_checkpoint(place / "checkpoint")
    return {
        **{kind: (GOLDEN / kind, load_classifier) for kind in ("classifier", "combined")},
        "embeddings": (GOLDEN / "embeddings", WordVectors.load),
        "projector": (place / "projector", WordVectors.load),
        "tfidf": (place / "tfidf", load_classifier),
        "checkpoint": (place / "checkpoint", load_checkpoint),
    }


KINDS = ["classifier", "combined", "embeddings", "projector", "tfidf", "checkpoint"]


@pytest.fixture(params=KINDS)
def kind(
    request: pytest.FixtureRequest, folders: dict[str, tuple[Path, Read]], tmp_path: Path
) -> tuple[Path, Read]:
    folder, read = folders[request.param]
    copy = tmp_path / "models--a--b" / "snapshots" / "c0ffee"
    return Path(shutil.copytree(folder, copy)), read


def read_files(folder: Path) -> Iterator[Path]:
    kept = NOT_READ if not (folder / "checkpoint.json").exists() else ()
    yield from (path for path in sorted(folder.iterdir()) if path.name not in kept)


def test_a_link_out_of_a_folder_is_refused(kind: tuple[Path, Read], tmp_path: Path) -> None:
    folder, read = kind
    outside = tmp_path / "outside"
    for path in read_files(folder):
        path.rename(outside)
        path.symlink_to(outside)
        with pytest.raises(TextransferError, match="is a link to .* outside the folder"):
            read(folder)
        path.unlink()
        outside.rename(path)
    read(folder)


def test_links_within_a_folder_and_into_the_cache_of_hugging_face_are_read(
    kind: tuple[Path, Read], tmp_path: Path
) -> None:
    folder, read = kind
    blobs = folder.parents[1] / "blobs"
    blobs.mkdir()
    for number, path in enumerate([*read_files(folder)]):
        path.rename(blobs / f"{number}")
        path.symlink_to(f"../../blobs/{number}")
    read(folder)
    (tmp_path / "here").symlink_to(folder)
    read(tmp_path / "here")


def test_blobs_that_are_a_link_themselves_are_refused(kind: tuple[Path, Read], tmp_path: Path) -> None:
    folder, read = kind
    (tmp_path / "elsewhere").mkdir()
    (folder.parents[1] / "blobs").symlink_to(tmp_path / "elsewhere")
    path = next(read_files(folder))
    path.rename(tmp_path / "elsewhere/a")
    path.symlink_to("../../blobs/a")
    with pytest.raises(TextransferError, match="outside the folder"):
        read(folder)


def test_what_info_tells_of_a_folder_is_not_of_a_file_elsewhere(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(GOLDEN / "embeddings", tmp_path / "embeddings"))
    (folder / "vectors.safetensors").rename(tmp_path / "secret")
    (folder / "vectors.safetensors").symlink_to(tmp_path / "secret")
    with pytest.raises(TextransferError, match="outside the folder"):
        describe(folder)


def test_an_update_keeps_no_progress_from_elsewhere(tmp_path: Path) -> None:
    vectors = SkipGram(vector_size=4, epochs=2).fit(REVIEWS).vectors_
    folder = vectors.save(tmp_path / "embeddings")
    (tmp_path / "secret").write_text("a secret")
    (folder / "progress.jsonl").symlink_to(tmp_path / "secret")
    for output in (folder, tmp_path / "new"):
        with pytest.raises(TextransferError, match="outside the folder"):
            update_vectors(folder, REVIEWS, output=output)
    (folder / "progress.jsonl").unlink()
    (folder / "progress.jsonl").write_bytes(b"\xff")
    with pytest.raises(TextransferError, match="damaged"):
        update_vectors(folder, REVIEWS, output=tmp_path / "new")


@pytest.mark.parametrize("target", ["secret.txt", "missing.txt", "folder"])
def test_a_folder_of_texts_holds_its_own_files_alone(tmp_path: Path, target: str) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    (texts / "own.txt").write_text("own\n")
    (texts / "again.txt").symlink_to("own.txt")
    (texts / "loop").symlink_to(".")
    (texts / "other.png").symlink_to("/etc/hostname")
    (texts / ".hidden.txt").symlink_to("/etc/hostname")
    (tmp_path / "folder").mkdir()
    (tmp_path / "secret.txt").write_text("secret\n")
    with pytest.warns(UserWarning, match="named more than once"):
        assert list(Corpus(texts)) == ["own"]
    (texts / "link.txt").symlink_to(tmp_path / target)
    with pytest.raises(CorpusError, match=r"link\.txt is a link to .* outside the folder"):
        Corpus(texts)
    with pytest.raises(CorpusError, match="outside the folder"):
        Corpus(str(tmp_path / "text[s]"))
    assert list(Corpus([texts / "own.txt", tmp_path / "secret.txt"])) == ["own", "secret"]


@pytest.mark.parametrize("name", ["../vectors", "/etc/passwd", "words/../../x", "\0", "a" * 5000])
def test_names_in_the_records_of_a_folder_lead_nowhere(tmp_path: Path, name: str) -> None:
    folder = Path(shutil.copytree(GOLDEN / "combined", tmp_path / "combined"))
    classes = json.loads((folder / "config.json").read_text())["classes"]["values"]
    members = {"format_version": 1, "weights": {"vectors": 1.0, name: 1.0}, "classes": classes}
    (folder / "members.json").write_text(json.dumps(members))
    with pytest.raises(TextransferError):
        load_classifier(folder)


def test_records_nested_100000_deep_are_refused(kind: tuple[Path, Read]) -> None:
    folder, read = kind
    for path in read_files(folder):
        if path.suffix in (".json", ".jsonl"):
            content = path.read_bytes()
            for deep in (b"[" * 100_000, b'{"a": ' * 100_000 + b"1" + b"}" * 100_000):
                path.write_bytes(deep)
                for look in (read, describe):
                    with contextlib.suppress(TextransferError):
                        look(folder)
                        assert look is describe or path.name == "textransfer.json"
            path.write_bytes(content)
    read(folder)


@pytest.mark.parametrize("ending", [".json", ".toml"])
def test_settings_nested_100000_deep_are_refused(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"settings{ending}"
    path.write_text('{"window": ' * (ending == ".json") + "window = " * (ending == ".toml") + "[" * 100_000)
    with pytest.raises(ConfigError):
        read_settings(path)
    with pytest.raises(ConfigError):
        read_seed_words([str(path)])


@pytest.mark.parametrize("place", ["/", "..", "\0", "a" * 5000, "/dev", "/proc/self", 3])
def test_the_place_of_an_encoder_is_looked_at_within_bounds(tmp_path: Path, place: object) -> None:
    encoder = Encoder("ours", lambda: lambda texts: [[len(text), 1.0] for text in texts], "encoder", "print")
    folder = EncoderClassifier(encoder).fit(REVIEWS[:8], ["a", "b"] * 4).save(tmp_path / "classifier")
    record = json.loads((folder / "config.json").read_text())
    record["encoder"]["path"] = place
    (folder / "config.json").write_text(json.dumps(record))
    with pytest.raises(FormatError):
        load_classifier(folder)
