"""The page stands alone, and OpenAPI describes what is there: its examples are answered as it says."""

import re
from typing import Any

import pytest
from serving.conftest import Serve
from starlette.testclient import TestClient

from textransfer.serving.app import PAGE_FILES
from textransfer.serving.settings import ServingConfig

KINDS = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "null": type(None),
}


def faults(value: object, schema: dict[str, Any], components: dict[str, Any]) -> list[str]:
    """Return where a value is not what a schema says, as far as the description uses JSON Schema."""
    if "$ref" in schema:
        return faults(value, components[schema["$ref"].rsplit("/", 1)[1]], components)
    problems = [fault for part in schema.get("allOf", ()) for fault in faults(value, part, components)]
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(isinstance(value, KINDS[kind]) for kind in kinds):
        return [f"{value!r} is no {kinds}"]
    if isinstance(value, dict):
        problems += [f"{name} is missing" for name in schema.get("required", ()) if name not in value]
        properties, further = schema.get("properties", {}), schema.get("additionalProperties")
        for name, inner in value.items():
            if name in properties:
                problems += faults(inner, properties[name], components)
            elif further is False:
                problems.append(f"{name} is unknown")
            elif isinstance(further, dict):
                problems += faults(inner, further, components)
    if isinstance(value, list):
        problems += [fault for item in value for fault in faults(item, schema["items"], components)]
    if isinstance(value, int | float) and not schema.get("minimum", value) <= value <= schema.get(
        "maximum", value
    ):
        problems.append(f"{value} is out of range")
    return problems


def test_the_description_can_find_faults() -> None:
    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "array", "items": {"type": "null"}}},
    }
    assert not faults({"a": [None]}, schema, {})
    assert faults({}, schema, {})
    assert faults({"a": [1]}, schema, {})


def test_every_path_is_described_and_every_example_is_answered_as_it_says(client: TestClient) -> None:
    description = client.get("/openapi.json").json()
    components = description["components"]["schemas"]
    assert set(description["paths"]) | set(PAGE_FILES) | {"/openapi.json"} == set(client.app.paths)
    n_examples = 0
    for path, methods in description["paths"].items():
        ((method, operation),) = methods.items()
        query = {
            entry["name"]: entry["example"] for entry in operation.get("parameters", ()) if "example" in entry
        }
        content = operation.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema", {})
        examples = [one["value"] for one in content.get("application/json", {}).get("examples", {}).values()]
        if "application/octet-stream" in content:
            examples = [content["application/octet-stream"]["example"].encode()]
        for example in examples or [None]:
            assert not faults(example, schema, components)
            body = (
                {"content": example}
                if isinstance(example, bytes)
                else {}
                if example is None
                else {"json": example}
            )
            answer = client.request(method, path, params=query, **body)
            assert answer.status_code == 200, answer.text
            described = operation["responses"]["200"]["content"]
            kind = answer.headers["content-type"].split(";")[0]
            assert kind in {name.split(";")[0] for name in described}
            if kind == "application/json":
                assert not faults(answer.json(), described[kind]["schema"], components)
                assert not faults(described[kind]["example"], described[kind]["schema"], components)
            n_examples += 1
    assert n_examples == 7
    for broken, status in (({"text": 3}, "422"), ({"texts": ["a"] * 2000}, "413")):
        responses = description["paths"]["/predict"]["post"]["responses"]
        answer = client.post("/predict", json=broken)
        assert str(answer.status_code) == status
        assert not faults(
            answer.json(), responses[status]["content"]["application/json"]["schema"], components
        )


def test_limits_are_those_of_the_settings(served: Serve) -> None:
    client = served(max_texts=7, max_characters=50, max_explained_characters=40)
    properties = client.get("/openapi.json").json()["paths"]["/predict"]["post"]["requestBody"]["content"][
        "application/json"
    ]["schema"]["properties"]
    assert properties["texts"]["maxItems"] == client.get("/health").json()["limits"]["max_texts"] == 7
    assert properties["text"]["maxLength"] == 50


def test_the_page_asks_nobody_but_its_server_and_runs_under_a_strict_policy(client: TestClient) -> None:
    for path in PAGE_FILES:
        answer = client.get(path)
        assert answer.status_code == 200
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        text = re.sub(r'xmlns="[^"]+"', "", answer.text)
        assert not re.search(r"https?:|//[a-z]|@import|url\(", text), path
    page = client.get("/").text
    assert not re.search(r"<style|<script(?![^>]*src=)|\son\w+=|style=", page), "the policy would block it"
    for target in re.findall(r'(?:src|href)="([^"#]+)"', page):
        assert client.get(f"/{target}").status_code == 200


def test_every_field_of_the_page_has_a_name_and_messages_are_read_out(client: TestClient) -> None:
    page = client.get("/").text
    fields = re.findall(r'<(?:input|textarea)[^>]*\bid="(\w+)"', page)
    assert len(fields) == 4
    assert all(f'<label for="{name}">' in page for name in fields)
    assert page.count('role="status"') >= 3
    assert page.count('role="alert"') == 3
    assert '<html lang="en">' in page
    ids = set(re.findall(r'\bid="([\w-]+)"', page))
    asked = set(re.findall(r'(?:element|complain)\("([\w-]+)"', client.get("/page.js").text))
    assert asked <= ids


def test_a_server_that_stops_says_so_and_lets_its_clients_go(client: TestClient) -> None:
    assert client.get("/health").json()["status"] == "ok"
    client.app.stop()
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "stopping")
    answer = client.post("/predict", json={"text": "a film"})
    assert (answer.status_code, answer.headers["connection"]) == (200, "close")


def test_metrics_count_what_was_asked(client: TestClient) -> None:
    client.post("/predict", json={"texts": ["a wonderful film", "xyzzy"]})
    client.get("/anything?secret")
    page = client.get("/metrics").text
    for line in (
        'textransfer_requests_total{method="POST",path="/predict",status="200"} 1.0',
        'textransfer_requests_total{method="GET",path="(other)",status="404"} 1.0',
        'textransfer_texts_total{path="/predict"} 2.0',
        "textransfer_unknown_texts_total 1.0",
        "textransfer_batch_texts_count 1.0",
    ):
        assert line in page
    assert "secret" not in page


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_by_default_it_answers_to_names_of_this_machine(host: str) -> None:
    assert "localhost" in ServingConfig(host=host).answered_hosts
