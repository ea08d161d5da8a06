"""JSON Schemas of the shapes, from the msgspec types that validate and encode them. Knows nothing of HTTP."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, get_args, get_type_hints

import msgspec

_PREFIX = "#/components/schemas/"

Schema = dict[str, Any]


class Schemas:
    """The schemas of a set of shapes, each written once and referred to by name."""

    def __init__(self, shapes: Iterable[Any]) -> None:
        self._shapes = list(dict.fromkeys(shapes))
        schemas, self._components = msgspec.json.schema_components(
            self._shapes, ref_template=_PREFIX + "{name}"
        )
        self._schemas: dict[Any, Schema] = dict(zip(self._shapes, schemas, strict=True))
        for struct in set(_structs(self._shapes)):
            self._mark_moments(struct)

    def of(self, shape: Any) -> Schema:
        """The schema of a shape; of a struct, a reference to it."""
        return self._schemas[shape]

    def fields(self, struct: Any) -> list[tuple[str, Schema, bool]]:
        """Name, schema and necessity of each field of a struct, for use as parameters."""
        schema = self._components[self._name(struct)]
        required = schema.get("required", ())
        return [(name, field, name in required) for name, field in schema["properties"].items()]

    def components(self, *, without: Iterable[Any] = ()) -> dict[str, Schema]:
        """All schemas by name, but those of the structs in `without`."""
        hidden = {self._name(struct) for struct in without}
        return {name: self._components[name] for name in sorted(self._components) if name not in hidden}

    def _name(self, struct: Any) -> str:
        return str(self.of(struct)["$ref"]).removeprefix(_PREFIX)

    def _mark_moments(self, struct: type[msgspec.Struct]) -> None:
        """msgspec names no format for times that may come without a zone; all of ours have one."""
        schema = self._components.get(struct.__name__)
        if schema is None:
            return
        for field, hint in get_type_hints(struct).items():
            if hint is datetime or datetime in get_args(hint):
                branches = schema["properties"][field].get("anyOf", [schema["properties"][field]])
                for branch in (branch for branch in branches if branch.get("type") == "string"):
                    branch["format"] = "date-time"


def _structs(shapes: Iterable[Any]) -> Iterator[type[msgspec.Struct]]:
    """The structs among `shapes` and in their fields, however deep."""
    for shape in shapes:
        origin = getattr(shape, "__origin__", None)
        yield from _structs(get_args(shape))
        for struct in (shape, origin):
            if isinstance(struct, type) and issubclass(struct, msgspec.Struct):
                yield struct
                yield from _structs(get_type_hints(struct).values())
