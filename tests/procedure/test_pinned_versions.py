"""On real Temporal: a case in flight stays on its scheme version when another is adopted, and on its tier."""

from datetime import UTC, datetime

from certify.register import journal, schemes
from schemas.record_events import SchemeAdopted
from schemas.records import Batch
from schemas.scheme import Scheme, Tier
from schemas.stages import Stage
from tests.builders import APPLICANT, SECRETARY, Walk, amended, scheme
from tests.procedure.body import Body, entry_of
from workflows import options
from workflows.rules.risk import assess_tier


def laxer() -> Scheme:
    """A version by which every answer of the medium tier amounts to the low tier."""
    rules = scheme().rules
    _, most = rules.scoring.bands[Tier.CRITICAL]
    above = {
        tier: (most - 2 + place, most - 2 + place) for place, tier in enumerate((Tier.MEDIUM, Tier.HIGH, Tier.CRITICAL))
    }
    bands = {Tier.LOW: (0, most - 3), **above}
    scoring = rules.scoring.model_copy(update={"bands": bands, "floors": (), "caps": ()})
    return scheme().model_copy(update={"rules": rules.model_copy(update={"version": "9.9.9", "scoring": scoring})})


async def adopted(body: Body, version: Scheme) -> None:
    event = SchemeAdopted(
        at=datetime.now(UTC), actor="engine", scheme=version.rules.id, scheme_version=version.rules.version,
        digest=version.digest, content=version.model_dump(mode="json"),
    )  # fmt: skip
    async with body.database.writing() as session:
        await journal.append(session, Batch(stream=f"scheme/{event.scheme}", entries=(entry_of(2, event),)))
        assert (await schemes.in_force(session, event.scheme)).digest == version.digest


async def sent_on(body: Body, walk: Walk, application: str) -> None:
    """Send what the walk did since the last time."""
    for act in walk.sent:
        await body.send(act, application)
    walk.sent.clear()


async def test_a_case_stays_on_its_version_and_never_falls_in_its_tier_when_another_is_adopted(body: Body) -> None:
    walk = Walk(Tier.MEDIUM, edition=2).to_intake().asked()
    application = await body.lodged(walk)
    walk.sent.clear()
    new = laxer()
    assert assess_tier(new.rules, walk.lodged.answers, walk.lodged.gates).tier == Tier.LOW
    await adopted(body, new)

    walk.act("amend_application", APPLICANT, lodged=amended(Tier.MEDIUM))
    await sent_on(body, walk, application)
    case = await body.case(application)
    assert (case.lodged.scheme.digest, case.tier, case.assessment.tier) == (scheme().digest, Tier.MEDIUM, Tier.MEDIUM)

    await body.handle(options.certification_id(application)).terminate()
    assert [found.restarted for found in await body.reconciled()] == [True]
    walk.with_evidence().act("accept_application", SECRETARY)
    await sent_on(body, walk, application)
    case = await body.case(application)
    assert (case.stage, case.lodged.scheme.digest, case.tier) == (Stage.PLANNING, scheme().digest, Tier.MEDIUM)
