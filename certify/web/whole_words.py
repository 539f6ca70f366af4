"""Numbers and ids stay on one line: browsers break it after any hyphen, and half a number is read as a whole one."""

import re
from typing import Final

_TAG: Final = re.compile(r"(<[^<>]*>)")
_TEXT_ONLY: Final = re.compile(r"<(/?)(?:title|option|textarea|script|style|pre)\b")
"""Elements in which a tag of ours would be shown as it is written, or mean something else."""
_WORD: Final = re.compile(r"(?<!\S)[(«“]?[0-9A-Z]{1,8}(?:[.-][0-9A-Z]{1,8}){1,8}[)»”.,:;]{0,3}(?!\S)")
"""`EJGA-H1E9-8JEK-0736-Q`, `(I-1.2-03)`, `A-1`, `2026-01-15`: capitals and digits around a hyphen; and `1.2.0`."""


def kept_whole(page: str) -> str:
    """Return a page in which each number or id goes to the next line as a whole; style: `.certify-whole`."""
    parts, in_text_only = _TAG.split(page), False
    for place, part in enumerate(parts):
        if place % 2:
            tag = _TEXT_ONLY.match(part)
            in_text_only = not tag[1] if tag else in_text_only
        elif "-" in part and not in_text_only:
            parts[place] = _WORD.sub(_wrapped, part)
    return "".join(parts)


def _wrapped(found: re.Match[str]) -> str:
    word = found[0]
    is_id = "-" in word and any(letter.isdigit() for letter in word)
    return f'<span class="certify-whole">{word}</span>' if is_id else word
