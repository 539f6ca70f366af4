"""`certify check` of signed acts: ballots, reports and releases of each case, from receipts and public keys (I2, T26).

The rules say how many ballots a grant needs; here each is held against the signature of the member who cast it, in
cases that were refused or are still open too.
"""

from collections.abc import AsyncIterator, Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.chain import ChainBroken
from certify.register.checking import Finding
from certify.register.signed_acts import signed_acts
from labels.signed_acts import signature_problems
from schemas.case import Case
from schemas.event import Event
from workflows.rules.case.signed_acts import signs_acts


class SignedCheck:
    """Checks the signed acts of one case after the other."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def check(self, case: Case, events: Sequence[Event]) -> AsyncIterator[Finding]:
        """Yield each act that is not shown to be its person's: `receipt_not_valid`, `receipt_not_checked`."""
        asked = signs_acts(case)
        if not asked and case.third_party_origin is None and all(vote.origin is None for vote in case.rounds):
            return
        where = f"case/{case.id}"
        try:
            signed = await signed_acts(self._session, events)
        except (ChainBroken, ValueError, KeyError):
            yield Finding(where=where, what="the public keys of its people cannot be read", code="receipt_not_checked")
            return
        for vote in case.rounds:
            if asked and vote.origin is None:
                what = f"round {vote.number} asks for no signatures"
                yield Finding(where=where, what=what, code="receipt_not_valid")
        if asked and case.third_party_report is not None and case.third_party_signed is None:
            yield Finding(where=where, what="the third party's report is not signed", code="receipt_not_valid")
        for problem in signature_problems(case, signed):
            what = f"{problem.place}: {problem.message} [{problem.code}]"
            yield Finding(where=where, what=what, code="receipt_not_valid")
