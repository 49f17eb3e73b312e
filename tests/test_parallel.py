import multiprocessing

import pytest
from joblib import delayed

from textransfer.errors import TextransferWarning
from textransfer.parallel import parallel


def test_where_no_processes_can_be_had_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(multiprocessing, "Lock", refuse)
    with pytest.warns(TextransferWarning, match="Read-only file system.*one after the other"):
        parallel(2)
    assert parallel(1)(delayed(abs)(n) for n in (-1, 2)) == [1, 2]


@pytest.mark.filterwarnings("error::textransfer.errors.TextransferWarning")
def test_elsewhere_nothing_is() -> None:
    assert parallel(2)
