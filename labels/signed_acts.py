"""Whether the receipts of a case show that its people cast its ballots, reported and released its label.

    for problem in signature_problems(case, signed):
        print(problem.place, problem.code)

From receipts and public keys alone (security I2, T26): whoever turns round a ballot in the database, and hashes the
chain again, cannot make the signature of the member who cast it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from labels.receipts import verify_receipt
from schemas.canonical import digest_of
from schemas.case import Countersignature
from schemas.decision import Ballot, Decision, Round
from schemas.errors import VerificationError
from schemas.evidence import TextRef
from schemas.receipts import BallotStatement, ReleaseStatement, ReportStatement, SignedActs
from schemas.signed_acts import Countersigned, SignedReport


class Signable(Protocol):
    """What is asked of a case, or of a decision record."""

    @property
    def id(self) -> str:
        """The application."""

    @property
    def rounds(self) -> tuple[Round, ...]:
        """Every round."""

    @property
    def decision(self) -> Decision | None:
        """The decision, if there is one."""

    @property
    def third_party(self) -> str | None:
        """Who reported as neutral third party."""

    @property
    def third_party_report(self) -> TextRef | None:
        """Its report; `third_party_summary` what is published of it."""

    @property
    def third_party_summary(self) -> TextRef | None:
        """What is published of the report."""

    @property
    def third_party_origin(self) -> str | None:
        """The address under which the report is signed."""

    @property
    def third_party_signed(self) -> SignedReport | None:
        """How it is signed."""

    @property
    def scheme_digest(self) -> str:
        """SHA-256 of the scheme the case is pinned to."""

    @property
    def countersigns(self) -> tuple[Countersignature, ...]:
        """Who vouched for people that acted without a passkey."""


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What a receipt does not show.

    Attributes:
        place: JSON pointer into the decision record.
    """

    place: str
    code: str
    message: str


@dataclass(frozen=True, kw_only=True)
class Counted:
    """How the ballots of a round show whose they are."""

    passkeys: int
    countersigned: int


def signature_problems(case: Signable, signed: SignedActs) -> Iterator[Problem]:
    """Yield what is wrong with ballots, report and release that are signed.

    Codes are those of `verify_receipt`, and `receipt_missing`, `other_receipt`, `not_countersigned`,
    `votes_and_countersigns`.
    """
    for at, vote in enumerate(case.rounds):
        if vote.origin is None:
            continue
        for member, ballot in vote.ballots.items():
            place = f"/rounds/{at}/ballots/{member}"
            try:
                _check_ballot(case, vote, member, ballot, signed)
            except VerificationError as error:
                yield Problem(place=place, code=error.code, message=error.message)
    yield from _report_problems(case, signed)
    yield from _release_problems(case, signed)


def counted(vote: Round, signed: SignedActs) -> Counted:
    """Return how many ballots of a round carry a signature, and how many a countersignature."""
    found = [signed.receipts.get(ballot.proof or "") for ballot in vote.ballots.values()]
    countersigned = sum(isinstance(receipt, Countersigned) for receipt in found)
    return Counted(passkeys=len([one for one in found if one is not None]) - countersigned, countersigned=countersigned)


def _check_ballot(case: Signable, vote: Round, member: str, ballot: Ballot, signed: SignedActs) -> None:
    receipt = signed.receipts.get(ballot.proof or "")
    if receipt is None:
        raise VerificationError("receipt_missing", "The ballot has no receipt.")
    if digest_of(receipt) != ballot.proof:
        raise VerificationError("other_receipt", "The receipt is not the one that the ballot names.")
    if (ballot.member, ballot.round) != (member, vote.number):
        raise VerificationError("other_statement", "The ballot stands under another member or round.")
    if isinstance(receipt, Countersigned):
        _check_countersigned(case, vote, member, receipt)
        return
    statement = BallotStatement.of(case.id, vote, ballot, receipt.nonce)
    assert vote.origin is not None
    verify_receipt(statement, receipt, signed.credentials, origin=vote.origin, at=ballot.cast_at)


def _report_problems(case: Signable, signed: SignedActs) -> Iterator[Problem]:
    if case.third_party_origin is None or case.third_party_report is None:
        return
    try:
        _check_report(case, signed)
    except VerificationError as error:
        yield Problem(place="/third_party_signed", code=error.code, message=error.message)


def _check_report(case: Signable, signed: SignedActs) -> None:
    how, origin = case.third_party_signed, case.third_party_origin
    receipt = signed.receipts.get(how.proof) if how is not None else None
    if how is None or receipt is None or origin is None:
        raise VerificationError("receipt_missing", "The report has no receipt.")
    if digest_of(receipt) != how.proof or isinstance(receipt, Countersigned):
        raise VerificationError("other_receipt", "The receipt is not the one that the report names.")
    if case.third_party is None or case.third_party_report is None or case.third_party_summary is None:
        raise VerificationError("other_statement", "The report, its summary or who made it is missing.")
    statement = ReportStatement(
        application=case.id,
        manifest_digest=how.manifest_digest,
        scheme_digest=case.scheme_digest,
        report=case.third_party_report,
        summary=case.third_party_summary,
        person=case.third_party,
        nonce=receipt.nonce,
    )
    verify_receipt(statement, receipt, signed.credentials, origin=origin, at=how.signed_at)


def _release_problems(case: Signable, signed: SignedActs) -> Iterator[Problem]:
    release, decision = signed.release, case.decision
    vote = next((one for one in case.rounds if decision is not None and one.number == decision.round), None)
    if release is None or decision is None or vote is None or vote.origin is None:
        return
    try:
        if isinstance(release.receipt, Countersigned):
            _check_countersigned(case, vote, release.person, release.receipt)
            return
        statement = ReleaseStatement.of(case.id, decision, release.person, release.receipt.nonce)
        verify_receipt(statement, release.receipt, signed.credentials, origin=vote.origin, at=release.at)
    except VerificationError as error:
        yield Problem(place="/release", code=error.code, message=error.message)


def _check_countersigned(case: Signable, vote: Round, person: str, receipt: Countersigned) -> None:
    given = [
        one
        for one in case.countersigns
        if (one.person, one.round, one.by, one.at)
        == (person, vote.number, receipt.countersigner, receipt.countersigned_at)
    ]
    if not given:
        raise VerificationError("not_countersigned", "Nobody vouched for this person in this round.")
    voters = {member for one in case.rounds for member in one.electorate}
    if receipt.countersigner in voters | {person}:
        raise VerificationError("votes_and_countersigns", "The countersigner votes in the case.")
