"""Appeals: lodged in time by the party, heard, decided by a panel that had no part in the act (7.13; procedure)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from schemas.appeal import (
    PUBLIC_REASON_MAX,
    Appeal,
    AppealDecided,
    AppealDecision,
    AppealHearingRecorded,
    AppealHearingWaived,
    AppealLodged,
    AppealOutcome,
    AppealVoted,
    AppealVoteSetAside,
    AppealWithdrawn,
    BodyStatementFiled,
    BodyStatementLapsed,
    ChallengedFacts,
    FileBodyStatement,
    GiveAppealReasons,
    LodgeAppeal,
    PanelMemberLeft,
    PutAppealToVote,
    RecordAppealHearing,
    WaiveAppealHearing,
    WithdrawAppeal,
)
from schemas.clocks import Clock, Party
from schemas.errors import AlreadyDecided, ConflictOfInterest, NotFound, NotPermitted, OutOfOrder, Unacceptable
from schemas.identifiers import ENGINE, appeal_id
from schemas.matter import DeclareMatterInterests
from schemas.people import InstitutionFacts, PersonFacts, Role
from schemas.scheme import SchemeRules
from workflows.kernel import Events
from workflows.rules import motions
from workflows.rules.deadlines import days_after, end_of_day
from workflows.rules.matter.appeal_panels import (
    awaits_declarations,
    can_sit,
    lacking,
    not_their_act,
    sitting,
    size_of,
    undeclared,
    waiting,
)
from workflows.rules.permission import ALLOWED, Permission, first_refusal, holds

UPHOLD: Final = "uphold"


def last_day_to_appeal(done_at: datetime, rules: SchemeRules) -> datetime:
    """Return the last moment at which an act of a moment can be appealed against (scheme, `appeal_filing_days`)."""
    return end_of_day(days_after(done_at, rules.clocks.appeal_filing_days))


def may_lodge(person: PersonFacts, challenged: ChallengedFacts, now: datetime, rules: SchemeRules) -> Permission:
    """Whether a person may appeal against an act: the party, in time."""
    if challenged.against is None:
        return Permission(Unacceptable("not_appealable", "Nobody can appeal against this entry of the record."))
    if not person.has(Role.APPLICANT) or person.organisation is None or person.organisation != challenged.organisation:
        return Permission(NotPermitted("not_the_party", "Only the party of an act appeals against it."))
    if now > last_day_to_appeal(challenged.done_at, rules):
        return Permission(OutOfOrder("filing_time_over", "The time for an appeal against this has ended."))
    return ALLOWED


def lodge(appeal: Appeal | None, act: LodgeAppeal, now: datetime, rules: SchemeRules) -> Events:
    """Lodge an appeal; the time to its decision runs, and the act stands meanwhile."""
    if appeal is not None:
        raise AlreadyDecided("already_appealed", "Your organisation appealed against this before.")
    if act.matter != appeal_id(act.stream, act.number):
        raise Unacceptable("another_matter", "This appeal is against another act.")
    challenged = act.challenged
    if challenged is None:
        raise NotFound("unknown_entry", "There is no such entry in the record.")
    may_lodge(act.actor, challenged, now, rules).require()
    assert challenged.against is not None
    assert challenged.organisation is not None
    return (
        AppealLodged(
            at=now,
            actor=act.actor.person,
            appeal=act.matter,
            organisation=challenged.organisation,
            scheme_digest=act.scheme_in_force,
            against=challenged.against,
            stream=act.stream,
            number=act.number,
            act_at=challenged.done_at,
            tier=challenged.tier,
            label=challenged.label,
            grounds=act.grounds,
            hearing_wanted=act.hearing_wanted,
            due_at=days_after(now, rules.clocks.appeal_decision_days),
        ),
    )


def may_file_statement(appeal: Appeal, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may state the body's side: the secretariat, until the panel votes on it."""
    return first_refusal(_keeps(appeal, person), _not_voted(appeal), _no_vote_open(appeal))


def file_statement(appeal: Appeal, act: FileBodyStatement, now: datetime, rules: SchemeRules) -> Events:
    """State the body's side; a later statement replaces an earlier one."""
    may_file_statement(appeal, act.actor, rules).require()
    return (BodyStatementFiled(at=now, actor=act.actor.person, statement=act.statement),)


def may_declare_interests(appeal: Appeal, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may declare here: whoever sits on the panel."""
    has_part = person.person in sitting(appeal)
    return first_refusal(motions.may_declare_interests_in(appeal, person, has_part=has_part), _not_decided(appeal))


def declare_interests(appeal: Appeal, act: DeclareMatterInterests, now: datetime, rules: SchemeRules) -> Events:
    """Declare interests; whoever has one sits no more, and the next one drawn does.

    Until the appeal is decided with its reasons, an interest sets what was voted aside (procedure, rule 2).
    """
    may_declare_interests(appeal, act.actor, rules).require()
    declared = motions.declare_interests_in(appeal, act, now, has_part=True)
    if not act.has_interest or appeal.open_motion is not None:
        return declared
    return (*declared, *_vote_set_aside(appeal, now), PanelMemberLeft(at=now, actor=ENGINE, member=act.actor.person))


def _vote_set_aside(appeal: Appeal, now: datetime) -> Events:
    last = appeal.last_motion(UPHOLD)
    if appeal.voted is None or last is None:
        return ()
    return (AppealVoteSetAside(at=now, actor=ENGINE, motion=last.number),)


def may_record_hearing(appeal: Appeal, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may record the hearing: a member of the panel, where the party asked for one."""
    return first_refusal(_sits(appeal, person), _not_voted(appeal), _no_vote_open(appeal), _hearing_is_due(appeal))


def record_hearing(appeal: Appeal, act: RecordAppealHearing, now: datetime, rules: SchemeRules) -> Events:
    """Record the hearing by its protocol."""
    may_record_hearing(appeal, act.actor, rules).require()
    return (AppealHearingRecorded(at=now, actor=act.actor.person, protocol=act.protocol),)


def may_waive_hearing(appeal: Appeal, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may do without the hearing: the party."""
    return first_refusal(_is_party(appeal, person), _not_voted(appeal), _no_vote_open(appeal), _hearing_is_due(appeal))


def waive_hearing(appeal: Appeal, act: WaiveAppealHearing, now: datetime, rules: SchemeRules) -> Events:
    """Do without the hearing."""
    may_waive_hearing(appeal, act.actor, rules).require()
    return (AppealHearingWaived(at=now, actor=act.actor.person),)


def may_put_to_vote(appeal: Appeal, person: PersonFacts, rules: SchemeRules) -> Permission:
    """Whether a person may let the panel vote: once both sides were heard and everyone declared."""
    who = ALLOWED if person.person in sitting(appeal) else _keeps(appeal, person)
    return first_refusal(
        who, _not_voted(appeal), _no_vote_open(appeal), _panel_is_complete(appeal, rules),
        _both_sides_heard(appeal), _everyone_declared(appeal),
    )  # fmt: skip


def put_to_vote(appeal: Appeal, act: PutAppealToVote, now: datetime, rules: SchemeRules) -> Events:
    """Open the vote of the panel; all must vote, and more than half decide.

    Where somebody can sit no more, they leave instead, and the next one drawn reads the case before a vote opens.
    """
    may_put_to_vote(appeal, act.actor, rules).require()
    not_their_act(act).require()
    unfit = [one for one in sitting(appeal) if not _can_vote(appeal, one, act)]
    if unfit:
        return tuple(PanelMemberLeft(at=now, actor=ENGINE, member=one) for one in unfit)
    size = size_of(appeal, rules)
    rule = motions.VotingRule(
        base_min=size,
        quorum=str(size),
        majority="simple",
        days=rules.tiers[appeal.tier].sla_working_days.decision,
    )
    return (
        motions.opened(
            appeal,
            subject=UPHOLD,
            about={
                "stream": appeal.stream,
                "number": appeal.number,
                "grounds": appeal.grounds.digest,
                "statement": appeal.statement.digest if appeal.statement else None,
                "hearing": appeal.hearing.digest if appeal.hearing else None,
            },
            eligible=sitting(appeal),
            substitutes=[one for one in waiting(appeal) if _can_vote(appeal, one, act)],
            rule=rule,
            now=now,
            actor=act.actor.person,
            rules=rules,
        ),
    )


def _can_vote(appeal: Appeal, person: str, act: PutAppealToVote) -> bool:
    institution = act.institution or InstitutionFacts()
    return person not in {*institution.commission, *institution.substitutes} and can_sit(appeal, person, act)


def statement_lapsed(appeal: Appeal, now: datetime, rules: SchemeRules) -> BodyStatementLapsed | None:
    """Let the panel vote without the body's side: the body does not delay an appeal against its own act."""
    due_at = statement_due_at(appeal, rules)
    return BodyStatementLapsed(at=now, actor=ENGINE) if due_at is not None and now >= due_at else None


def statement_due_at(appeal: Appeal, rules: SchemeRules) -> datetime | None:
    """Return by when the body states its side: it has the days it gives an applicant to be heard (scheme)."""
    if appeal.statement is not None or appeal.statement_lapsed or appeal.outcome is not None:
        return None
    return days_after(appeal.opened_at, rules.clocks.applicant_hearing_before_adverse_decision_days)


def voted(appeal: Appeal, now: datetime, _: SchemeRules) -> AppealVoted | None:
    """Take what a vote with everyone present amounts to; without quorum nothing is decided."""
    last = appeal.last_motion(UPHOLD)
    if appeal.voted is not None or last is None or last.tally is None or not last.tally.quorum_reached:
        return None
    if last.number in appeal.set_aside:
        return None
    outcome = AppealOutcome.UPHELD if last.carried else AppealOutcome.DISMISSED
    return AppealVoted(at=now, actor=ENGINE, outcome=outcome, motion=last.number)


def may_give_reasons(appeal: Appeal, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may write the reasons: a member of the panel that voted."""
    last = appeal.last_motion(UPHOLD)
    if appeal.decision is not None:
        return Permission(AlreadyDecided("already_decided", "This appeal was decided."))
    if last is None or appeal.voted is None:
        return Permission(OutOfOrder("not_voted", "The panel has not voted."))
    if person.person not in last.base:
        return Permission(NotPermitted("not_in_electorate", "You are not in the electorate of this vote."))
    return motions.free_in(appeal, person)


def give_reasons(appeal: Appeal, act: GiveAppealReasons, now: datetime, rules: SchemeRules) -> Events:
    """Give the reasons; with them the appeal is decided."""
    may_give_reasons(appeal, act.actor, rules).require()
    if act.public_reason.length > PUBLIC_REASON_MAX:
        raise Unacceptable("public_reason_too_long", f"The public reason has at most {PUBLIC_REASON_MAX} characters.")
    last = appeal.last_motion(UPHOLD)
    assert last is not None
    assert appeal.voted is not None
    decision = AppealDecision.model_validate(
        {
            "outcome": appeal.voted,
            "motion": last.number,
            "reasons": act.reasons,
            "public_reason": act.public_reason,
            "decided_at": now,
        }
    )
    return (AppealDecided(at=now, actor=act.actor.person, decision=decision),)


def may_withdraw(appeal: Appeal, person: PersonFacts, _: SchemeRules) -> Permission:
    """Whether a person may take the appeal back: the party, before a vote opens."""
    return first_refusal(_is_party(appeal, person), _not_voted(appeal), _no_vote_open(appeal))


def withdraw(appeal: Appeal, act: WithdrawAppeal, now: datetime, rules: SchemeRules) -> Events:
    """Take the appeal back."""
    may_withdraw(appeal, act.actor, rules).require()
    return (AppealWithdrawn(at=now, actor=act.actor.person),)


def clocks_of(appeal: Appeal, rules: SchemeRules) -> Iterator[Clock]:
    """The time to a decision with reasons (scheme, `appeal_decision_days`), and the panel's to declare interests."""
    if appeal.outcome is not None:
        return
    ready = appeal.open_motion is not None or appeal.voted is not None
    must_declare = lacking(appeal, rules) <= 0 and undeclared(appeal)
    yield Clock(
        name="appeal",
        waits_for=Party.APPEAL_PANEL if ready or must_declare else Party.SECRETARIAT,
        started_at=appeal.opened_at,
        due_at=appeal.due_at,
    )
    statement_by = statement_due_at(appeal, rules)
    if statement_by is not None:
        yield Clock(
            name="body_statement",
            waits_for=Party.SECRETARIAT,
            started_at=appeal.opened_at,
            due_at=statement_by,
            has_effect=True,
        )
    declare_by = awaits_declarations(appeal, rules)
    if declare_by is not None:
        yield Clock(
            name="appeal_declarations",
            waits_for=Party.APPEAL_PANEL,
            started_at=max(appeal.opened_at, declare_by - timedelta(days=rules.clocks.reviewer_answer_days)),
            due_at=declare_by,
            has_effect=True,
        )


def _is_party(appeal: Appeal, person: PersonFacts) -> Permission:
    if person.has(Role.APPLICANT) and person.organisation == appeal.organisation:
        return ALLOWED
    return Permission(NotPermitted("not_the_party", "Only the party of an act appeals against it."))


def _keeps(appeal: Appeal, person: PersonFacts) -> Permission:
    return first_refusal(holds(person, Role.SECRETARIAT), motions.free_in(appeal, person))


def _sits(appeal: Appeal, person: PersonFacts) -> Permission:
    if person.person not in sitting(appeal):
        return Permission(NotPermitted("not_on_the_panel", "Only a member of the panel may do this."))
    if not appeal.has_declared_none(person.person):
        return Permission(
            ConflictOfInterest("interests_not_declared", "Declare your interests in this matter first (17065, 4.2).")
        )
    return motions.free_in(appeal, person)


def _not_voted(appeal: Appeal) -> Permission:
    if appeal.voted is not None or appeal.outcome is not None:
        return Permission(AlreadyDecided("already_decided", "This appeal was decided."))
    return ALLOWED


def _not_decided(appeal: Appeal) -> Permission:
    if appeal.outcome is not None:
        return Permission(AlreadyDecided("already_decided", "This appeal was decided."))
    return ALLOWED


def _no_vote_open(appeal: Appeal) -> Permission:
    if appeal.open_motion is not None:
        return Permission(AlreadyDecided("motion_is_open", "The panel is voting."))
    return ALLOWED


def _hearing_is_due(appeal: Appeal) -> Permission:
    if not appeal.waits_for_hearing:
        return Permission(OutOfOrder("no_hearing_due", "No hearing is asked for, or it was held."))
    return ALLOWED


def _panel_is_complete(appeal: Appeal, rules: SchemeRules) -> Permission:
    if lacking(appeal, rules) > 0:
        return Permission(OutOfOrder("panel_incomplete", "The panel is not complete."))
    return ALLOWED


def _both_sides_heard(appeal: Appeal) -> Permission:
    if appeal.statement is None and not appeal.statement_lapsed:
        return Permission(OutOfOrder("body_statement_missing", "The body's side is not stated yet."))
    if appeal.waits_for_hearing:
        return Permission(OutOfOrder("hearing_missing", "The party asked to be heard."))
    return ALLOWED


def _everyone_declared(appeal: Appeal) -> Permission:
    if not undeclared(appeal):
        return ALLOWED
    return Permission(ConflictOfInterest("interests_not_declared", "Not everyone on the panel declared interests."))
