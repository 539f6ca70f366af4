"""Names of workflows as Temporal sees them: the same for the same case, and telling nobody whose it is.

A name inside is `certification/ID` or `KIND/ID`; the id of a complaint is the complainant's secret, that of an
organisation stands in the Register. Outside it is sealed with AES-SIV (RFC 5297): deterministic, so that an act finds
its case without a table, and opened again by those who have the key.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from workflows.options import CASE_WORKFLOW, SCHEME_WORKFLOW

MARK: Final = "w."
_PURPOSE: Final = [b"certify workflow id"]
_OF_NOBODY: Final = frozenset({SCHEME_WORKFLOW})
"""Kinds whose workflows concern no case or matter: what they carry is sealed with the installation's key."""


class WorkflowIds:
    """Hides names of workflows and finds them again."""

    def __init__(self, key: bytes) -> None:
        self._cipher = AESSIV(key)

    def hidden(self, name: str) -> str:
        """Return the id of the workflow of this name."""
        sealed = self._cipher.encrypt(name.encode(), _PURPOSE)
        return MARK + urlsafe_b64encode(sealed).decode().rstrip("=")

    def is_hidden(self, workflow_id: str) -> bool:
        """Whether an id was made here."""
        return self._opened(workflow_id) is not None

    def name(self, workflow_id: str) -> str:
        """Return the name behind an id; ids from before they were hidden are names."""
        return self._opened(workflow_id) or workflow_id

    def _opened(self, workflow_id: str) -> str | None:
        """Return the name behind an id in its one spelling; base64 is read with much in between that is none."""
        if not workflow_id.startswith(MARK):
            return None
        sealed = workflow_id.removeprefix(MARK)
        try:
            name = self._cipher.decrypt(urlsafe_b64decode(sealed + "=" * (-len(sealed) % 4)), _PURPOSE).decode()
        except (ValueError, InvalidTag):
            return None
        return name if self.hidden(name) == workflow_id else None


def subject_of(name: str) -> str | None:
    """Return under which key of the vault a workflow's payloads are: that of its case or matter, if it has one."""
    kind, _, subject = name.partition("/")
    if not subject or kind in _OF_NOBODY:
        return None
    return subject if kind == CASE_WORKFLOW else f"{kind}-{subject}"
