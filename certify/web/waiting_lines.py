"""Who waits for whom in all that somebody may see: one answer for the API and for the pages."""

from datetime import UTC, datetime

from certify.accounts.narrowing import cases_for
from certify.accounts.policy import permit
from certify.accounts.principal import Principal
from certify.accounts.reading_clocks import waiting_for
from certify.procedure.matters import MatterWaiting
from certify.register import schemes
from certify.register.label_draws import OpenSample
from certify.web.services import Services
from schemas.case import Case
from schemas.clocks import Party, Waiting
from schemas.stages import Stage

CASES = "applications"
_NEVER = datetime.max.replace(tzinfo=UTC)


class WaitingLine(Waiting):
    """Who is waited for in one application or matter, `GET /api/{collection}/{id}`.

    Attributes:
        application: the same id where it is an application; with `reference`, `system` and `stage`, else None.
        organisation: whose it is, where it is one organisation's.
    """

    collection: str
    id: str
    organisation: str | None
    application: str | None = None
    reference: str | None = None
    system: str | None = None
    stage: Stage | None = None


async def waiting_lines(services: Services, principal: Principal) -> list[WaitingLine]:
    """Return who is waited for, with the clock that runs for them, what is due first at the top.

    Raises:
        NotPermitted: `scope_missing`.
    """
    async with services.database.reading() as session:
        found = await cases_for(session, principal)
        rules = {case.id: (await schemes.pinned(session, case.lodged.scheme.digest)).rules for case in found}
    lines = [_in_case(case, one) for case in found for one in waiting_for(case, principal, rules[case.id])]
    lines += [_in_matter(one) for one in await services.procedure.matters.waiting(principal, datetime.now(UTC))]
    if permit(principal, "read_draws"):
        lines += _in_sample(await services.draw.open_sample(services.database))
    return sorted(lines, key=lambda line: (line.due_at is None, line.due_at or _NEVER, line.id))


def _in_case(case: Case, one: Waiting) -> WaitingLine:
    return WaitingLine(
        **dict(one),
        collection=CASES,
        id=case.id,
        organisation=case.lodged.organisation,
        application=case.id,
        reference=case.lodged.reference,
        system=case.lodged.system.name,
        stage=case.stage,
    )


def _in_matter(one: MatterWaiting) -> WaitingLine:
    return WaitingLine(**one.model_dump(exclude={"matter"}), id=one.matter)


def _in_sample(sample: OpenSample) -> list[WaitingLine]:
    clock = f"surveillance_sample/{sample.quarter}"
    return [
        WaitingLine(
            waits_for=Party.SECRETARIAT,
            clock=clock,
            due_at=sample.due_at,
            collection="labels",
            id=life.id,
            organisation=life.organisation,
        )
        for life in sample.labels
    ]
