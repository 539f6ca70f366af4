"""A label on record as the pages' tests find it: its case, its life as far as it was walked, its texts."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2

from certify.accounts.people import Account
from certify.register import journal
from schemas.case import Case
from schemas.people import PersonFacts
from schemas.record_events import PersonAdmitted
from schemas.records import Batch, PendingEntry
from schemas.scheme import Tier
from tests.builders import APPLICANT, SECRETARY, Walk
from tests.label_walk import BUILD, JUDGES, LABEL_ID, SAFE_ANSWERS, LabelWalk, granted
from tests.pages.conftest import House, keep, name_of
from workflows.options import matter_stream

Holds = Callable[[House, Walk, str], Awaitable[Case]]
TEXTS = ("Because the evidence shows it.", "Misused.", "Take it down.", "Less.", "We stopped.")


async def label(
    house: House,
    tier: Tier = Tier.LOW,
    *,
    days_ago: int = 1,
    websites: tuple[str, ...] = (),
    holds: Holds = House.holds,
    case: Walk | None = None,
    **handed_on: Any,
) -> LabelWalk:
    """Put a label on record that was issued some days ago, and the experts who may judge it; `holds` keeps its case.

    `case` is that case where it is not the usual one of its tier; `handed_on` what it hands on beside the usual.
    """
    case = case or granted(tier)
    shift = datetime.now(UTC) - timedelta(days=days_ago) - case.now
    issued = case.case.label.model_copy(
        update={
            "issued_at": case.case.label.issued_at + shift,
            "expires_at": (case.case.label.expires_at + shift).replace(hour=23, minute=59, second=59, microsecond=0),
        }
    )
    case.events[-1] = case.events[-1].model_copy(update={"label": issued})
    lodged = case.events[0].lodged
    system = lodged.system.model_copy(update={"websites": websites})
    case.events[0] = case.events[0].model_copy(update={"lodged": lodged.model_copy(update={"system": system})})
    await holds(house, case, "case-1")
    walk = LabelWalk(tier, issued_at=issued.issued_at, expires_at=issued.expires_at, **handed_on)
    walk.now = datetime.now(UTC)
    await save(house, walk)
    async with house.services.database.writing() as session:
        await keep(session, "people", *[_admitted(one) for one in JUDGES])
        for one in JUDGES:
            session.add(Account(person=one.person, name=name_of(one), email=f"{one.person}@example.org"))
    return walk


def _admitted(one: PersonFacts) -> PersonAdmitted:
    return PersonAdmitted(at=datetime.now(UTC), actor="engine", person=one.person, roles=one.roles, areas=one.areas)


async def save(house: House, walk: LabelWalk) -> None:
    """Record what was walked so far; what is there already is harmless."""
    entries = tuple(
        PendingEntry(
            number=number,
            kind=event.kind,
            version=event.version,
            at=event.at,
            actor=event.actor,
            authn="session",
            request_id="none",
            body=event.model_dump(mode="json"),
        )
        for number, event in enumerate(walk.events, start=1)
    )
    async with house.services.database.writing() as session:
        await journal.append(session, Batch(stream=matter_stream("label", walk.subject), entries=entries))
    for words in TEXTS:
        await house.services.vault.put_text(f"label-{walk.subject}", words)


async def read(house: House, who: PersonFacts) -> dict[str, Any]:
    """Read the label as somebody."""
    answer = await (await house.browser(who)).get(f"/api/labels/{LABEL_ID}")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def do(house: House, who: PersonFacts, act: str, **body: Any) -> httpx2.Response:
    """Do an act through the API."""
    return await (await house.browser(who)).post(f"/api/labels/{LABEL_ID}/{act}", json=body)


async def handed_in(house: House) -> None:
    """Hand in what the first surveillance asks for, with everything as it was certified."""
    answer = await do(
        house, APPLICANT, "submit-surveillance",
        surveillance=1, declaration="All as certified.", build_digest=BUILD, answers=SAFE_ANSWERS, incidents=False,
    )  # fmt: skip
    assert answer.status_code == 200, answer.text


async def heard(house: House) -> None:
    """Tell the holder of an intended withdrawal through the API, and have them answer."""
    told = {"because": "requirements_not_met", "reasons": "It fails in Russian."}
    for who, act, body in (
        (SECRETARY, "give-notice-of-withdrawal", told),
        (APPLICANT, "answer-notice-of-withdrawal", {"answer": "We mended it."}),
    ):
        answer = await do(house, who, act, **body)
        assert answer.status_code == 200, answer.text


async def carried(house: House, act: str, members: tuple[PersonFacts, ...], **body: Any) -> None:
    """Put something to the vote through the API, and let all who may vote for it."""
    answer = await do(house, SECRETARY, act, **body)
    assert answer.status_code == 200, answer.text
    motion = (await read(house, SECRETARY))["motions"][-1]
    for member in members:
        if member.person in motion["electorate"]:
            await do(house, member, "declare-matter-interests", has_interest=False)
            cast = await do(
                house, member, "cast-vote",
                motion=motion["number"], choice="in_favour", object_digest=motion["object_digest"],
            )  # fmt: skip
            assert cast.status_code == 200, cast.text
