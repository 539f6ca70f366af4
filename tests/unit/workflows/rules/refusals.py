"""What a refused act looks like in a test, and the gates of an application."""

from typing import Any

import pytest

from schemas.errors import PreparationError, ProcedureError
from tests.builders import lodged


def refused(code: str) -> Any:
    """Expect exactly this refusal."""
    return pytest.raises(ProcedureError, match=f"^{code}:")


def not_signed(code: str) -> Any:
    """Expect that the signer refuses, for exactly this reason."""
    return pytest.raises(PreparationError, match=f"^{code}:")


def gates(**answers: str) -> dict[str, str]:
    """Answers at the gates, harmless unless said otherwise."""
    return {**lodged().gates, **answers}
