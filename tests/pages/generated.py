"""Requests made from the description of the API: schemathesis writes them, some as described and some not.

Each is written once and then sent by several people. The same are written every time.
"""

from collections.abc import Iterator
from copy import deepcopy
from itertools import islice
from typing import Any

import httpx2
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode, checks
from schemathesis.core.failures import FailureGroup
from schemathesis.generation.meta import REQUEST_SHAPE_PROBES, CoveragePhaseData

from tests.pages.conftest import HOST

Case = schemathesis.Case[Any]
Operation = schemathesis.APIOperation[Any, Any, Any, Any]
_OF_A_REQUEST = {"method", "url", "cookies", "headers", "params", "data", "json", "files"}
_JSON = {"Content-Type": b"application/json"}
_DEEP = 100_000
UNREADABLE = (
    b"", b"{", b"null", b"[]", b'"text"', b"\xff\xfe{}", b"\xef\xbb\xbf{}", b'{"text": "\xc3("}', b"[" * _DEEP,
    b'{"a":' * _DEEP, b'{"\\ud800": "\\ud800"}', b'{"text": "\\ud800"}', b'{"number": 1' + b"0" * 5000 + b"}",
    b'{"number": 1e999}', b'{"number": NaN}', b'{"text": 1, "text": 2}', b'{"\\u0000": "\\u0000"}',
)  # fmt: skip
"""Bodies that no description leads to."""


def described(description: dict[str, Any]) -> dict[str, Operation]:
    """Return every operation of an API by method and path, without who may ask: that the policy says."""
    bare = deepcopy(description)
    for methods in bare["paths"].values():
        for operation in methods.values():
            operation.pop("security", None)
    found = [one.ok() for one in schemathesis.openapi.from_dict(bare).get_all_operations()]
    return {one.label: one for one in found}


def systematic(operation: Operation, at_most: int) -> list[Case]:
    """Write each field at its bounds, beyond them, of another type and not at all; so many of these, evenly chosen."""
    config = operation.schema.config.generation_for(operation=operation, phase="coverage")
    every = operation.schema.iter_coverage_cases(
        operation, generation_modes=[*GenerationMode], generation_config=config
    )
    found = [*islice(every, 40 * at_most)]
    return found[:: -(-len(found) // at_most)]


def random(operation: Operation, of_each: int) -> list[Case]:
    """Write so many requests as described, and as many that are not."""
    return [case for mode in GenerationMode for case in _written(operation, mode, of_each)] if of_each else []


def _written(operation: Operation, mode: GenerationMode, at_most: int) -> list[Case]:
    written: list[Case] = []

    @settings(
        max_examples=at_most, derandomize=True, database=None, phases=[Phase.generate], deadline=None,
        suppress_health_check=[*HealthCheck],
    )  # fmt: skip
    @given(operation.as_strategy(generation_mode=mode))
    def write(case: Case) -> None:
        written.append(case)

    try:
        write()
    except Unsatisfiable:
        assert mode == GenerationMode.NEGATIVE  # where nothing is sent, nothing of it can be wrong
    return written


def sendable(case: Case, body: bytes | None = None) -> dict[str, Any]:
    """Return a case as the arguments of a request, to the byte as schemathesis sends it; or with another body."""
    parts = case.as_transport_kwargs(base_url=HOST)
    wire = requests.Request(**{name: part for name, part in parts.items() if name in _OF_A_REQUEST}).prepare()
    headers = {name: one if isinstance(one, bytes) else one.encode("latin-1") for name, one in wire.headers.items()}
    if body is None:
        return {"method": wire.method, "url": wire.url, "content": wire.body, "headers": headers}
    del headers["Content-Length"]
    return {"method": wire.method, "url": wire.url, "content": body, "headers": {**headers, **_JSON}}


def strays(case: Case, answer: httpx2.Response) -> Iterator[str]:
    """Tell where an answer is none that the description announces."""
    # Not `negative_data_rejection`: it judges what was written, and parts of that are replaced before it is sent.
    of_description = [
        checks.not_a_server_error, checks.status_code_conformance, checks.content_type_conformance,
        checks.response_schema_conformance, checks.response_headers_conformance,
    ]  # fmt: skip
    try:
        case.validate_response(answer, checks=of_description)
    except FailureGroup as group:
        yield from (f"{one.title}: {one.message}" for one in group.exceptions)


def is_against_the_description(case: Case) -> bool:
    """Whether something in a request is not as described, that the operation reads at all."""
    meta = case.meta
    if meta is None or meta.generation.mode == GenerationMode.POSITIVE:
        return False
    if isinstance(meta.phase.data, CoveragePhaseData):
        return meta.phase.data.scenario not in REQUEST_SHAPE_PROBES
    # What is asked under a name that no operation knows is not read, and may be all that is wrong.
    return {*case.query} <= {one.name for one in case.operation.query}
