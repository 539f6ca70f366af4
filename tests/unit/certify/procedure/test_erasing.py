"""What goes with the evidence of a case when two people erase it."""

from pathlib import Path

import pytest
from sqlmodel import select

from certify.accounts import complainants
from certify.accounts.complainants import ComplainantContact
from certify.procedure.erasing import erase
from certify.register import drafts
from certify.register.complaints import ComplaintRecord
from certify.register.database import Database
from certify.register.drafts import Draft
from certify.register.people import PersonRecord
from tests.builders import START
from tests.cells import CELLS
from tests.unit.certify.register.certified import Body, founded
from tests.unit.certify.register.records import RecordedWalk


@pytest.fixture
async def body(sqlite_url: str, tmp_path: Path) -> Body:
    return await founded(Database(sqlite_url, cells=CELLS), tmp_path)


async def with_drafts_and_contacts(body: Body) -> RecordedWalk:
    """A case with a label that was complained of, and another one; each with drafts about it."""
    case = await body.certified()
    organisation, reference = case.case.lodged.organisation, case.case.lodged.reference
    assert case.case.label is not None
    written = (("ann", f"application/{reference}"), ("zoe", f"application/{reference}"), ("ann", "application/else"))
    async with body.database.writing() as session:
        session.add(PersonRecord(id="ann", roles="applicant", organisation=organisation, areas="", entry=900))
        for person, subject in (*written, ("edda", "review/case-1"), ("edda", "review/case-2")):
            await drafts.save(session, person, subject, {"text": "Begun."})
        of_it, other = case.case.label.id, "another"
        for code, label, outcome in (("C1", of_it, "upheld"), ("C2", of_it, None), ("C3", other, "upheld")):
            session.add(
                ComplaintRecord(
                    code=code, about="label", label=label, life_at_risk=False, filed_at=START, due_at=START,
                    outcome=outcome,
                )
            )  # fmt: skip
            await complainants.keep(session, code, f"{code}@example.org")
    return case


async def left(body: Body) -> tuple[set[tuple[str, str]], set[str]]:
    async with body.database.reading() as session:
        kept = {(one.person, one.subject) for one in (await session.exec(select(Draft))).all()}
        return kept, {one.complaint for one in (await session.exec(select(ComplainantContact))).all()}


async def test_with_a_case_go_its_drafts_and_the_contacts_of_those_who_complained_of_its_label(body: Body) -> None:
    case = await with_drafts_and_contacts(body)
    drafts_before, contacts_before = await left(body)

    for _ in range(2):  # an activity runs at least once
        await erase(body.database, body.vault, "case-1", None)

    drafts_after, contacts_after = await left(body)
    reference = case.case.lodged.reference
    assert drafts_before - drafts_after == {("ann", f"application/{reference}"), ("edda", "review/case-1")}
    assert contacts_before - contacts_after == {"C1"}, "one that is not decided may still have to be asked"


async def test_the_erasure_of_one_file_leaves_them(body: Body) -> None:
    case = await with_drafts_and_contacts(body)
    before = await left(body)
    item = next(iter(case.case.evidence.values()))

    await erase(body.database, body.vault, "case-1", item.digest)

    assert await left(body) == before
