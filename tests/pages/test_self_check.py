"""The self-check: anyone answers and is answered at once, on a page and by the API; nothing of it is kept."""

import json
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from structlog.testing import capture_logs
from typer.testing import CliRunner

from certify.register import schemes
from certify.scheme_commands import app
from schemas.scheme import Scheme, Tier
from tests.builders import APPLICANT, TIER_ANSWERS, scheme
from tests.pages.conftest import EXAMPLE, HOST, Eyes, House, hidden_in, words_of
from workflows.rules.requirements import requirements

PAGE = "/self-check"
API = "/api/self-check"
PASSING = {"gate-G1": "yes", "gate-G2": "no", "gate-G3": "yes", "gate-G4": "no", "gate-G5": "yes"}
SECRET = "zebra-7f3a-unlikely-words"


def answered(tier: Tier = Tier.LOW, **changes: Any) -> dict[str, Any]:
    """What a browser sends for a system of a tier."""
    points = zip(scheme().rules.questions, TIER_ANSWERS[tier], strict=True)
    answers = {f"question-{question}": str(score) for question, score in points}
    return {
        "roles": ["developer", "operator"],
        **PASSING,
        **answers,
        "statement-groups_people": "no",
        **{name.replace("_", "-", 1): value for name, value in changes.items()},
    }


@pytest.fixture
async def anybody(house: House) -> AsyncIterator[httpx2.AsyncClient]:
    """A visitor without an account."""
    transport = httpx2.ASGITransport(app=house.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=HOST) as client:
        yield client


@pytest.fixture
def log() -> Iterator[list[Any]]:
    """What the program logs."""
    with capture_logs() as entries:
        yield entries


def with_fees(monkeypatch: pytest.MonkeyPatch) -> Scheme:
    """Let the scheme in force cost something."""
    rules = scheme().rules
    amounts = dict(zip(Tier, (100, 250, 700, 1500), strict=True))
    costly = rules.model_copy(update={"fees": rules.fees.model_copy(update={"currency": "EUR", "amounts": amounts})})
    changed = scheme().model_copy(update={"rules": costly})

    async def in_force(*_: object) -> Scheme:
        return changed

    monkeypatch.setattr(schemes, "in_force", in_force)
    return changed


# What is asked


async def test_it_asks_every_gate_question_and_statement_and_says_that_nothing_is_kept(
    anybody: httpx2.AsyncClient,
) -> None:
    page = await anybody.get(PAGE)
    words, texts = words_of(page), scheme().texts

    assert page.status_code == 200
    assert "Nothing is kept of what you answer." in words
    for text in (*texts.gates.values(), *(one.text for one in (*texts.questions.values(), *texts.statements.values()))):
        assert text.en in words
    assert page.text.count('value="unknown"') == sum(
        map(len, (scheme().rules.gates, scheme().rules.questions, scheme().rules.statements))
    )


async def test_the_fees_stand_before_the_first_question_by_tier_least_risk_first(
    anybody: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    free = words_of(await anybody.get(PAGE))
    with_fees(monkeypatch)
    costly = words_of(await anybody.get(PAGE))

    shown = (
        "Fees, owed whatever the outcome: Low risk: 100 EUR Medium risk: 250 EUR High risk: 700 EUR "
        "Critical risk: 1500 EUR"
    )
    first = scheme().texts.gates["G1"].en
    assert free.index("Certification costs nothing") < free.index(first)
    assert costly.index(shown) < costly.index("What is your organisation") < costly.index(first)


async def test_the_page_may_be_asked_for_without_its_content_and_sends_no_script(anybody: httpx2.AsyncClient) -> None:
    assert (await anybody.head(PAGE)).status_code == 200
    for page in (await anybody.get(PAGE), await anybody.post(PAGE, data=answered())):
        assert "<script" not in page.text


# What is answered


@pytest.mark.parametrize("tier", list(Tier))
async def test_it_tells_tier_requirements_times_and_fee(
    anybody: httpx2.AsyncClient, tier: Tier, monkeypatch: pytest.MonkeyPatch
) -> None:
    costly = with_fees(monkeypatch)
    words = words_of(await anybody.post(PAGE, data=answered(tier)))

    rules, texts = costly.rules.tiers[tier], costly.texts
    assert f"Risk tier: {texts.tiers[tier].name.en}" in words
    assert f"Evaluation {rules.sla_working_days.evaluation} working days" in words
    assert f"Time to hand in evidence {costly.rules.clocks.evidence_stage_days[tier]} days" in words
    assert f"The label holds {rules.validity_months} months" in words
    assert f"Fee {costly.rules.fees.amounts[tier]} EUR, owed whatever the outcome" in words
    for asked in requirements(
        costly.rules,
        tier=tier,
        roles=("developer", "operator"),
        answers=dict(zip(costly.rules.questions, TIER_ANSWERS[tier], strict=True)),
        statements={"groups_people": 0},
    ):
        assert texts.criteria[asked.criterion].title.en in words


async def test_it_tells_what_can_show_a_requirement_and_where_another_is_answered(anybody: httpx2.AsyncClient) -> None:
    words = words_of(await anybody.post(PAGE, data=answered()))

    assert "8 requirements would need evidence, 21 are answered without." in words
    assert (
        "Can be shown by: Access to a demonstration stand or Screenshots or screen recording or User documentation"
        in words
    )
    title = scheme().texts.criteria["II-2.1-01"].title.en
    assert re.search(rf"{title} [^()]+ \(II-2\.1-01\) from the Register", words)


async def test_it_derives_the_tier_with_every_reason(anybody: httpx2.AsyncClient) -> None:
    words = words_of(await anybody.post(PAGE, data=answered(question_Q3="3", gate_G4="unknown")))

    texts = scheme().texts
    places = [
        words.index(part)
        for part in (
            "3 of 36 points: Low risk (0 to 8 points)",
            f"F1: at least High risk; {texts.whys['F1'].en} Q3 == 3",
            f"Gate G4: at least Critical risk; {texts.gates['G4'].en}",
        )
    ]
    assert places == sorted(places)


async def test_what_is_left_open_counts_as_the_worst(anybody: httpx2.AsyncClient) -> None:
    words = words_of(await anybody.post(PAGE, data={"roles": "developer"}))

    assert "36 of 36 points" in words
    assert words.count("not known: counts as the worst") == len(scheme().rules.questions)
    assert "Not answered. An application needs an answer here before it can be lodged." in words


@pytest.mark.parametrize(
    ("gate", "answer", "says"),
    [
        ("gate_G1", "no", "Out of scope: the application would be declined by rule"),
        ("gate_G2", "yes", "Prohibited use: the Commission would refuse the label"),
    ],
)
async def test_a_gate_that_bars_a_label_is_said_first(
    anybody: httpx2.AsyncClient, gate: str, answer: str, says: str
) -> None:
    words = words_of(await anybody.post(PAGE, data=answered(**{gate: answer})))

    assert words.startswith("No label can be granted")
    assert words.index(says) < words.index("Time and cost")


async def test_requirements_of_a_role_that_is_not_held_are_told_apart(anybody: httpx2.AsyncClient) -> None:
    words = words_of(await anybody.post(PAGE, data=answered(Tier.CRITICAL, roles=["developer"])))

    assert re.search(r"\d+ requirements belong to another role", words)


async def test_without_a_role_the_form_comes_back_with_all_that_was_chosen(anybody: httpx2.AsyncClient) -> None:
    page = await anybody.post(PAGE, data=answered(roles=[], question_Q3="2"))

    assert page.status_code == 422
    assert "Choose at least one role" in words_of(page)
    assert re.search(r'name="question-Q3"[^>]*value="2"[^>]*checked', page.text)


async def test_answers_can_be_changed_without_answering_all_again(anybody: httpx2.AsyncClient) -> None:
    result = await anybody.post(PAGE, data=answered(question_Q3="2"))

    again = await anybody.post(PAGE, data={**hidden_in(result), "step": "change"})

    assert re.search(r'name="question-Q3"[^>]*value="2"[^>]*checked', again.text)
    assert re.search(r'name="roles"[^>]*value="operator"[^>]*checked', again.text)
    assert again.headers["Cache-Control"] == "no-store"


async def test_it_is_told_in_russian(anybody: httpx2.AsyncClient) -> None:
    page = await anybody.post(f"{PAGE}?lang=ru", data=answered())

    words = words_of(page)
    assert "Уровень риска: Низкий риск" in words
    assert scheme().texts.criteria["I-1.1-01"].title.ru in words
    assert not re.search(r"\b(requirements?|evidence|points|shown|risk)\b", words)
    assert 'action="/self-check?lang=ru"' in page.text


# For programs


async def test_a_program_is_answered_what_the_command_prints(anybody: httpx2.AsyncClient) -> None:
    printed = json.loads(CliRunner().invoke(app, ["self-check", str(EXAMPLE), "--json"]).stdout)
    body = {
        "roles": printed["roles"],
        "gates": {gate["id"]: gate["answer"] for gate in printed["gates"]},
        "answers": {question["id"]: question["points"] for question in printed["questions"]},
        "statements": {"groups_people": "no"},
    }

    answer = await anybody.post(API, json=body)

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.json() == printed


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"roles": []}, "malformed_request"),
        ({}, "malformed_request"),
        ({"roles": ["developer"], "email": "a@example.org"}, "malformed_request"),
        ({"roles": ["developer"], "answers": {"Q1": True}}, "malformed_request"),
        ({"roles": ["bystander"]}, "unknown_role"),
        ({"roles": ["developer"], "answers": {"Q1": 9}}, "answer_out_of_scale"),
        ({"roles": ["developer"], "gates": {"G9": "yes"}}, "unknown_gate"),
    ],
)
async def test_a_body_that_cannot_be_answered_is_refused_by_its_code(
    anybody: httpx2.AsyncClient, body: dict[str, Any], code: str
) -> None:
    answer = await anybody.post(API, json=body)

    assert (answer.status_code, answer.json()["code"]) == (422, code)


# What is kept: nothing


def everything_kept(folder: Path) -> dict[str, bytes]:
    """Every file of the register, the database with its journal of changes among them."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


async def test_nothing_is_written_to_database_vault_or_log_whatever_is_answered(
    house: House, anybody: httpx2.AsyncClient, log: list[Any], caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    await anybody.get(PAGE)
    before = everything_kept(tmp_path)
    gates = {"G1": "yes", "G2": "no", "G5": SECRET}
    refused = [
        await anybody.post(API, json={"roles": ["developer"], "gates": {"G1": SECRET}}),
        await anybody.post(API, json={"roles": ["developer"], "answers": {SECRET[:24]: 1}}),
        await anybody.post(PAGE, data={"roles": SECRET, "gate-G1": SECRET}),
        await anybody.post(PAGE, data=answered(), files={"file": ("secret.txt", SECRET.encode())}),
    ]
    taken = [
        await anybody.post(API, json={"roles": ["developer"], "gates": gates}),
        await anybody.post(PAGE, data=answered(gate_G5=SECRET)),
    ]

    assert {answer.status_code for answer in refused} <= {400, 422}
    assert [answer.status_code for answer in taken] == [200, 200]
    assert SECRET in taken[0].text  # it did arrive
    assert everything_kept(tmp_path) == before
    assert SECRET not in str(log) + caplog.text


async def test_a_file_of_the_register_that_changed_would_be_seen(house: House, tmp_path: Path) -> None:
    before = everything_kept(tmp_path)
    browser = await house.browser(APPLICANT)
    await browser.post("/applicant/drafts", data={"reference": SECRET})

    after = everything_kept(tmp_path)
    assert after != before
    assert SECRET.encode() in b"".join(after.values())


async def test_a_fault_of_ours_logs_no_answer(
    anybody: httpx2.AsyncClient, log: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_: object) -> Scheme:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(schemes, "in_force", broken)
    answers = [
        await anybody.post(API, json={"roles": ["developer"], "gates": {"G5": SECRET}}),
        await anybody.post(PAGE, data=answered(gate_G1=SECRET)),
    ]

    assert [answer.status_code for answer in answers] == [500, 500]
    assert SECRET not in str(log)


async def test_who_is_signed_in_is_not_looked_at(house: House, anybody: httpx2.AsyncClient) -> None:
    known = await house.browser(APPLICANT)

    theirs, ours = await known.post(PAGE, data=answered()), await anybody.post(PAGE, data=answered())

    assert theirs.text == ours.text
    for answer in (theirs, ours, await known.get(PAGE), await known.post(API, json={"roles": ["developer"]})):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.slow
@pytest.mark.parametrize("width", [360, 1280])
async def test_the_pages_are_readable_by_everyone(anybody: httpx2.AsyncClient, eyes: Eyes, width: int) -> None:
    for page in (
        await anybody.get(PAGE),
        await anybody.get(f"{PAGE}?lang=ru"),
        await anybody.post(PAGE, data={}),
        await anybody.post(PAGE, data=answered()),
        await anybody.post(f"{PAGE}?lang=ru", data=answered(Tier.CRITICAL, gate_G1="no")),
    ):
        assert await eyes.complaints(page, width) == ""
