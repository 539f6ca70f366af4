"""Whatever accounts refuse is said in Russian too."""

import ast
from pathlib import Path

import pytest

from certify.accounts import passkeys, passwords, people, tokens
from certify.web.account_sentences import SENTENCES
from certify.web.language import sentence

ACCOUNTS = Path(__file__).parents[4] / "certify" / "accounts"
ROOMS = (
    *(
        "access",
        "assertions",
        "challenges",
        "colleagues",
        "invitations",
        "links",
        "officers",
        "own_account",
        "passkeys",
    ),
    *("passwords", "people", "recovery", "sessions", "sign_in", "stepping_up", "strength", "throttle", "tokens"),
    "totp",
)
KNOWN = {
    "LENGTH_MIN": passwords.LENGTH_MIN, "LENGTH_MAX": passwords.LENGTH_MAX, "MOST": passkeys.MOST,
    "NAME_MAX": people.NAME_MAX, "LONGEST_LIFE.days": tokens.LONGEST_LIFE.days,
    "', '.join(sorted(ALL_SCOPES))": "act, read",
}  # fmt: skip
ELSEWHERE = {"roles_missing", "roles_apart", "organisation_missing", "has_password"}
"""Codes of the secretariat's form of invitation, and of the command line."""


def messages(path: Path) -> set[str]:
    """The sentences with which a module refuses, their places filled."""
    calls = [
        node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call) and len(node.args) == 2
    ]
    found = set()
    for call in calls:
        code, message = call.args
        if not (isinstance(code, ast.Constant) and isinstance(code.value, str) and code.value not in ELSEWHERE):
            continue
        if isinstance(message, ast.Constant) and isinstance(message.value, str) and message.value.endswith("."):
            found.add(message.value)
        if isinstance(message, ast.JoinedStr):
            found.add("".join(_written(part) for part in message.values))
    return found


def _written(part: ast.expr) -> str:
    if isinstance(part, ast.FormattedValue):
        return str(KNOWN[ast.unparse(part.value)])
    assert isinstance(part, ast.Constant)
    return str(part.value)


@pytest.mark.parametrize("room", ROOMS)
def test_every_refusal_of_accounts_is_known_to_the_catalogue(room: str) -> None:
    assert messages(ACCOUNTS / f"{room}.py") - set(SENTENCES) == set()


@pytest.mark.parametrize("words", SENTENCES)
def test_every_refusal_of_accounts_is_said_in_russian(words: str) -> None:
    assert sentence("ru", words) != words
