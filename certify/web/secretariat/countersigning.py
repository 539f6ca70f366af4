"""Vouching for somebody who votes or releases without a passkey: whom it can be for (procedure, stages 8 and 9)."""

from certify.accounts import people as accounts
from certify.register import people
from certify.web.act_pages import Before
from schemas.errors import Unacceptable
from schemas.people import Role
from workflows.rules.case.signed_acts import countersignature, signed_round


async def whom(before: Before) -> dict[str, object]:
    """Return the round that is signed now, and by their names those for whom nobody vouched yet.

    Raises:
        Unacceptable: `signs_nothing`: there is nobody.
    """
    case = before.opened.case
    vote = signed_round(case)
    async with before.services.database.reading() as session:
        if vote is not None and case.open_round is not None:
            found = [member for member in vote.base if member not in vote.ballots]
        else:
            found = [facts.person for facts in await people.serving(session, Role.LABEL_OFFICER)]
        number = vote.number if vote is not None else 0
        left = [one for one in found if countersignature(case, one, number) is None]
        names = await accounts.names_of(session, left)
    if vote is None or not left:
        raise Unacceptable("signs_nothing", "Nobody signs anything here now.")
    return {"signed": vote, "whom": [(one, names.get(one, one)) for one in left]}
