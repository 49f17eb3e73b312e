"""Whatever is sent, the answer is one line, and never a traceback; limits hold; logs have no text."""

import json
import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from serving.conftest import Serve
from starlette.testclient import TestClient

from textransfer import ServingConfig
from textransfer.errors import ConfigError
from textransfer.serving.logs import JsonFormatter
from textransfer.serving.refusals import refused

pytestmark = pytest.mark.filterwarnings("ignore::textransfer.TextransferWarning")
JSON = {"content-type": "application/json"}
BODIES = {
    "nothing": (b"", 400),
    "no JSON": (b"{", 400),
    "not UTF-8": (b'{"text": "\xff\xfe"}', 400),
    "UTF-16": ('{"text": "a"}'.encode("utf-16"), 400),
    "lists too deep": (b"[" * 200_000, 400),
    "objects too deep": (b'{"a":' * 200_000, 400),
    "deep and closed": (b'{"texts": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", 400),
    "NaN": (b'{"text": "a", "abstain_below": NaN}', 400),
    "a long number": (b'{"text": "a", "top_k": ' + b"9" * 5_000 + b"}", 400),
    "a name twice": (b'{"text": "a", "text": "b"}', 400),
    "control characters": (b'{"text": "a\x00b"}', 400),
    "a list": (b'["a"]', 422),
    "a string": (b'"a"', 422),
    "null": (b"null", 422),
    "no text": (b"{}", 422),
    "both": (b'{"text": "a", "texts": ["a"]}', 422),
    "an unknown name": (b'{"text": "a", "topk": 3}', 422),
    "text is a number": (b'{"text": 3}', 422),
    "text is null": (b'{"text": null}', 422),
    "texts is a string": (b'{"texts": "a"}', 422),
    "texts is an object": (b'{"texts": {"0": "a"}}', 422),
    "texts is empty": (b'{"texts": []}', 422),
    "a text is a list": (b'{"texts": ["a", ["b"]]}', 422),
    "a lone surrogate": (b'{"text": "a \\ud800 b"}', 422),
    "surrogates the wrong way": (b'{"text": "\\udc00\\ud800"}', 422),
    "top_k is zero": (b'{"text": "a", "top_k": 0}', 422),
    "top_k is true": (b'{"text": "a", "top_k": true}', 422),
    "top_k is a half": (b'{"text": "a", "top_k": 1.5}', 422),
    "top_k is huge": (b'{"text": "a", "top_k": 1e400}', 422),
    "abstain_below is two": (b'{"text": "a", "abstain_below": 2}', 422),
    "abstain_below is huge": (b'{"text": "a", "abstain_below": 1e999}', 422),
}


def refusal(answer: object) -> str:
    """Return the one line of a refusal, after a look at its form."""
    error = answer.json()
    assert list(error) == ["error"]
    assert error["error"].isprintable()
    assert len(error["error"]) <= 2000
    assert "Traceback" not in answer.text
    assert "--" not in error["error"], "a client cannot set options of the command line"
    assert answer.headers["content-type"] == "application/json"
    return error["error"]


@pytest.mark.parametrize("name", BODIES)
@pytest.mark.parametrize("path", ["/predict", "/explain"])
def test_a_hostile_body_gets_one_line(client: TestClient, path: str, name: str) -> None:
    body, status = BODIES[name]
    answer = client.post(path, content=body, headers=JSON)
    refusal(answer)
    assert answer.status_code == status
    assert client.post(path, json={"text": "a film"}).status_code == 200


def test_odd_texts_that_are_no_fault_are_answered(client: TestClient) -> None:
    texts = ["", " ", "\u0000", "\u202e", "a" * 90_000, "\ufffe", "🏳️‍🌈", "e\u0301" * 1000, "\r\n\u2028"]
    assert len(client.post("/predict", json={"texts": texts}).json()["predictions"]) == len(texts)
    assert client.post("/explain", json={"texts": texts[:4] + texts[5:]}).status_code == 200
    answer = client.post("/predict", content=b'\xef\xbb\xbf{"text": "a"}', headers=JSON)
    assert answer.status_code == 200, "a byte-order mark does no harm"


@pytest.mark.parametrize(
    "kind", [None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_another_content_type_is_refused(client: TestClient, kind: str | None) -> None:
    headers = {} if kind is None else {"content-type": kind}
    answer = client.post("/predict", content=b'{"text": "a"}', headers=headers)
    assert answer.status_code == 415
    assert "application/json" in refusal(answer)


def test_limits_of_texts(served: Serve) -> None:
    client = served(max_texts=2, max_characters=10, max_explained_characters=5, max_body=200)
    for path, body, limit in (
        ("/predict", {"texts": ["a"] * 3}, "at most 2"),
        ("/predict", {"texts": ["a", "b" * 11]}, "texts[1] has 11 characters; expected at most 10"),
        ("/explain", {"texts": ["abc", "def"]}, "6 characters; expected at most 5"),
        ("/predict", {"texts": ["a" * 300]}, "200 bytes"),
    ):
        answer = client.post(path, json=body)
        assert answer.status_code == 413
        assert limit in refusal(answer)
    assert client.post("/predict", json={"texts": ["a" * 10, "b"]}).status_code == 200


def test_a_body_without_a_length_is_cut_off_at_the_limit(served: Serve) -> None:
    taken = []

    def pieces() -> Iterator[bytes]:
        for number in range(50):
            taken.append(number)
            yield b" " * 100

    client = served(max_body=1000)
    assert client.post("/predict", content=pieces(), headers=JSON).status_code == 413


def test_addresses(client: TestClient) -> None:
    for path, status in (
        ("/nothing", 404),
        ("/page.html", 404),
        ("/../errors.py", 404),
        ("/neighbors", 422),
        ("/neighbors?word=", 422),
        ("/neighbors?word=" + "a" * 300, 422),
        ("/neighbors?word=film&n=0", 422),
        ("/neighbors?word=film&n=-1", 422),
        ("/neighbors?word=film&n=²", 422),
        ("/neighbors?word=film&n=1e9", 422),
        ("/neighbors?word=film&word=dull", 422),
        ("/neighbors?wrod=film", 422),
        ("/neighbors?word=%ff%fe", 404),
        ("/predict", 405),
    ):
        answer = client.get(path)
        assert (path, answer.status_code) == (path, status)
        refusal(answer)
    assert client.get("/predict").headers["allow"] == "POST"


def test_only_its_own_names_are_answered(served: Serve, client: TestClient) -> None:
    """Else a page of another site could reach the server through a name of its own."""
    for host, status in (
        ("localhost:8000", 200),
        ("127.0.0.1", 200),
        ("[::1]:8000", 200),
        ("evil.example", 421),
        ("localhost.evil.example", 421),
        ("", 421),
    ):
        assert client.get("/health", headers={"host": host}).status_code == status
    refused = refusal(client.get("/health", headers={"host": "evil.example"}))
    assert "send the request to one of these names" in refused
    public = served(host="0.0.0.0")
    assert public.get("/health", headers={"host": "any.example"}).status_code == 200
    named = served(host="0.0.0.0", allowed_hosts=("Reviews.example",))
    assert named.get("/health", headers={"host": "reviews.example:80"}).status_code == 200
    assert named.get("/health", headers={"host": "127.0.0.1:8000"}).status_code == 200, "as a container asks"
    assert named.get("/health", headers={"host": "any.example"}).status_code == 421


class Odd:
    """A classifier that is slow, or has a bug."""

    reads_words = True

    def __init__(self, *, seconds: float = 0.0, error: Exception | None = None) -> None:
        self.classes_ = np.array(["no", "yes"])
        self._seconds, self._error = seconds, error

    def encode(self, texts: list[str]) -> list[str]:
        time.sleep(self._seconds)
        if self._error is not None:
            raise self._error
        return texts

    def predict_proba(self, texts: list[str]) -> np.ndarray:
        return np.full((len(texts), 2), 0.5)

    def known_shares(self, texts: list[str]) -> np.ndarray:
        return np.ones(len(texts))


def test_a_bug_is_one_line_for_the_client_and_places_without_texts_in_the_log(
    served: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "textransfer.serving")
    client = served(Odd(error=RuntimeError("cannot handle my secret text")))
    answer = client.post("/predict", json={"text": "my secret text"})
    assert answer.status_code == 500
    assert "secret" not in refusal(answer)
    line = JsonFormatter().format(caplog.records[-1])
    record = json.loads(line)
    assert (record["level"], record["error"], record["status"]) == ("error", "RuntimeError", 500)
    assert any("encode" in place for place in record["places"])
    assert "secret" not in line


def test_an_answer_that_takes_too_long_is_given_up(served: Serve) -> None:
    client = served(Odd(seconds=0.4), max_seconds=0.1)
    answer = client.post("/predict", json={"text": "a"})
    assert answer.status_code == 503
    assert "0.1 seconds" in refusal(answer)
    assert answer.headers["retry-after"] == "1"


def test_more_bodies_than_memory_has_room_for_are_told_to_come_back(served: Serve) -> None:
    client = served(Odd(seconds=0.5), max_held=50)
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(client.post, "/predict", json={"text": "a" * 50})
        while "textransfer_held_bytes 0.0" in client.get("/metrics").text:
            pass
        answer = client.post("/predict", json={"text": "a"})
        assert answer.status_code == 503
        assert "again a little later" in refusal(answer)
        assert first.result().status_code == 200
    assert client.post("/predict", json={"text": "a"}).status_code == 200, "what is answered is let go"
    assert "textransfer_held_bytes 0.0" in client.get("/metrics").text


def test_a_message_is_one_line_that_no_terminal_obeys_and_not_endless() -> None:
    text = refused(422, "a\n\x1b[31m\u202e\ud800" + "b" * 5000).body.decode()
    error = json.loads(text)["error"]
    assert error.isprintable()
    assert error.startswith("a \\x1b[31m")
    assert len(error) == 2000


def test_logs_say_what_happened_and_hold_no_text(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client.post("/predict", json={"texts": ["a secret film", "two"]})
    client.post("/explain", json={"text": "a secret film"})
    client.post("/predict", json={"text": "secret", "secret": 1})
    client.get("/neighbors?word=secret")
    client.get("/secret")
    client.post("/label?name=secret.csv", content=b"text\nsecret\n")
    client.get("/health")
    lines = [
        JsonFormatter().format(record) for record in caplog.records if record.name == "textransfer.serving"
    ]
    assert not any("secret" in line for line in lines)
    records = [json.loads(line) for line in lines]
    assert [(record["path"], record["status"], record["texts"]) for record in records] == [
        ("/predict", 200, 2),
        ("/explain", 200, 1),
        ("/predict", 422, 0),
        ("/neighbors", 404, 0),
        ("(other)", 404, 0),
        ("/label", 200, 1),
        ("/health", 200, 0),
    ]
    assert all(record["milliseconds"] >= 0 for record in records)
    assert [record["level"] for record in records][-1] == "debug"


def test_settings_out_of_range_are_refused() -> None:
    with pytest.raises(ConfigError, match=r"port is 70000.*max_texts is 0.*max_seconds is 0"):
        ServingConfig(port=70_000, max_texts=0, max_seconds=0)


@pytest.mark.parametrize("hosts", ["example.org", 3, ("a", 1), [None], float("nan")])
def test_names_of_hosts_are_a_list_of_names(hosts: object) -> None:
    with pytest.raises(ConfigError, match="allowed_hosts is"):
        ServingConfig(allowed_hosts=hosts)
    assert ServingConfig(allowed_hosts=["a.org"]).allowed_hosts == ("a.org",)
