"""Ballots, releases and reports that people sign (ASVS 5.0, 4.1.5 and 2.3.5; procedure, stages 5, 8 and 9).

The case judges whether an act comes with what it needs; the signature itself is verified before the act is sent, and
again by the signer, `certify check` and any outsider (`labels.receipts`): the procedure knows no cryptography.
"""

from datetime import datetime, timedelta
from typing import Final

from schemas import events as ev
from schemas.acts import Countersign, DrawThirdParty, OpenRound, RecordThirdPartyReport
from schemas.canonical import digest_of
from schemas.case import Case, Countersignature
from schemas.decision import Round
from schemas.errors import AlreadyDecided, ConflictOfInterest, NotPermitted, OutOfOrder, Unacceptable
from schemas.event import Event
from schemas.evidence import TextRef
from schemas.people import PersonFacts, Role
from schemas.scheme import SchemeRules
from schemas.signed_acts import Countersigned, Receipt, SignedReport
from schemas.stages import Stage
from workflows.rules.case.interests import acts_for_secretariat
from workflows.rules.permission import ALLOWED, Permission, first_refusal, in_stage

SIGNED_SINCE: Final = 3
"""The edition of the procedure from which on ballots, releases and reports are signed."""
STEP_UP_LASTS: Final = timedelta(minutes=15)
"""How long before the act its one-time code may have been given: five minutes, and room for clocks and queues."""
REPORT_KIND: Final = "record_third_party_report"
COUNTERSIGNS_MAX: Final = 150
"""Room for one of each ballot there is room for: the whole case travels through Temporal (design, 4)."""


def signs_acts(case: Case) -> bool:
    """Whether ballots, releases and reports of a case are signed; what was lodged before goes on without."""
    return case.edition >= SIGNED_SINCE


def origin_of(case: Case, act: OpenRound | DrawThirdParty) -> str | None:
    """Return the address under which a round, or the report of who is drawn, is signed.

    Raises:
        OutOfOrder: `origin_missing`: the case asks for signatures, and the body says not where they are given.
    """
    if not signs_acts(case):
        return None
    if act.origin is None:
        raise OutOfOrder("origin_missing", "In this case people sign; the body has no address to sign at.")
    return act.origin


def proof_of(case: Case, vote: Round, person: str, receipt: Receipt | None, now: datetime) -> str | None:
    """Return the digest of what shows that a person acts themselves, None where nothing need show it.

    Args:
        case: in which they act.
        vote: the round they vote in, or on which the label they release rests.
        person: who acts.
        receipt: what came with the act.
        now: when.

    Raises:
        Unacceptable: `receipt_missing`, `receipt_not_asked_for`.
        NotPermitted: `not_countersigned`, `step_up_needed`.
    """
    if vote.origin is None:
        if receipt is not None:
            raise Unacceptable("receipt_not_asked_for", "Acts of this case are not signed.")
        return None
    if receipt is None:
        raise Unacceptable("receipt_missing", "Sign this with your passkey, or have it countersigned.")
    if isinstance(receipt, Countersigned):
        _check_countersigned(case, vote, person, receipt, now)
    return digest_of(receipt)


def signed_report(case: Case, act: RecordThirdPartyReport, now: datetime) -> SignedReport | None:
    """Return how the neutral third party's report is signed, None where it need not be (Code, I-1.5).

    Raises:
        Unacceptable: `receipt_missing`, `receipt_not_asked_for`, `summary_missing`; `passkey_needed`: nobody vouches
            for a report.
        OutOfOrder: `manifest_missing`.
    """
    if case.third_party_origin is None:
        if act.proof is not None:
            raise Unacceptable("receipt_not_asked_for", "Acts of this case are not signed.")
        return None
    summary_of(act)
    if act.proof is None:
        raise Unacceptable("receipt_missing", "Sign this with your passkey.")
    if isinstance(act.proof, Countersigned):
        raise Unacceptable("passkey_needed", "A report is signed with a passkey; nobody vouches for it.")
    return SignedReport(manifest_digest=evidence_digest(case), signed_at=now, proof=digest_of(act.proof))


def summary_of(act: RecordThirdPartyReport) -> TextRef:
    """Return what is published of a report that is signed.

    Raises:
        Unacceptable: `summary_missing`.
    """
    if act.summary is None:
        raise Unacceptable("summary_missing", "Write the summary of the report that everybody may read (Code, I-1.5).")
    return act.summary


def evidence_digest(case: Case) -> str:
    """Return the digest of the evidence that a report is about.

    Raises:
        OutOfOrder: `manifest_missing`.
    """
    if case.manifest is None:
        raise OutOfOrder("manifest_missing", "There is no evidence on file yet.")
    return case.manifest.digest


def signing_origin(case: Case, kind: str) -> str | None:
    """Return the address under which an act of a kind is signed now, None where it is not."""
    if kind == REPORT_KIND:
        return case.third_party_origin
    vote = signed_round(case)
    return vote.origin if vote is not None else None


def _check_countersigned(case: Case, vote: Round, person: str, receipt: Countersigned, now: datetime) -> None:
    found = countersignature(case, person, vote.number)
    if found is None or (found.by, found.at) != (receipt.countersigner, receipt.countersigned_at):
        raise NotPermitted("not_countersigned", "The secretariat has not countersigned that you act without a passkey.")
    if not now - STEP_UP_LASTS <= receipt.authenticated_at <= now + STEP_UP_LASTS:
        raise NotPermitted("step_up_needed", "Give a one-time code just before.")


def countersignature(case: Case, person: str, number: int) -> Countersignature | None:
    """Return who vouches that a person acts without a passkey in a round, None where nobody does."""
    return next((one for one in case.countersigns if (one.person, one.round) == (person, number)), None)


def signed_round(case: Case) -> Round | None:
    """Return the round in which somebody signs now: the open one, or the one on which a label to be released rests."""
    if case.open_round is not None:
        return case.open_round
    decided = case.decision.round if case.decision is not None and case.released_by is None else None
    return next((vote for vote in case.rounds if vote.number == decided), None)


def may_countersign(case: Case, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether somebody may vouch for one who acts without a passkey: of the secretariat, and no voter."""
    return first_refusal(
        acts_for_secretariat(case, person),
        in_stage(case, Stage.DECISION, Stage.ATTESTATION),
        _is_signed(case),
        _votes_on_nothing(case, person),
    )


def _is_signed(case: Case) -> Permission:
    vote = signed_round(case)
    if case.is_over or vote is None or vote.origin is None:
        return Permission(OutOfOrder("nothing_to_countersign", "Nothing is signed in this case now."))
    return ALLOWED


def _votes_on_nothing(case: Case, person: PersonFacts) -> Permission:
    if any(person.person in {*vote.electorate, *vote.reserves} for vote in case.rounds):
        return Permission(ConflictOfInterest("votes_and_countersigns", "Whoever votes countersigns nothing."))
    return ALLOWED


def countersign(case: Case, act: Countersign, now: datetime, rules: SchemeRules) -> tuple[Event, ...]:
    """Vouch that somebody acts themselves, without a passkey, in one round."""
    may_countersign(case, act.actor, rules).require()
    vote = signed_round(case)
    assert vote is not None
    if act.person == act.actor.person:
        raise ConflictOfInterest("own_countersignature", "A second person countersigns.")
    if act.round != vote.number:
        raise OutOfOrder("another_round", f"This is for round {act.round}; round {vote.number} is signed now.")
    if act.person in vote.ballots:
        raise AlreadyDecided("already_voted", "This person voted in this round before.")
    if countersignature(case, act.person, vote.number) is not None:
        raise AlreadyDecided("already_countersigned", "This was countersigned before.")
    if not _signs_now(case, vote, act):
        raise Unacceptable("signs_nothing", "This person has nothing to sign now.")
    if len(case.countersigns) >= COUNTERSIGNS_MAX:
        raise OutOfOrder("too_many_countersigns", f"A case has room for {COUNTERSIGNS_MAX} countersignatures.")
    given = Countersignature(person=act.person, round=vote.number, by=act.actor.person, at=now)
    return (ev.Countersigned(at=now, actor=act.actor.person, countersignature=given),)


def _signs_now(case: Case, vote: Round, act: Countersign) -> bool:
    if case.open_round is not None:
        return act.person in vote.base
    facts = act.people.get(act.person)
    return facts is not None and facts.has(Role.LABEL_OFFICER)
