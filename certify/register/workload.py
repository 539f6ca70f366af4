"""What experts carry now and carried before: the figures by which matching ranks them (procedure, stage 4)."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import cases, people
from schemas.people import Role
from workflows.rules.case.proposals import Candidate


async def candidates(session: AsyncSession) -> Sequence[Candidate]:
    """Return every expert with access: what they are asked for or review now, when and by whom they were asked."""
    load: Counter[str] = Counter()
    last: dict[str, datetime] = {}
    earlier: dict[str, Counter[str]] = defaultdict(Counter)
    for case in await cases.every(session):
        for held in case.assignments.values():
            last[held.reviewer] = max(held.assigned_at, last.get(held.reviewer, held.assigned_at))
            if held.accepted is not False:
                load[held.reviewer] += not case.is_over
                earlier[held.reviewer][case.lodged.organisation] += 1
    return [
        Candidate(facts=one, load=load[one.person], last_assigned_at=last.get(one.person), earlier=earlier[one.person])
        for one in await people.serving(session, Role.EXPERT)
    ]
