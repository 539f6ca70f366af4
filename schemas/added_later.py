"""Fields that a later version added: absent from what is hashed while they hold their default.

An act sent again after an upgrade, an entry compared with its recorded bytes and a scheme's digest must all come out
as the version before wrote them.
"""

from typing import Any

from pydantic import Field


def added_later(default: Any, **constraints: Any) -> Any:
    """Return a field with a default that is written only where it holds something else."""
    return Field(default=default, exclude_if=lambda value: value == default, **constraints)
