"""The kernel under random acts of random people: what must hold after every step, whatever happens (I1 to I6)."""

import dataclasses
from fractions import Fraction
from random import Random
from typing import Any

from hypothesis import Phase, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from schemas.act import ActInCase
from schemas.acts import ACTS
from schemas.case import Case
from schemas.errors import ProcedureError
from schemas.evidence import manifest_digest
from schemas.evidence_acts import OfferEvidence
from schemas.people import InstitutionFacts, PersonFacts, Role
from schemas.scheme import Tier
from schemas.stages import Choice, Outcome, Stage, Verdict
from tests.builders import (
    APPLICANT,
    AREAS,
    EXPERTS,
    LABEL_OFFICER,
    MEMBERS,
    ORGANISATION,
    SECRETARY,
    THIRD_PARTY,
    TIER_ANSWERS,
    Walk,
    amended,
    person,
    sha256,
    text,
)  # fmt: skip
from tests.protocols import protocol
from tests.statements import STATEMENT
from tests.unit.workflows.rules.refusals import gates as gates_of
from workflows.rules.case.attestation import awaits_signature
from workflows.rules.case.correction import open_criteria
from workflows.rules.case.evaluation import failed, to_be_judged
from workflows.rules.case.fold import fold
from workflows.rules.case.interests import lookups_stand
from workflows.rules.case.reopening import rests_on_interest
from workflows.rules.case.standing import all_judged
from workflows.rules.permission import COLLECTING

BOTH = person("member-g", Role.COMMISSIONER, Role.EXPERT, areas=AREAS)
TIED = person("member-f", Role.COMMISSIONER, organisation=ORGANISATION)
PEOPLE = (APPLICANT, SECRETARY, *EXPERTS, *MEMBERS[:5], TIED, BOTH, *MEMBERS[7:9], THIRD_PARTY, LABEL_OFFICER)
SEATED = (*MEMBERS[:5], TIED, BOTH)
SUBSTITUTES = MEMBERS[7:9]
ELECTED = InstitutionFacts(
    commission=tuple(one.person for one in SEATED), substitutes=tuple(one.person for one in SUBSTITUTES), entry=1
)
REVIEWERS = (*EXPERTS, BOTH)
SEEDS = st.integers(min_value=0, max_value=2**32)
STEPS = ("to_intake", "to_planning", "to_evaluation", "to_correction", "to_recommendation", "to_decision", "to_round")
STRAIGHT_ON = (
    "accept_application",
    "submit_evidence",
    "submit_correction",
    "end_correction",
    "approve_plan",
    "submit_review",
    "record_lookup",
    "submit_recommendation",
    "appoint_rapporteur",
    "cast_ballot",
    "open_round",
    "record_hearing",
    "waive_hearing",
    "assign_reviewer",
    "answer_assignment",
)
KINDS = sorted(set(ACTS) - {"lodge_application"})


def dice(seed: int) -> Random:
    """Cheap chance that Hypothesis can repeat and shrink."""
    return Random(seed)  # noqa: S311  # no secret


@dataclasses.dataclass
class Contents:
    """Random contents of acts, most of them sensible, some not."""

    walk: Walk
    chance: Random

    def one_of(self, *values: Any) -> Any:
        return self.chance.choice(values)

    def content(self, kind: str, who: PersonFacts) -> dict[str, Any]:
        make = getattr(self, kind, None)
        return make(who) if make else {}

    def offer_evidence(self, _: PersonFacts) -> dict[str, Any]:
        name = self.one_of("a.pdf", "b.pdf")
        offer = Walk().to_intake().offer("I-1.1-01", file=name).sent[-1]
        return offer.model_dump(include=set(OfferEvidence.model_fields) - set(ActInCase.model_fields))

    def withdraw_evidence(self, _: PersonFacts) -> dict[str, Any]:
        return {"item": self.one_of("E1", "E9", "E999", f"E{self.walk.case.items_numbered}")}

    def state_not_applicable(self, _: PersonFacts) -> dict[str, Any]:
        return {"criterion": self.one_of("I-1.1-01", "I-9.9-99"), "reason": self.one_of(text(), None)}

    def make_public_statement(self, _: PersonFacts) -> dict[str, Any]:
        return {**STATEMENT, "no_group_measures": self.one_of(None, "None apply.")}

    def ask_question(self, _: PersonFacts) -> dict[str, Any]:
        return {"text": text(), "criteria": self.one_of((), ("I-1.1-01",), ("I-9.9-99",))}

    def amend_application(self, _: PersonFacts) -> dict[str, Any]:
        return {"lodged": amended(self.one_of(*Tier), digest=sha256(str(self.chance.random())))}

    def confirm_answers(self, _: PersonFacts) -> dict[str, Any]:
        found = dict(zip(self.walk.rules.questions, TIER_ANSWERS[self.one_of(*Tier)], strict=True))
        return {"answers": found, "rationale": dict.fromkeys(found, text())}

    def assign_reviewers(self, _: PersonFacts) -> dict[str, Any]:
        areas = (self.one_of(*AREAS),)
        order = self.chance.sample(REVIEWERS, len(REVIEWERS))
        named = [{"reviewer": one.person, "areas": areas} for one in order]
        return {"reviewers": named[:1], "reserves": named[1:]}

    def answer_question(self, _: PersonFacts) -> dict[str, Any]:
        return {"number": self.one_of(1, 2, 3), "answer": text()}

    def decline_application(self, _: PersonFacts) -> dict[str, Any]:
        return {"reasons": text()}

    def assign_reviewer(self, _: PersonFacts) -> dict[str, Any]:
        return {"reviewer": self.one_of(*REVIEWERS).person, "areas": (self.one_of(*AREAS),)}

    def declare_interests(self, _: PersonFacts) -> dict[str, Any]:
        return {"has_interest": self.chance.random() < 0.2, "statement": text()}

    def report_undeclared_interest(self, _: PersonFacts) -> dict[str, Any]:
        whose = self.one_of(*PEOPLE)
        return {"person": whose.person, "statement": text(), "people": {whose.person: whose}}

    def confirm_undeclared_interest(self, _: PersonFacts) -> dict[str, Any]:
        return {"person": self._reported()}

    def reject_undeclared_interest(self, _: PersonFacts) -> dict[str, Any]:
        return {"person": self._reported(), "reasons": text()}

    def _reported(self) -> str:
        waiting = [one.person for one in self.walk.case.interest_reports if one.is_open]
        return self.one_of(*waiting, self.one_of(*PEOPLE).person)

    def answer_assignment(self, _: PersonFacts) -> dict[str, Any]:
        return {"accepts": self.chance.random() < 0.7}

    def relieve_reviewer(self, _: PersonFacts) -> dict[str, Any]:
        whose = self.one_of(*PEOPLE)
        serving = self.one_of({}, {whose.person: whose})
        return {"person": whose.person, "reasons": text(), "people": serving}

    def record_lookup(self, _: PersonFacts) -> dict[str, Any]:
        plan = self.walk.case.plan
        criterion = self.one_of("I-1.1-01", *(plan.lookups if plan else ()))
        return {"criterion": criterion, "verdict": self.one_of(*Verdict), "rationale": text(), "cited": ("E1",)}

    def submit_review(self, who: PersonFacts) -> dict[str, Any]:
        plan = self.walk.case.plan
        mine = who.person if plan and who.person in plan.criteria else None
        verdict = self.one_of(Verdict.MET, Verdict.MET, Verdict.NOT_MET)
        findings = self.walk.findings(mine, I_1_1_01=verdict) if mine and self.walk.case.evidence else ()
        broken = {"criterion": "I-1.1-01", "verdict": verdict, "rationale": text()}
        return {"findings": findings or (broken,)}

    def record_third_party_report(self, _: PersonFacts) -> dict[str, Any]:
        return {"report": text()}

    def appoint_rapporteur(self, _: PersonFacts) -> dict[str, Any]:
        return {"rapporteur": self.one_of(*PEOPLE).person}

    def submit_recommendation(self, _: PersonFacts) -> dict[str, Any]:
        return {"recommends": self.one_of(*Outcome), "reasons": text()}

    def record_hearing(self, _: PersonFacts) -> dict[str, Any]:
        return {"protocol": text()}

    def ask_for_hearing(self, _: PersonFacts) -> dict[str, Any]:
        return {"statement": text()}

    def extend_correction(self, _: PersonFacts) -> dict[str, Any]:
        return {"criterion": self.one_of("I-1.1-01", "I-1.2-01"), "reasons": text()}

    def open_round(self, _: PersonFacts) -> dict[str, Any]:
        return {"proposed_tier": self.one_of(None, None, None, None, *Tier)}

    def revise_verdict(self, _: PersonFacts) -> dict[str, Any]:
        cited = self.one_of((), ("E1",))
        verdict = self.one_of(Verdict.MET, Verdict.NOT_MET, Verdict.PARTLY_MET)
        return {"criterion": self.one_of("I-1.1-01", "I-1.2-01"), "verdict": verdict, "reason": text(), "cited": cited}

    def record_protocol(self, _: PersonFacts) -> dict[str, Any]:
        criteria = (self.one_of("I-1.1-01", "I-1.2-01", "I-9.9-99"),)
        return {**protocol(*criteria), "item": self.one_of(None, "E1", "E999"), "held_on": self.walk.now.date()}

    def recuse(self, _: PersonFacts) -> dict[str, Any]:
        return {"reason": text()}

    def countersign(self, _: PersonFacts) -> dict[str, Any]:
        return {"person": self.one_of(*PEOPLE).person, "round": self.one_of(1, 2)}

    def cast_ballot(self, _: PersonFacts) -> dict[str, Any]:
        rounds = self.walk.case.rounds
        return {
            "round": self.one_of(*([len(rounds) or 1] * 9), len(rounds) + 1),
            "choice": self.one_of(Choice.GRANT, Choice.GRANT, Choice.REFUSE, Choice.ABSTAIN, Choice.SEND_BACK),
            "reasons": text(),
            "manifest_digest": self.one_of(*([rounds[-1].manifest_digest] * 9 if rounds else ()), sha256("other")),
            "scheme_digest": self.one_of(*([self.walk.lodged.scheme.digest] * 9), sha256("other")),
            "grounds": self.one_of((), ("I-1.1-01",)),
        }


class Kernel(RuleBasedStateMachine):
    """One case; everyone tries everything."""

    straight_on = STRAIGHT_ON

    @initialize(
        tier=st.sampled_from([Tier.LOW, Tier.MEDIUM]),
        step=st.sampled_from(STEPS),
        gates=st.sampled_from([False] * 5 + [True]),
        edition=st.sampled_from([1, 2, 2]),
    )
    def begin(self, tier: Tier, step: str, gates: bool, edition: int) -> None:  # Hypothesis passes by keyword
        self.walk = Walk(tier, edition=edition, **({"gates": gates_of(G2="yes")} if gates else {}))
        self.walk.members = SEATED
        step = "to_intake" if gates else step
        getattr(self.walk, step)()
        self.ended: Case | None = None

    def teardown(self) -> None:
        event(f"ends in {self.walk.case.stage}")

    def try_act(self, kind: str, who: PersonFacts, **content: Any) -> bool:
        """Do an act with the facts of everyone; a refused one must change nothing."""
        before, count = self.walk.case, len(self.walk.events)
        facts = {
            "people": {one.person: one for one in PEOPLE},
            "seated": tuple(one.person for one in SEATED),
            "institution": ELECTED,
        }
        try:
            self.walk.act(kind, who, **{**facts, **content})
        except ProcedureError:
            assert self.walk.case is before  # that nothing inside it changed, folding shows
            assert len(self.walk.events) == count
            return False
        return True

    @rule(kind=st.sampled_from(KINDS), who=st.sampled_from(PEOPLE), seed=SEEDS)
    def anyone_tries_anything(self, kind: str, who: PersonFacts, seed: int) -> None:
        chance = dice(seed)
        if kind == "withdraw_application" and chance.random() < 0.9:
            return
        self.try_act(kind, who, **Contents(self.walk, chance).content(kind, who))

    @rule(kind=st.sampled_from(KINDS), seed=SEEDS)
    def everyone_tries_the_same(self, kind: str, seed: int) -> None:
        if kind in {"withdraw_application", "decline_application"}:
            return
        chance = dice(seed)
        for who in PEOPLE:
            self.try_act(kind, who, **Contents(self.walk, chance).content(kind, who))

    @rule(seed=SEEDS)
    def the_case_goes_on(self, seed: int) -> None:
        contents = Contents(self.walk, dice(seed))
        for who in PEOPLE:
            self.try_act("declare_interests", who, has_interest=False)
        for kind in self.straight_on:
            taken = [self.try_act(kind, who, **contents.content(kind, who)) for who in PEOPLE]
            if any(taken):
                return

    @rule(days=st.sampled_from([0, 1, 10, 30, 95]))
    def time_passes(self, days: int) -> None:
        self.walk.pass_time(days=days)

    @invariant()
    def folding_what_happened_gives_the_case(self) -> None:
        assert fold(self.walk.events) == self.walk.case
        assert self.walk.case.entry == len(self.walk.events)

    @invariant()
    def there_is_at_most_one_decision_and_it_is_the_last_rounds(self) -> None:
        taken = [event for event in self.walk.events if event.kind == "decision_taken"]
        standing = len(taken) - len(self.walk.case.reopened)
        assert standing == (self.walk.case.decision is not None) <= 1

    @invariant()
    def a_decision_rests_on_a_quorum_of_members_free_to_decide(self) -> None:
        case = self.walk.case
        if case.decision is None:
            return
        vote, rules = case.rounds[-1], self.walk.rules
        figures = rules.tiers[case.tier].decision
        counted = {who: ballot for who, ballot in vote.ballots.items() if who not in vote.recused}
        base = len(set(vote.electorate) - set(vote.recused))
        assert base >= rules.common.recusal.base_min[case.tier]
        assert len(counted) >= (3 if figures.quorum is None else Fraction(figures.quorum) * base)
        in_favour = sum(ballot.choice == Choice.GRANT for ballot in counted.values())
        assert (case.decision.outcome == Outcome.GRANTED) == (2 * in_favour > len(counted))
        assert {ballot.round for ballot in counted.values()} <= {vote.number}

    @invariant()
    def a_grant_has_every_mandatory_criterion_passed_and_no_gate_against_it(self) -> None:
        case = self.walk.case
        if case.decision is None or case.decision.outcome != Outcome.GRANTED:
            return
        passed = {one.criterion for one in case.rounds[-1].results if one.verdict in {"met", "not_applicable"}}
        assert {one.id for one in self.walk.rules.criteria_of(case.tier) if one.is_mandatory} <= passed
        assert case.rule is None

    @invariant()
    def nobody_who_evaluated_advised_or_is_tied_is_in_the_counted_ballots(self) -> None:
        case = self.walk.case
        part = {*case.reviews, case.third_party, *(who for who, held in case.assignments.items() if held.accepted)}
        for vote in case.rounds:
            assert not part & vote.ballots.keys()
            assert vote.ballots.keys() <= set(vote.electorate) - set(vote.recused)
            assert TIED.person not in vote.electorate
        for vote in case.rounds:
            if vote.is_open:
                assert all(case.has_declared_none(who) for who in vote.ballots)

    @invariant()
    def one_manifest_stands_in_evidence_round_ballots_and_decision(self) -> None:
        case = self.walk.case
        for vote in case.rounds:
            assert {ballot.manifest_digest for ballot in vote.ballots.values()} <= {vote.manifest_digest}
        digests = {case.manifest.digest} if case.manifest else set()
        digests |= {case.rounds[-1].manifest_digest} if case.open_round or case.decision else set()
        digests |= {case.decision.manifest_digest} if case.decision else set()
        # Whoever leaves, or lets the time run out, may have offered what was not handed in.
        if case.manifest and case.stage not in {*COLLECTING, Stage.WITHDRAWN_BY_APPLICANT, Stage.LAPSED}:
            stated = case.public_statement.digest if case.public_statement else None
            digests.add(manifest_digest(case.items, case.not_applicable, case.manifest.protocols, stated))
        assert len(digests) == (case.manifest is not None)

    @invariant()
    def every_criterion_of_a_closed_evaluation_was_judged(self) -> None:
        case = self.walk.case
        if case.stage in {Stage.RECOMMENDATION, Stage.DECISION, Stage.ATTESTATION} and case.rule is None:
            asked = set(to_be_judged(case, self.walk.rules, lookup=False))
            asked |= set(to_be_judged(case, self.walk.rules, lookup=True))
            assert asked <= {one.criterion for one in case.results}

    @invariant()
    def nothing_is_refused_in_the_second_edition_before_the_applicant_had_their_say(self) -> None:
        case = self.walk.case
        if case.edition > 1 and case.stage == Stage.REFUSED:
            assert case.hearing is not None or case.hearing_waived

    @invariant()
    def what_fails_after_an_evaluation_has_an_open_nonconformity_and_what_passes_has_none(self) -> None:
        case = self.walk.case
        if case.edition == 1 or case.stage not in {Stage.CORRECTION, Stage.RECOMMENDATION, Stage.DECISION} or case.rule:
            return
        if case.plan is not None and case.results:
            assert set(open_criteria(case)) == set(failed(case.results))
            assert case.stage != Stage.CORRECTION or open_criteria(case)

    @invariant()
    def whatever_is_decided_rests_on_findings_that_stand(self) -> None:
        case = self.walk.case
        if case.stage in {Stage.DECISION, Stage.ATTESTATION} and case.plan is not None:
            # A lookup by somebody who has an interest is recorded again before a round opens.
            assert all_judged(case) or (not lookups_stand(case) and case.open_round is None)

    @invariant()
    def a_case_is_sent_back_once_and_no_grant_with_an_interest_waits_for_anything_but_the_signer(self) -> None:
        case = self.walk.case
        assert case.sent_back <= 1
        if case.edition > 1 and case.stage == Stage.ATTESTATION and rests_on_interest(case):
            assert awaits_signature(case)

    @invariant()
    def a_final_stage_is_never_left(self) -> None:
        if self.ended is not None:
            assert self.walk.case == self.ended
        elif self.walk.case.stage.is_final:
            self.ended = self.walk.case


Kernel.TestCase.settings = settings(
    max_examples=25, stateful_step_count=20, deadline=None, phases=(Phase.explicit, Phase.generate, Phase.shrink)
)
TestKernel = Kernel.TestCase
