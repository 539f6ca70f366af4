"""Secrets that are planted, and the search for them in every byte that programs left behind (I12, G7).

canary = Canary.new("review")        # planted: canary.text
assert hits([canary], folder) == []  # searched for: in UTF-8, UTF-16, base64 wherever it begins, and hexadecimal
"""

import base64
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, Self


@dataclass(frozen=True)
class Canary:
    """A text that is nowhere else in the world."""

    name: str
    text: str

    @classmethod
    def new(cls, name: str) -> Self:
        return cls(name, f"canary{name.replace('_', '')}{secrets.token_hex(8)}")

    @cached_property
    def forms(self) -> dict[str, bytes]:
        """How it may stand in a file."""
        plain = self.text.encode()
        found = {
            "utf-8": plain,
            "utf-16-le": self.text.encode("utf-16-le"),
            "utf-16-be": self.text.encode("utf-16-be"),
            "hex": plain.hex().encode(),
            "HEX": plain.hex().upper().encode(),
        }
        for shift in range(3):
            # What stands before it and after it changes only the first and last characters of its base64.
            begun = base64.b64encode(b"\0" * shift + plain)
            inner = begun[4 if shift else 0 : len(begun) // 4 * 4 - 4]
            found[f"base64+{shift}"] = inner
            found[f"base64url+{shift}"] = inner.translate(bytes.maketrans(b"+/", b"-_"))
        return found


class Hit(NamedTuple):
    """A canary that was found."""

    canary: str
    form: str
    file: str


def hits(canaries: Iterable[Canary], *places: Path) -> list[Hit]:
    """Return where canaries are, in the bytes and in the names of all files below some places."""
    wanted = list(canaries)
    return [hit for place in places for file in _files(place) for hit in _in_file(wanted, place, file)]


def beyond(found: Iterable[Hit], lawful: Mapping[str, str]) -> list[Hit]:
    """Return the hits in files other than those a canary may lawfully be in, named by a pattern of paths."""
    return [hit for hit in found if not re.fullmatch(lawful.get(hit.canary, "(?!)"), hit.file)]


def _files(place: Path) -> Iterator[Path]:
    yield from sorted(path for path in place.rglob("*") if path.is_file()) if place.is_dir() else (place,)


def _in_file(canaries: list[Canary], place: Path, file: Path) -> Iterator[Hit]:
    name = str(file.relative_to(place.parent))
    content = file.read_bytes() + b"\0" + name.encode()
    for canary in canaries:
        for form, needle in canary.forms.items():
            if needle in content:
                yield Hit(canary.name, form, name)
