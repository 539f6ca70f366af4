"""A flag sent to the API is true or false and a number is a number: no text is either, and neither is the other."""

from collections.abc import Iterator
from typing import Any, Final

import pytest

from certify.web.permissions import declared_routes
from tests.pages.conftest import House, shared_routes
from tests.pages.test_api_as_described import DESCRIPTION

Place = tuple[str | int, ...]
LIKE: Final = {"boolean": (0, 1, "on", "off", "true", ""), "integer": ("1", True, 1.5, ""), "number": ("1", True, "")}
"""What some would take for a value of each kind."""


def places_in(part: Any, at: Place = (), seen: tuple[str, ...] = ()) -> Iterator[tuple[Place, str]]:
    """Yield where a description has a flag or a number that is not always the same; what holds itself is read once."""
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        if name not in seen:
            yield from places_in(DESCRIPTION["components"]["schemas"][name], at, (*seen, name))
    for one in part.get("anyOf", ()):
        yield from places_in(one, at, seen)
    for name, one in part.get("properties", {}).items():
        yield from places_in(one, (*at, name), seen)
    if isinstance(part.get("items"), dict):
        yield from places_in(part["items"], (*at, 0), seen)
    if part.get("type") in LIKE and "const" not in part:
        yield at, part["type"]


def holding(value: object, at: Place) -> Any:
    """Return a body with a value in one place, and nothing else."""
    if not at:
        return value
    inner = holding(value, at[1:])
    return [inner] if at[0] == 0 else {at[0]: inner}


BODIES: Final = {
    f"{method.upper()} {path}": places
    for path, methods in DESCRIPTION["paths"].items()
    for method, operation in methods.items()
    for kind, sent in operation.get("requestBody", {}).get("content", {}).items()
    if kind == "application/json" and (places := dict(places_in(sent["schema"])))
}
"""Where each request has flags and numbers."""


@pytest.fixture
def fields(house: House) -> dict[str, Any]:
    """What reads the body of each request, as its route has it."""
    found = declared_routes(shared_routes(house.services).routes)
    return {label: one.context.body_field for one in found if (label := f"{one.method} {one.path}") in BODIES}


@pytest.mark.parametrize("label", BODIES)
def test_a_flag_or_number_that_is_spelled_as_something_else_is_refused(fields: dict[str, Any], label: str) -> None:
    def is_refused(at: Place, value: object) -> bool:
        _, errors = fields[label].validate(holding(value, at), {}, loc=())
        return any(error["loc"][: len(at)] == at for error in errors)

    wrong = [(at, value) for at, kind in BODIES[label].items() for value in LIKE[kind] if not is_refused(at, value)]

    assert wrong == []


@pytest.mark.parametrize("label", BODIES)
def test_a_whole_number_is_an_integer_with_a_point_or_without(fields: dict[str, Any], label: str) -> None:
    def refusals(at: Place, value: object) -> list[tuple[object, ...]]:
        _, errors = fields[label].validate(holding(value, at), {}, loc=())
        return sorted((str(error["loc"]), error["type"]) for error in errors)

    numbers = [at for at, kind in BODIES[label].items() if kind in {"integer", "number"}]

    assert [at for at in numbers for whole in (0, 1, 45, -3) if refusals(at, float(whole)) != refusals(at, whole)] == []


@pytest.mark.parametrize("days", [1e300, 2.0**53 + 2, 90.5])
def test_a_number_that_is_not_known_to_the_digit_is_no_integer(fields: dict[str, Any], days: float) -> None:
    _, errors = fields["POST /api/tokens"].validate({"name": "n", "days": days}, {}, loc=())

    assert [error["loc"] for error in errors] == [("days",)]


def test_the_acts_with_flags_and_numbers_are_found() -> None:
    assert {"POST /api/applications/{application}/declare-interests", "POST /api/tokens"} < {*BODIES}
    assert sum(len(places) for places in BODIES.values()) > 80
