"""What the tests of complaints share: a label in the directory, a report about it, and people who took no part."""

from datetime import UTC, datetime

import httpx2

from certify.procedure.filing import Filed, Report, file_complaint
from schemas.complaint import About
from schemas.label_number import format_number
from schemas.people import PersonFacts
from schemas.stages import Choice
from tests.builders import EXPERTS, MEMBERS, SECRETARY, Walk, issued_label
from tests.pages.conftest import House, hidden_in, walk
from tests.pages.matters import confirmed, sent
from workflows.rules.case.attestation import attest

HANDLER = EXPERTS[2]
"""Took no part in the case of the label: one expert is enough for its tier."""


async def with_label(house: House) -> tuple[Walk, str]:
    """Put a granted case with its label on record; return the walk and the label's id."""
    begun = walk().to_round().voted(*[Choice.GRANT] * 9)
    label = issued_label(begun.case)
    begun.take((attest(begun.case, label, begun.now),))
    await house.holds(begun)
    return begun, label.id


def decider_after(walked: Walk) -> PersonFacts:
    """A member of the Commission who took no part in a case."""
    took_part = {walked.case.rapporteur, *walked.case.rounds[-1].electorate}
    return next(member for member in MEMBERS[:7] if member.person not in took_part)


async def filed(house: House, label: str | None = None, **changes: object) -> str:
    """File a complaint and return its id, as whoever handles it knows it."""
    return (await _filed(house, label, **changes)).matter


async def followed(house: House, label: str | None = None, **changes: object) -> str:
    """File a complaint and return its tracking code, which its complainant alone knows."""
    return (await _filed(house, label, **changes)).code


async def _filed(house: House, label: str | None, *, secret: str = "s" * 32, **changes: object) -> Filed:
    usual = {"about": About.LABEL if label else About.BODY, "label": label, "text": "It reads no sevens."}
    report = Report.model_validate({**usual, **changes})
    services = house.services
    return await file_complaint(
        services.procedure.matters, services.database, report, secret=secret, now=datetime.now(UTC), request_id="none"
    )


async def reported(browser: httpx2.AsyncClient, label: str = "", **typed: object) -> httpx2.Response:
    """Fill the public form as a browser would, and send it."""
    address = f"/report/{format_number(label)}" if label else "/report"
    page = await browser.get(address)
    usual = {"about": "label" if label else "body", "number": label, "text": "It reads no sevens.", "contact": ""}
    return await browser.post(address, data={**hidden_in(page), **usual, **typed})


async def handled(house: House, code: str, handler: PersonFacts = HANDLER) -> None:
    """Name the handler, and let them declare and write down what was found."""
    named = await sent(
        await house.browser(SECRETARY), f"/secretariat/complaints/{code}/assign-handler", handler=handler.person
    )
    assert named.status_code == 303, named.text
    browser, room = await house.browser(handler), f"/reviewer/complaints/{code}"
    assert (await sent(browser, f"{room}/declare-matter-interests", has_interest="no")).status_code == 303
    assert (await sent(browser, f"{room}/record-findings", findings="It reads none.")).status_code == 303


async def decided(house: House, code: str, who: PersonFacts, outcome: str = "not_upheld", **typed: object) -> None:
    """Let somebody declare and decide."""
    browser, room = await house.browser(who), f"/commission/complaints/{code}"
    assert (await sent(browser, f"{room}/declare-matter-interests", has_interest="no")).status_code == 303
    usual = {"outcome": outcome, "reasons": "The limits are stated.", "public_reason": "The page says it reads none."}
    done = await confirmed(browser, f"{room}/decide-complaint", **{**usual, **typed})
    assert done.status_code == 303, done.text
