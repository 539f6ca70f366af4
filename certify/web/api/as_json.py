"""A body of the API means what it is in JSON: a flag is true or false, a number is a number, and no text is either.

Forms send nothing but texts, and what is on record is read as it once was written: so the models take both, and what
a program sends is read strictly here, in all of it. An application is not: people write it, in spellings of its own
(`schemas.application_spelling`), the same in a folder and here.
"""

import json
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, TypeAdapter, ValidatorFunctionWrapHandler, WrapValidator

from schemas.json_numbers import whole


class _AsJson:
    """Reads the model that it is written beside: `body: Annotated[Application, AS_JSON]`."""

    def __get_pydantic_core_schema__(self, model: Any, handler: GetCoreSchemaHandler) -> Any:
        strict = TypeAdapter(model)

        def read(sent: Any, lax: ValidatorFunctionWrapHandler) -> Any:
            if isinstance(sent, bytes):
                return lax(sent)  # not sent as JSON, and so not read: no model is made of it
            # As JSON again: of Python's values pydantic would strictly ask for tuples and days, which JSON has not.
            try:
                written = json.dumps(_with_whole_numbers(sent))
            except RecursionError:
                raise ValueError("is nested too deep") from None
            return strict.validate_json(written, strict=True)

        return WrapValidator(read).__get_pydantic_core_schema__(model, handler)


def _with_whole_numbers(sent: Any) -> Any:
    if isinstance(sent, dict):
        return {name: _with_whole_numbers(one) for name, one in sent.items()}
    return [_with_whole_numbers(one) for one in sent] if isinstance(sent, list) else whole(sent)


AS_JSON: Final = _AsJson()
