"""What the server offers, as OpenAPI: every path with its limits, its answers and an example."""

from typing import Any

from textransfer.serving.labelling import MEDIA_TYPES, OUTPUT_OF
from textransfer.serving.settings import ServingConfig
from textransfer.version import __version__

PREDICT = {
    "text": "a string",
    "texts": "a list of strings",
    "top_k": "how many classes to name",
    "abstain_below": "the least probability of a label",
}
EXPLAIN = {"text": "a string", "texts": "a list of strings", "label": "the class to explain"}
NEIGHBORS = {"word": "a word", "n": "how many neighbours"}
LABEL = {
    "name": "what the file is called",
    "text_column": "the column of the texts",
    "encoding": "its encoding, where it is not told rightly",
    "delimiter": "what separates its fields, likewise",
    "sheet": "the sheet of a workbook; by default the first",
}
LIMITS = ("max_texts", "max_characters", "max_explained_characters", "max_body", "max_file", "max_rows")
"""Settings that clients are told."""
Schema = dict[str, Any]

_NUMBER: Schema = {"type": "number", "minimum": 0, "maximum": 1}
_ERROR: Schema = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string", "description": "What was found and expected, on one line."}},
}
_REFUSALS = {
    400: "The body is no JSON.",
    404: "The word is unknown.",
    408: "The body took too long to arrive.",
    413: "Too long, or too many.",
    415: "A content type, or a kind of file, that is not taken.",
    421: "A Host header that the server does not answer to.",
    422: "A value that is not taken.",
    501: "This classifier cannot answer that.",
    503: "Too busy, or out of time; send it again.",
}


def description(config: ServingConfig, classes: list[str]) -> Schema:
    """Return the whole description; examples name the classes of the classifier.

    Parameters
    ----------
    config : ServingConfig
        Limits.
    classes : list of str
        Names of the classes.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "textransfer",
            "version": __version__,
            "summary": "A text classifier over word vectors.",
            "description": f"Every refusal is JSON with one line, `error`. Classes: {', '.join(classes[:20])}"
            + ("." if len(classes) <= 20 else f" and {len(classes) - 20} more."),
        },
        "paths": {
            "/predict": {"post": _predict(config, classes)},
            "/explain": {"post": _explain(config, classes)},
            "/neighbors": {"get": _neighbors()},
            "/label": {"post": _label(config)},
            "/health": {"get": _health(config, classes)},
            "/metrics": {
                "get": {
                    "operationId": "metrics",
                    "summary": "Counts and times for Prometheus.",
                    "responses": {"200": _answer("The numbers.", {"type": "string"}, None, "text/plain")},
                }
            },
        },
        "components": {"schemas": {"Prediction": _prediction(classes), "Error": _ERROR}},
    }


def _texts(config: ServingConfig, most_characters: int) -> Schema:
    text = {"type": "string", "maxLength": most_characters}
    return {
        "text": text,
        "texts": {"type": "array", "items": text, "minItems": 1, "maxItems": config.max_texts},
    }


def _predict(config: ServingConfig, classes: list[str]) -> Schema:
    body = {
        "type": "object",
        "description": "Either `text` or `texts`.",
        "additionalProperties": False,
        "oneOf": [{"required": ["text"]}, {"required": ["texts"]}],
        "properties": {
            **_texts(config, config.max_characters),
            "top_k": {
                "type": ["integer", "null"],
                "minimum": 1,
                "description": "How many classes are named; by default all of at most ten, else five.",
            },
            "abstain_below": {
                **_NUMBER,
                "type": ["number", "null"],
                "description": "Where no class is so probable, or no word is known, `label` is null.",
            },
        },
    }
    examples = {
        "one": {"value": {"text": "a gripping drama"}},
        "many": {
            "value": {"texts": ["a gripping drama", "dull to the end"], "top_k": 1, "abstain_below": 0.6}
        },
    }
    answer = {
        "type": "object",
        "required": ["predictions"],
        "properties": {
            "predictions": {"type": "array", "items": {"$ref": "#/components/schemas/Prediction"}}
        },
    }
    example = {"predictions": [_example(classes)]}
    return {
        "operationId": "predict",
        "summary": "The most probable class of each text, in the order of the texts.",
        "requestBody": _json_body(body, examples),
        "responses": _responses(
            _answer("What is said of each text.", answer, example), 400, 408, 413, 415, 422
        ),
    }


def _explain(config: ServingConfig, classes: list[str]) -> Schema:
    body = {
        "type": "object",
        "description": f"Either `text` or `texts`, {config.max_explained_characters:,} characters at most.",
        "additionalProperties": False,
        "oneOf": [{"required": ["text"]}, {"required": ["texts"]}],
        "properties": {
            **_texts(config, config.max_explained_characters),
            "label": {
                "type": ["string", "null"],
                "enum": [*classes, None],
                "description": "The class; by default the most probable one.",
            },
        },
    }
    word = {
        "type": "object",
        "required": ["word", "token", "start", "end", "contribution"],
        "properties": {
            "word": {"type": "string", "description": "As it is written; a negated one as `not_good`."},
            "token": {"type": "string", "description": "As the tokenizer gives it, for `/neighbors`."},
            "start": {
                "type": "integer",
                "description": "Where it starts in the text, in characters (code points).",
            },
            "end": {
                "type": "integer",
                "description": "Where it ends; as `start` if it has no place of its own.",
            },
            "contribution": {
                "type": "number",
                "description": "ln p of the class less ln p without the word, at all its places together.",
            },
        },
    }
    explanation = {
        "allOf": [
            {"$ref": "#/components/schemas/Prediction"},
            {
                "type": "object",
                "required": ["explained", "words"],
                "properties": {
                    "explained": {
                        "type": "string",
                        "description": "The class that words speak for or against.",
                    },
                    "words": {"type": "array", "items": word},
                },
            },
        ]
    }
    answer = {
        "type": "object",
        "required": ["explanations"],
        "properties": {"explanations": {"type": "array", "items": explanation}},
    }
    words = [{"word": "gripping", "token": "gripping", "start": 2, "end": 10, "contribution": 1.2712}]
    example = {"explanations": [{**_example(classes), "explained": classes[-1], "words": words}]}
    return {
        "operationId": "explain",
        "summary": "The same, and what each known word adds.",
        "requestBody": _json_body(body, {"one": {"value": {"text": "a gripping drama"}}}),
        "responses": _responses(
            _answer("What is said of each text, and why.", answer, example), 400, 408, 413, 415, 422, 501
        ),
    }


def _neighbors() -> Schema:
    neighbor = {
        "type": "object",
        "required": ["word", "similarity"],
        "properties": {
            "word": {"type": "string"},
            "similarity": {"type": "number", "minimum": -1.001, "maximum": 1.001},
        },
    }
    answer = {
        "type": "object",
        "required": ["word", "neighbors"],
        "properties": {"word": {"type": "string"}, "neighbors": {"type": "array", "items": neighbor}},
    }
    example = {"word": "film", "neighbors": [{"word": "movie", "similarity": 0.8123}]}
    return {
        "operationId": "neighbors",
        "summary": "The words nearest to a word, by the cosine of the classifier's vectors.",
        "parameters": [
            _parameter(
                "word",
                {"type": "string", "minLength": 1, "maxLength": 200, "pattern": r"\S"},
                "The word.",
                example="film",
                is_required=True,
            ),
            _parameter("n", {"type": "integer", "minimum": 1, "maximum": 100, "default": 10}, "How many."),
        ],
        "responses": _responses(_answer("The nearest first.", answer, example), 404, 422, 501),
    }


def _label(config: ServingConfig) -> Schema:
    said = {name: what for name, what in LABEL.items() if name != "name"}
    binary: Schema = {media_type: {} for media_type in MEDIA_TYPES.values()}
    return {
        "operationId": "label",
        "summary": "A table with the label, its probability and the share of known words beside each row.",
        "description": f"At most {config.max_file:,} bytes and {config.max_rows:,} rows. The body is the "
        'file itself: `curl --data-binary @a.xlsx "localhost:8000/label?name=a.xlsx" -o labelled.xlsx`. '
        "The header X-Summary of the answer counts, as JSON, rows, those without a known word, and the "
        "most frequent labels; its notes tell how the table was read.",
        "parameters": [
            _parameter(
                "name",
                {"type": "string", "pattern": rf"\.({'|'.join(ending[1:] for ending in OUTPUT_OF)})$"},
                f"Name of the file; ends in {', '.join(OUTPUT_OF)}.",
                example="tickets.csv",
                is_required=True,
            ),
            *(_parameter(name, {"type": "string"}, f"{what.capitalize()}.") for name, what in said.items()),
        ],
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"example": "text\na gripping drama\n"}},
        },
        "responses": _responses(
            {"description": "The table, in the same format.", "content": binary}, 408, 413, 415, 422, 501
        ),
    }


def _health(config: ServingConfig, classes: list[str]) -> Schema:
    answer = {
        "type": "object",
        "required": ["status", "version", "classes", "limits"],
        "properties": {
            "status": {"type": "string", "enum": ["ok", "stopping"]},
            "version": {"type": "string"},
            "classes": {"type": "array", "items": {"type": "string"}},
            "limits": {"type": "object", "additionalProperties": {"type": "integer"}},
        },
    }
    limits = {name: getattr(config, name) for name in LIMITS}
    example = {"status": "ok", "version": __version__, "classes": classes[:10], "limits": limits}
    return {
        "operationId": "health",
        "summary": "Whether the server answers, with its classes and limits; 503 while it stops.",
        "responses": _responses(_answer("It does.", answer, example)),
    }


def _prediction(classes: list[str]) -> Schema:
    return {
        "type": "object",
        "required": ["label", "probability", "known_words", "probabilities"],
        "properties": {
            "label": {"type": ["string", "null"], "description": "The most probable class."},
            "probability": _NUMBER,
            "known_words": {
                **_NUMBER,
                "description": "Share of the words that are known. With 0 the probabilities are the shares "
                "of the classes in the labels.",
            },
            "probabilities": {"type": "object", "additionalProperties": _NUMBER},
        },
        "example": _example(classes),
    }


def _example(classes: list[str]) -> Schema:
    names = classes[::-1][:2]
    return {
        "label": names[0],
        "probability": 0.9337,
        "known_words": 1.0,
        "probabilities": dict(zip(names, (0.9337, 0.0663), strict=False)),
    }


def _json_body(schema: Schema, examples: Schema) -> Schema:
    return {"required": True, "content": {"application/json": {"schema": schema, "examples": examples}}}


def _parameter(
    name: str, schema: Schema, text: str, *, example: str | None = None, is_required: bool = False
) -> Schema:
    entry = {"name": name, "in": "query", "required": is_required, "schema": schema, "description": text}
    return entry if example is None else entry | {"example": example}


def _answer(text: str, schema: Schema, example: Any, kind: str = "application/json") -> Schema:  # noqa: ANN401
    content = {"schema": schema} if example is None else {"schema": schema, "example": example}
    return {"description": text, "content": {kind: content}}


def _responses(answer: Schema, *statuses: int) -> Schema:
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    refusals = {
        str(status): {"description": _REFUSALS[status], "content": error} for status in (*statuses, 421, 503)
    }
    return {"200": answer, **refusals}
