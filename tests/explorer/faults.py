"""Faults that are put in, one rule or part at a time, so that tests see the explorer find them."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from schemas import events as ev
from schemas.act import Act
from schemas.acts import CastBallot
from schemas.case import Case
from schemas.decision import Round
from schemas.event import Event
from schemas.interest_acts import DeclareInterests
from schemas.records import Ack
from schemas.scheme import SchemeRules
from schemas.stages import Stage
from schemas.voting import Tally
from tests.explorer.parts import Forked, Parts, Signer, append
from tests.explorer.state import Line, State
from workflows.casework import Casework
from workflows.rules import quorum, second_person
from workflows.rules.case import (
    ballots,
    correction,
    decisions,
    evidence,
    fold,
    grants,
    intake,
    interests,
    procedure,
    reopening,
    rounds,
    tier,
)
from workflows.rules.case.fold_decision import in_last_round

Plant = Callable[[pytest.MonkeyPatch], None]


class Forgetful(Casework):
    """A case that remembers no act."""

    def _earlier(self, act: Act) -> Ack | None:
        return None


class Leaking(Casework):
    """A case that takes its whole outbox for recorded."""

    def drop_recorded(self, last: int) -> None:
        self.file.outbox = []


class Deaf(Casework):
    """A case that hears no timer."""

    def let_time_pass(self, now: Any) -> None:
        """Do nothing."""


class Careless(Casework):
    """A case whose first answer to a key is the answer to whatever comes under it."""

    def _earlier(self, act: Act) -> Ack | None:
        return self.file.receipts.get(act.act_id)


class DrawsAgain(Signer):
    """A signer that does not look up what it intended."""

    def intent(self, state: State, decision: str, read: int) -> Line:
        return Line(decision=decision, label=len(state.intents) + 1, read=read)


class SignsAgain(Signer):
    """A signer that does not look up what it signed."""

    def signature(self, state: State, decision: str) -> Line | None:
        return None


def recused_counts(patch: pytest.MonkeyPatch) -> None:
    def keep(case: Case, event: ev.MemberRecused) -> dict[str, Any]:
        return in_last_round(case, recused=(*case.rounds[-1].recused, event.member))

    def tally(vote: Round) -> Tally:
        return quorum.tally(vote.model_copy(update={"recused": ()}))

    patch.setitem(fold._CHANGES, ev.MemberRecused, keep)
    patch.setattr(ballots, "tally", tally)


def second_decision(patch: pytest.MonkeyPatch) -> None:
    once = decisions.what_follows_from_votes

    def twice(case: Case, now: Any, rules: Any) -> Event | None:
        if case.stage != Stage.ATTESTATION or case.decision is None or case.decision.grounds:
            return once(case, now, rules)
        again = case.decision.model_copy(update={"grounds": ("G1",)})
        return ev.DecisionTaken(at=now, actor="engine", decision=again, stage=case.stage)

    patch.setattr(decisions, "what_follows_from_votes", twice)


def closes_at_two(patch: pytest.MonkeyPatch) -> None:
    closed = ballots.round_closed

    def early(case: Case, now: Any) -> ev.RoundClosed | None:
        vote = case.open_round
        if vote is None or len(vote.ballots) < 2:
            return closed(case, now)
        return ev.RoundClosed(at=now, actor="engine", round=vote.number, tally=quorum.tally(vote))

    patch.setattr(ballots, "round_closed", early)


def _names_anything(name: str, of_round: str) -> Plant:
    """Return a fault by which one thing that a ballot names is not compared."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        check = ballots._check_object

        def lenient(act: CastBallot, vote: Round) -> None:
            check(act.model_copy(update={name: getattr(vote, of_round)}), vote)

        patch.setattr(ballots, "_check_object", lenient)

    return plant


def grants_against_anything(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ballots, "_check_choice", lambda *_: None)


def asks_no_voter_for_interests(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ballots, "declared_none", lambda *_: ballots.ALLOWED)


def takes_votes_from_who_left(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ballots, "_in_base", lambda *_: ballots.ALLOWED)


def calls_who_left(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rounds, "may_be_called", interests.may_sit)


def reopens_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(reopening, "decision_reopened", lambda *_: None)


def compares_no_digests(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(grants, "_check_digests", lambda *_: None)


def _only_digests(case: Case, _rules: SchemeRules, scheme_digest: str, _at: datetime) -> None:
    """What a signer asks that trusts the grant for all else."""
    grants._check_digests(case, case.rounds_on_label[-1], scheme_digest)


def stays_with_an_interest(patch: pytest.MonkeyPatch) -> None:
    def only_declared(*arguments: Any) -> tuple[Event, ...]:
        return interests.declare(*arguments)[:1]

    patch.setitem(procedure._ACTS, DeclareInterests, only_declared)
    patch.setattr(ballots, "interested_left", lambda *_: None)


def waits_with_an_interest(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ballots, "interested_left", lambda *_: None)


def decides_again_after_reopening(patch: pytest.MonkeyPatch) -> None:
    reopened = fold._CHANGES[ev.DecisionReopened]
    patch.setitem(
        fold._CHANGES, ev.DecisionReopened, lambda case, event: {**reopened(case, event), "rounds": case.rounds}
    )


def asks_nobody_for_the_seat(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ballots, "still_seated", lambda *_: ballots.ALLOWED)


def one_person_is_enough(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(second_person, "is_another", lambda *_: ballots.ALLOWED)


def proves_nothing(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ballots, "proof_of", lambda *_: None)


def raises_by_a_minority(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(tier, "tally", lambda vote: quorum.tally(vote).model_copy(update={"majority_reached": True}))


def freezes_what_was_there_before(patch: pytest.MonkeyPatch) -> None:
    def stale(case: Case, *arguments: Any, **more: Any) -> Event:
        event = evidence.frozen(case, *arguments, **more)
        assert case.manifest is not None
        return event.model_copy(update={"manifest": event.manifest.model_copy(update={"digest": case.manifest.digest})})

    patch.setattr(correction, "frozen", stale)


def corrects_while_the_reviewers_judge(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(correction, "_clock_moved", lambda *_: None)


def rests_on_an_old_recommendation(patch: pytest.MonkeyPatch) -> None:
    closed = fold._CHANGES[ev.EvaluationClosed]
    patch.setitem(
        fold._CHANGES,
        ev.EvaluationClosed,
        lambda case, event: {**closed(case, event), **({"stage": Stage.DECISION} if case.sent_back else {})},
    )


def takes_any_report(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(rounds, "report_is_outdated", lambda _: False)


def leaves_when_declined(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(intake, "LEAVABLE", (*intake.LEAVABLE, Stage.DECLINED))


def votes_twice(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(ballots, "_has_not_voted", lambda *_: ballots.ALLOWED)


def renumbering(stream: Any, batch: Any) -> Any:
    """Append what the stream holds otherwise as if it were new."""
    try:
        return append(stream, batch)
    except Forked:
        moved = (entry.model_copy(update={"number": len(stream) + at}) for at, entry in enumerate(batch, start=1))
        return (*stream, *moved)


PLANTED: list[tuple[str, str, str, Plant | Parts]] = [
    ("a tally counts who left", "I2", "commission", recused_counts),
    ("a member votes twice", "I5", "gate", votes_twice),
    ("a case decides twice", "I1", "commission", second_decision),
    ("receipts are forgotten", "I5", "recording", Parts(casework=Forgetful)),
    ("a key answers for another act", "I5", "recording", Parts(casework=Careless)),
    ("a ballot on another manifest counts", "I3", "gate", _names_anything("manifest_digest", "manifest_digest")),
    ("a ballot on another scheme counts", "I3", "gate", _names_anything("scheme_digest", "scheme_digest")),
    ("a ballot for another round counts", "I5", "panel", _names_anything("round", "number")),
    ("a grant against a gate", "I2", "gate", grants_against_anything),
    ("a grant against a criterion", "I2", "failed", grants_against_anything),
    ("a member votes who declared nothing", "I14", "seats", asks_no_voter_for_interests),
    ("a member who left votes", "I2", "commission", takes_votes_from_who_left),
    ("a member who left is called again", "I2", "commission", calls_who_left),
    ("a grant that was refused its signature stays", "I14", "reopening", reopens_nothing),
    ("a grant that rests on an interest is released", "I14", "release", reopens_nothing),
    ("an ended case is left", "I6", "intake", leaves_when_declined),
    ("a member with an interest stays", "I14", "commission", stays_with_an_interest),
    ("a substitute waits with an interest", "I14", "substitutes", waits_with_an_interest),
    ("a reopened decision is taken again", "I2", "reopening", decides_again_after_reopening),
    ("a former member votes", "I2", "seats", asks_nobody_for_the_seat),
    ("who reported an interest confirms it", "I14", "reports", one_person_is_enough),
    ("a ballot proves nothing", "I2", "gate", proves_nothing),
    ("a tier is raised by a minority", "I2", "dispute", raises_by_a_minority),
    ("a correction is not in the manifest", "I3", "correction", freezes_what_was_there_before),
    ("a correction runs out while it is judged", "I15", "correction", corrects_while_the_reviewers_judge),
    ("a round follows without a new recommendation", "I3", "supplement", rests_on_an_old_recommendation),
    ("a report on earlier evidence counts", "I3", "outdated", takes_any_report),
    ("the signer compares no digests", "I3", "reopening", compares_no_digests),
    ("the signer trusts the grant", "I14", "release", Parts(check_grant=_only_digests)),
    ("the signer forgets what it intended", "I1", "release", Parts(signer=DrawsAgain)),
    ("the signer forgets what it signed", "I1", "release", Parts(signer=SignsAgain)),
    ("a round closes early", "I15", "recording", closes_at_two),
    ("a timer is lost", "I15", "intake", Parts(casework=Deaf)),
    ("an outbox is lost", "I16", "intake", Parts(casework=Leaking)),
    ("the record takes what it holds otherwise", "I5", "loss", Parts(append=renumbering)),
]
