"""Each route, role and thing: the answer is the policy's, and the forbidden looks absent (I13, T11, T30; gate G4)."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from certify.web.permissions import DeclaredRoute, Public
from tests.gates import IN_FULL
from tests.pages import matrix
from tests.pages.api import tokens_at
from tests.pages.conftest import housed
from tests.pages.matrix import ABSENT, PEOPLE, Question, World, ask, expected, masked, questions, routes

ASKING = (*PEOPLE, "nobody") if IN_FULL else ("another applicant", "member", "nobody")
WITH_TOKENS = tuple(PEOPLE) if IN_FULL else ("applicant",)


@pytest.fixture(scope="module")
async def world(tmp_path_factory: pytest.TempPathFactory, furnished: bytes) -> AsyncIterator[World]:
    folder: Path = tmp_path_factory.mktemp("matrix")
    async with housed(folder, furnished) as house:
        yield await matrix.build(house)


def _worth_asking(world: World, who: str, route: DeclaredRoute) -> list[tuple[Question, matrix.Expected]]:
    """Return what is asked: about nothing first; once only where nobody looks at what the request is about."""
    if who != "nobody" and (route.method == "HEAD" or isinstance(route.declared, Public)):
        return []
    asked = [(one, expected(world, PEOPLE.get(who), one)) for one in reversed([*questions(world, route)])]
    return asked if asked[0][1].admitted else asked[-1:]


def _codes(answer: httpx2.Response) -> str:
    return f"{answer.status_code} {answer.text if answer.text[:1] == '{' else answer.text[-900:]}"


def _is_wrong(question: Question, hopes: matrix.Expected, answer: httpx2.Response) -> str | None:
    status = answer.status_code
    if isinstance(question.route.declared, Public):
        return "fails" if status >= 500 and status != 503 else None  # 503: there are no keys here, nothing is checked
    if status >= 500:
        return "fails"
    if not hopes.admitted:
        wanted = 401 if hopes.refusal == "not_signed_in" else 403
        return None if status == wanted else f"lets in whom the policy refuses with {hopes.refusal}"
    if status < 400 and not (hopes.knows and hopes.allowed):
        return "answers whom the policy refuses"
    # What is sent to one's own account proves who one is; nothing was sent, so nothing is proved.
    proves = question.route.method == "POST" and question.address.startswith("/account/")
    if hopes.allowed and status in {401, 403} and not proves:
        return "refuses whom the policy allows"
    return _is_seen_wrong(question, hopes, answer) if question.subject else None


def _is_seen_wrong(question: Question, hopes: matrix.Expected, answer: httpx2.Response) -> str | None:
    if question.is_api and hopes.allowed and _is_unknown(answer):
        return "hides what the policy shows"
    if not hopes.knows and answer.status_code not in {404, 422}:
        return "tells that there is something"
    return None


def _is_unknown(answer: httpx2.Response) -> bool:
    return answer.status_code == 404 and ("unknown_application" in answer.text or "unknown_matter" in answer.text)


@pytest.mark.parametrize("who", ASKING)
async def test_every_route_answers_everybody_as_the_policy_says(world: World, who: str) -> None:
    wrong: list[str] = []
    for route in routes(world.house):
        absent: tuple[int, str] | None = None
        for question, hopes in _worth_asking(world, who, route):
            answer = await ask(world, who, question)
            found = _is_wrong(question, hopes, answer)
            seen = masked(answer, question.subject)
            if question.subject == ABSENT:
                absent = seen
            elif question.subject and hopes.admitted and not hopes.knows and seen != absent:
                found = found or "looks different from what is not there"
            if found:
                wrong.append(f"{route.method} {question.address} {found}: {_codes(answer)}")

    assert [one[:110] for one in wrong] == []


@pytest.mark.parametrize("who", WITH_TOKENS)
async def test_a_token_answers_as_a_session_does_and_one_that_reads_changes_nothing(world: World, who: str) -> None:
    wrong: list[str] = []
    async with tokens_at(world.house) as with_token_of:
        whole = await with_token_of(PEOPLE[who])
        reads = await with_token_of(PEOPLE[who], scopes=("read",))
        for route in routes(world.house):
            # One's own account is looked after by its person: to a token its pages are closed (`token_too_weak`).
            if route.method == "HEAD" or isinstance(route.declared, Public) or route.path.startswith("/account"):
                continue
            question = next(iter(questions(world, route)))
            hopes = expected(world, PEOPLE[who], question, authn="token", scopes=frozenset({"read"}))
            asked = [reads, whole] if question.is_api else [reads]
            for client in asked:
                answer = await ask(world, who, question, client)
                if client is reads:
                    found = _is_wrong(question, hopes, answer)
                else:
                    same = (await ask(world, who, question)).status_code
                    found = None if answer.status_code == same else f"answers a session with {same}"
                if found:
                    wrong.append(f"{route.method} {question.address} {found}: {_codes(answer)}")

    assert [one[:110] for one in wrong] == []
