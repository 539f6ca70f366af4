"""What a check of the store sees of one object."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from schemas.identifiers import Digest


class ObjectState(StrEnum):
    """How an object was found."""

    WHOLE = "whole"
    UNOPENED = "unopened"
    """The sealed bytes are those that were stored; without the vault's keys nothing more can be said."""
    UNKNOWN = "unknown"
    """Without the vault's database nobody can tell under which name it lies."""
    CHANGED = "changed"
    MISSING = "missing"
    ERASED = "erased"


class SeenObject(BaseModel):
    """One object as a check saw it.

    Attributes:
        digest: SHA-256 of what was handed in, where it opened.
        size: its bytes, `characters` of it as a text; 0 unless it opened.
    """

    model_config = ConfigDict(frozen=True)

    state: ObjectState
    digest: Digest | None = None
    size: int = 0
    characters: int = 0
