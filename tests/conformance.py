"""The conformance kit: every vector of tests/vectors/{labels,status,proofs,addresses}, for the four verifiers.

tests/vectors/README.md says what a file holds, and what a verifier that cannot see some input is asked.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from labels.public_keys import from_base64

VECTORS = Path(__file__).parent / "vectors"
FOLDERS = ("labels", "status", "proofs", "addresses")
URL = "https://v.example.eu"
ORIGIN = "v.example.eu/log"


@dataclass(frozen=True)
class Vector:
    """One question and its answer."""

    path: Path

    def __str__(self) -> str:
        return str(self.path.relative_to(VECTORS).with_suffix(""))

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """The file."""
        found: Mapping[str, Any] = json.loads(self.path.read_bytes())
        return found

    @property
    def folder(self) -> str:
        """What it is about."""
        return self.path.parent.parent.name

    @property
    def is_good(self) -> bool:
        """Whether somebody may rely on the label."""
        return self.path.parent.name == "good"

    @property
    def text(self) -> str:
        """What was typed or scanned; of `labels/` it is a bare token."""
        found: str = self.document.get("text", self.document.get("token"))
        return found

    @property
    def is_token(self) -> bool:
        """Whether it asks about the spelling of a bare token, which who reads addresses in any case would put right."""
        return self.folder == "labels" and not (self.text.isalnum() and self.text.isupper())

    @property
    def is_scannable(self) -> bool:
        """Whether it can come as `/C/{TOKEN}` to the register, which sees no address of another host."""
        return self.folder != "addresses" and not self.is_token

    @property
    def keys(self) -> str:
        """The JWK set that is trusted."""
        return json.dumps(self.document["keys"])

    @property
    def proof(self) -> bytes | None:
        """The label's proof, where one is given."""
        return from_base64(self.document["proof"]) if "proof" in self.document else None

    @property
    def lists(self) -> dict[str, bytes]:
        """The status lists by address."""
        return {address: from_base64(one) for address, one in self.document.get("status", {}).items()}

    @property
    def expected(self) -> dict[str, Any]:
        """The answer of a verifier that sees everything."""
        expect = dict(self.document["expect"])
        if self.folder != "labels":
            return expect
        standing = None
        if expect["authenticity"] == "authentic":
            standing = "expired" if expect["expired"] else "could_not_check"
        code = "no_list" if standing == "could_not_check" else None
        return {"authenticity": expect["authenticity"], "standing": standing, "code": code, "is_other_host": False,
                "witnessed_at": self.document.get("witnessed_at")}  # fmt: skip


def every() -> Iterator[Vector]:
    """Yield all vectors in the order of their names."""
    for folder in FOLDERS:
        for path in sorted((VECTORS / folder).rglob("*.json")):
            yield Vector(path)


ALL = tuple(every())
