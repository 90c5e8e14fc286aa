"""Request bodies: JSON only, read after the permission was asked, every problem named at once."""

from __future__ import annotations

from typing import Any, TypeVar

from django.http import HttpRequest
from pydantic import BaseModel, ValidationError

from cpims.lib.errors import Invalid, Problem, Refusal
from cpims.lib.json import BadJson, loads

Shape = TypeVar("Shape", bound=BaseModel)


class NotJson(Refusal):
    """The body is of another media type."""

    code = "body.not_json"


class Malformed(Refusal):
    """The body is not readable JSON."""

    code = "body.malformed"


class BodyInvalid(Invalid):
    """The body does not have the shape that is asked for."""

    code = "body.invalid"


def read_body(request: HttpRequest) -> dict[str, Any]:
    """The body as an object; an empty body is an empty object.

    Raises: NotJson, Malformed, BodyInvalid.
    """
    raw = request.body
    if not raw:
        return {}
    if (request.content_type or "").split(";")[0].strip().lower() != "application/json":
        raise NotJson(media_type=request.content_type or "")
    try:
        body = loads(raw)
    except BadJson as error:
        raise Malformed from error
    if not isinstance(body, dict):
        raise BodyInvalid([Problem("", "body.not_an_object")])
    return body


def read_data(request: HttpRequest, *, optional: bool = False, wrapper: str = "data") -> dict[str, Any]:
    """The ``data`` object of the body.

    Raises: NotJson, Malformed, BodyInvalid.
    """
    data = read_body(request).get(wrapper)
    if data is None and optional:
        return {}
    if not isinstance(data, dict):
        code = "body.missing" if data is None else "body.not_an_object"
        raise BodyInvalid([Problem(f"/{wrapper}", code, {"name": wrapper})])
    return data


def check(shape: type[Shape], data: dict[str, Any]) -> Shape:
    """Read values into a shape, naming every place that does not fit.

    Raises: BodyInvalid.
    """
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        raise BodyInvalid(
            [
                Problem("/" + "/".join(str(step) for step in found["loc"]), f"body.{found['type']}")
                for found in error.errors(include_url=False, include_context=False, include_input=False)
            ]
        ) from error


def documented(shape: type[BaseModel], wrapper: str | None = "data") -> dict[str, Any]:
    """What the API's description says of a route whose body is read by hand."""
    schema = shape.model_json_schema(ref_template="#/components/schemas/{model}")
    schema.pop("$defs", None)
    if wrapper:
        schema = {"type": "object", "properties": {wrapper: schema}, "required": [wrapper]}
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}}
