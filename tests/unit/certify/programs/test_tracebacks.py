"""I12: what an unexpected error writes into the program's log tells nothing that people confided."""

import asyncio
import io
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr

import pytest
import structlog
from fastapi.exceptions import ResponseValidationError
from pydantic import BaseModel, ConfigDict, ValidationError
from temporalio.exceptions import ApplicationError

from certify.programs.processes import log_to_stderr
from certify.programs.tracebacks import told
from tests.canaries import Canary

SECRET = Canary.new("log")


class Said(BaseModel):
    """As a model of the record is."""

    model_config = ConfigDict(extra="forbid")

    number: int


@contextmanager
def program_log() -> Iterator[io.StringIO]:
    """Log as every program does, and give what it writes."""
    root, written = logging.getLogger(), io.StringIO()
    before, level = root.handlers[:], root.level
    root.handlers[:] = []
    # A server that a test started with uvicorn's own settings left a handler there; our programs start it with none.
    servers = [logging.getLogger(name) for name in ("uvicorn", "uvicorn.error")]
    as_left = [(one, one.handlers[:], one.propagate) for one in servers]
    for one in servers:
        one.handlers[:], one.propagate = [], True
    try:
        with redirect_stderr(written):
            log_to_stderr()
            yield written
    finally:
        root.handlers[:] = before
        root.setLevel(level)
        for one, handlers, propagates in as_left:
            one.handlers[:], one.propagate = handlers, propagates
        structlog.reset_defaults()


def misfit() -> None:
    Said.model_validate({"number": SECRET.text, SECRET.text: 1})


def led_to_another() -> None:
    try:
        misfit()
    except ValidationError as error:
        raise LookupError("of no label") from error


def in_a_group() -> None:
    async def both() -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.to_thread(misfit))

    asyncio.run(both())


def of_an_answer() -> None:
    raise ResponseValidationError([{"type": "missing", "loc": ("number",), "msg": "x", "input": SECRET.text}])


def of_an_activity() -> None:
    raise ApplicationError(f"number: input_value={SECRET.text}", type="ValidationError")


@pytest.mark.parametrize("raising", [misfit, led_to_another, in_a_group, of_an_answer, of_an_activity])
def test_no_value_stands_in_the_log_and_the_place_of_the_error_does(raising: Callable[[], None]) -> None:
    with program_log() as written_there:
        try:
            raising()
        except Exception:
            structlog.get_logger().exception("unexpected")
            logging.getLogger("uvicorn.error").exception("Exception in ASGI application")

    ours, theirs = written_there.getvalue().split("\n", 1)
    for written in (json.loads(ours)["exception"], theirs):
        assert SECRET.text not in written
        assert f", in {raising.__name__}\n" in written


def test_of_a_value_that_does_not_fit_kind_and_place_are_told() -> None:
    with pytest.raises(ValidationError) as caught:
        misfit()

    assert told(caught.value).splitlines()[-1] == "ValidationError: int_parsing at number; extra_forbidden at the top"


def test_any_other_error_is_told_as_ever() -> None:
    with pytest.raises(LookupError) as caught:
        led_to_another()

    assert told(caught.value).endswith("\nLookupError: of no label")
    assert "\nThis led to:\n" in told(caught.value)
