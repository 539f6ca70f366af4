"""A scheme version on its way: handed in, rehearsed, proposed, voted on by the Commission."""

from typing import Any

from schemas.scheme import Scheme, Tier
from tests.builders import MEMBERS, SECRETARY, Walk, issued_label, scheme
from tests.pages.conftest import APPLICANT, AUDITOR, House, words_of
from tests.pages.matters import sent, voted_by
from workflows.rules.case.attestation import attest


def stricter() -> Scheme:
    """A version in which one recommended criterion is mandatory."""
    rules = scheme().rules
    criterion = next(one for one in rules.criteria.values() if one.kind == "recommended" and one.answered_by is None)
    changed = criterion.model_copy(update={"kind": "mandatory", "tiers": tuple(Tier)})
    criteria = {**rules.criteria, criterion.id: changed}
    return scheme().model_copy(update={"rules": rules.model_copy(update={"version": "9.9.9", "criteria": criteria})})


async def handed_in(house: House) -> dict[str, Any]:
    browser = await house.browser(SECRETARY)
    answer = await browser.post("/api/schemes", json=stricter().model_dump(mode="json"))
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def labelled(house: House) -> None:
    walk = Walk().to_grant()
    walk.take((attest(walk.case, issued_label(walk.case), walk.now),))
    await house.holds(walk)


async def test_a_rehearsal_tells_which_label_would_fail_on_which_criterion(house: House) -> None:
    await labelled(house)
    made = await handed_in(house)
    rehearsal = (await (await house.browser(AUDITOR)).get(f"/api/schemes/{made['digest']}/rehearsal")).json()

    (label,) = rehearsal["labels"]
    assert (label["tier_before"], len(label["failing"])) == ("low", 1)
    assert (await (await house.browser(APPLICANT)).get(f"/api/schemes/{made['digest']}/rehearsal")).status_code == 403


async def test_the_commission_sees_what_is_stricter_and_who_fails_and_adopts_by_its_vote(house: House) -> None:
    await labelled(house)
    made = await handed_in(house)
    secretary = await house.browser(SECRETARY)
    proposed = await sent(
        secretary, "/secretariat/schemes/new/propose-scheme", digest_of_scheme=made["digest"], reasons="It matters."
    )
    assert proposed.status_code == 303, proposed.text
    proposal = proposed.headers["location"].partition("?")[0].rpartition("/")[2]
    opened = await sent(secretary, f"/secretariat/schemes/{proposal}/put-scheme-to-vote")
    assert opened.status_code == 303, opened.text

    page = words_of(await (await house.browser(MEMBERS[0])).get(f"/commission/schemes/{proposal}"))
    assert "Stricter than the Code" in page
    assert "1 of 1 labels would fail this version as they stand." in page
    await voted_by(house, MEMBERS[:7], f"/commission/schemes/{proposal}")
    reading = await house.services.procedure.matters.read(house.principal(SECRETARY), "adoption", proposal)
    assert reading.facts["adopted"] is True


async def test_a_digest_that_nobody_handed_in_cannot_be_proposed(house: House) -> None:
    answer = await sent(
        await house.browser(SECRETARY), "/secretariat/schemes/new/propose-scheme",
        digest_of_scheme="0" * 64, reasons="It matters.",
    )  # fmt: skip
    assert (answer.status_code, "unknown_scheme" in answer.text) == (404, True)


async def test_only_the_secretariat_hands_in(house: House) -> None:
    for who in (APPLICANT, MEMBERS[0], AUDITOR):
        answer = await (await house.browser(who)).post("/api/schemes", json=stricter().model_dump(mode="json"))
        assert answer.status_code == 403
