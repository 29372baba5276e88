"""The JSON Schema of the run document, generated from its models.

Owns where descriptions come from: the words below each field in the code, and for fields whose
name says it all there, `schema_words.py`. `python -m roundtrip.export.schema` writes the file.
"""

from __future__ import annotations

import ast
import inspect
import json
import sys
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel

from roundtrip.export.document import RunDocument
from roundtrip.export.schema_words import BY_FIELD, BY_NAME

FILE = Path(__file__).with_name("run.schema.json")


def run_schema() -> dict[str, Any]:
    """The schema as JSON Schema 2020-12. Fields it does not name are allowed everywhere.

    Where a field of an event, a step or a message has a default, a document may leave it out.
    """
    schema = RunDocument.model_json_schema()
    models = {model.__name__: model for model in _models(RunDocument)}
    _describe(schema, RunDocument)
    for name, definition in schema["$defs"].items():
        _describe(definition, models[name])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": "Roundtrip run document",
    }


def as_text(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _models(model: type[BaseModel], found: set[type] | None = None) -> set[type[BaseModel]]:
    """The model and every model its fields hold, however deep."""
    found = set() if found is None else found
    if model not in found:
        found.add(model)
        for field in model.model_fields.values():
            for inner in _types_in(field.annotation):
                _models(inner, found)
    return found


def _types_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _types_in(inner)


def _describe(definition: dict[str, Any], model: type[BaseModel]) -> None:
    definition["description"] = inspect.cleandoc(model.__doc__ or "")
    for name, field in definition.get("properties", {}).items():
        words = _words(model, name)
        field.pop("title", None)  # pydantic's: the name again
        if words is not None:
            field["description"] = words


def _words(model: type[BaseModel], field: str) -> str | None:
    for owner in model.__mro__:
        if words := _field_docs(owner).get(field):
            return words
    return BY_FIELD.get(f"{model.__name__}.{field}") or BY_NAME.get(field)


@cache
def _field_docs(model: type) -> dict[str, str]:
    """The text that stands below each field in the class's source."""
    if not issubclass(model, BaseModel) or model is BaseModel:
        return {}
    found = {}
    for before, after in pairwise(_body_of(model)):
        if (
            isinstance(before, ast.AnnAssign)
            and isinstance(before.target, ast.Name)
            and isinstance(after, ast.Expr)
            and isinstance(after.value, ast.Constant)
            and isinstance(after.value.value, str)
        ):
            found[before.target.id] = " ".join(after.value.value.split())
    return found


def _body_of(model: type) -> list[ast.stmt]:
    tree = ast.parse(inspect.getsource(sys.modules[model.__module__]))
    return next(
        node.body
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == model.__name__
    )


if __name__ == "__main__":
    FILE.write_text(as_text(run_schema()), encoding="utf-8")
