"""Arrays of a saved folder that have another type or rank are named, with what they should be."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from textransfer import WordVectors, load_classifier
from textransfer.errors import FormatError

RELEASE = Path(__file__).parents[1] / "golden/release-0.2.0"
TEXTS = ["a good film", "zzqx", ""]
FILES = [path for path in sorted(RELEASE.rglob("*.safetensors")) if path.parent.name != "fine-tuned"]


def use(folder: Path) -> None:
    if folder.name == "embeddings":
        WordVectors.load(folder)
    else:
        classifier = load_classifier(folder)
        classifier.predict_proba(TEXTS)
        classifier.explain(TEXTS)


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_an_array_of_another_type_is_named(path: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(path.parent, tmp_path / path.parent.name)
    tensors = load_file(path)
    for name, array in tensors.items():
        kinds = [array.astype(kind) for kind in ("uint8", "bool", "uint64")]
        for changed in [*kinds, array.reshape(*array.shape, 1, 1)]:
            save_file(tensors | {name: np.ascontiguousarray(changed)}, folder / path.name)
            with pytest.raises(FormatError, match=rf"\b{name}\b|fit together") as raised:
                use(folder)
            assert "truncated" not in str(raised.value)


def test_numbers_that_numpy_lacks_are_named(tmp_path: Path) -> None:
    folder = shutil.copytree(RELEASE / "embeddings", tmp_path / "embeddings")
    path = folder / "vectors.safetensors"
    tensors = load_file(path)
    save_file(tensors | {"in_vectors": tensors["in_vectors"].astype(np.float16)}, path)
    content = path.read_bytes()
    length = int.from_bytes(content[:8], "little") + 1
    path.write_bytes(length.to_bytes(8, "little") + content[8:].replace(b'"F16"', b'"BF16"', 1))
    with pytest.raises(FormatError, match="has in_vectors of the type BF16, which NumPy lacks"):
        WordVectors.load(folder)
