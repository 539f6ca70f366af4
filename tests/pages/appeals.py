"""What the tests of appeals share: a case that ended against its applicant, and an appeal as far as it went."""

from schemas.people import PersonFacts, Role
from tests.appeals import POOL
from tests.builders import APPLICANT, SECRETARY, Walk, person, text
from tests.pages.conftest import House, walk
from tests.pages.matters import confirmed, sent

LODGE = "/applicant/appeals/new/lodge-appeal"


DECLINED_IT = person("sergei", Role.SECRETARIAT)
"""Who handles the appeal is another (procedure, rule 1)."""


async def declined(house: House) -> Walk:
    """Put a case on record that the secretariat declined."""
    walked = walk().to_intake().act("decline_application", DECLINED_IT, reasons=text("Advice"))
    await house.holds(walked)
    return walked


def entry_of(walked: Walk) -> str:
    """The last entry of a case, as a form names it."""
    return f"case/case-1:{len(walked.events)}"


async def lodged(house: House, *, hearing: bool = False) -> str:
    """Appeal against a case that was declined; return the appeal's id."""
    walked = await declined(house)
    typed = {"entry": entry_of(walked), "grounds": "It is in scope.", **({"hearing_wanted": "yes"} if hearing else {})}
    answer = await sent(await house.browser(APPLICANT), LODGE, **typed)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0].rpartition("/")[2]


async def panel_of(house: House, appeal: str) -> list[PersonFacts]:
    """Who was drawn."""
    reading = await house.services.procedure.matters.read(house.principal(SECRETARY), "appeal", appeal)
    drawn = reading.facts["panel"]
    assert isinstance(drawn, list)
    return [one for one in POOL if one.person in drawn]


async def drawn(house: House, *, hearing: bool = False) -> tuple[str, list[PersonFacts]]:
    """Appeal, state the body's side and draw the panel."""
    appeal = await lodged(house, hearing=hearing)
    secretary, room = await house.browser(SECRETARY), f"/secretariat/appeals/{appeal}"
    stated = await sent(secretary, f"{room}/file-body-statement", statement="It is not.")
    done = await sent(secretary, f"{room}/draw-panel")
    assert (stated.status_code, done.status_code) == (303, 303), done.text
    return appeal, await panel_of(house, appeal)


async def in_vote(house: House) -> tuple[str, list[PersonFacts]]:
    """Go on until the panel votes."""
    appeal, panel = await drawn(house)
    for member in panel:
        declaring = f"/appeals/{appeal}/declare-matter-interests"
        assert (await sent(await house.browser(member), declaring, has_interest="no")).status_code == 303
    opened = await sent(await house.browser(panel[0]), f"/appeals/{appeal}/put-appeal-to-vote")
    assert opened.status_code == 303, opened.text
    return appeal, panel


async def decided(house: House, choice: str = "in_favour") -> tuple[str, list[PersonFacts]]:
    """Let the panel vote the same, and give its reasons."""
    appeal, panel = await in_vote(house)
    for member in panel:
        cast = await confirmed(await house.browser(member), f"/appeals/{appeal}/cast-vote", choice=choice)
        assert cast.status_code == 303, cast.text
    reasons = {"reasons": "The Preamble names it.", "public_reason": "In scope after all."}
    done = await confirmed(await house.browser(panel[0]), f"/appeals/{appeal}/give-appeal-reasons", **reasons)
    assert done.status_code == 303, done.text
    return appeal, panel
