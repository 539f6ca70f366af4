"""A label under random acts of random people: what must hold after every step, whatever happens (I6, I14, I15)."""

from itertools import pairwise
from random import Random
from typing import Any

from hypothesis import Phase, event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from schemas.errors import ProcedureError
from schemas.label import Standing
from schemas.label_facts import RenewalFacts
from schemas.label_life import GROUNDS, LabelLife
from schemas.people import PersonFacts, Role
from schemas.review import Finding
from schemas.scheme import Tier
from schemas.stages import Verdict
from schemas.voting import Voice
from tests.builders import APPLICANT, AREAS, EXPERTS, MEMBERS, ORGANISATION, SECRETARY, person, sha256, text
from tests.label_walk import BUILD, ENGINE_ITSELF, JUDGES, NEW_LABEL, LabelWalk
from workflows.rules.label.kernel import AFTER_THE_END, LABEL
from workflows.rules.label.standing import NEXT

TIED = person("member-f", Role.COMMISSIONER, organisation=ORGANISATION)
BOTH = person("edda", Role.COMMISSIONER, Role.EXPERT, areas=AREAS)
STRANGER = person("zora", Role.APPLICANT, organisation="org-other")
SEATED = (*MEMBERS[:5], TIED, BOTH)
PEOPLE = (APPLICANT, SECRETARY, *SEATED, *JUDGES, STRANGER)
SEEDS = st.integers(min_value=0, max_value=2**32)
KINDS = sorted(set(LABEL.acts) - {"begin_life"})
RARE = frozenset({"end_label", "end_by_leaving", "supersede", "put_withdrawal_to_vote"})
ENGINES = frozenset(kind for kind, act in LABEL.acts.items() if getattr(act, "by_engine", False))
STRAIGHT_ON = (
    "record_live_check",
    "judge_surveillance",
    "answer_surveillance_assignment",
    "submit_surveillance",
    "assign_surveillance_reviewer",
    "cast_vote",
    "confirm_suspension",
    "put_confirmation_to_vote",
    "put_restoration_to_vote",
    "put_maintain_to_vote",
)


class Contents:
    """Random contents of acts, most of them sensible, some not."""

    def __init__(self, walk: LabelWalk, chance: Random) -> None:
        self.walk, self.chance = walk, chance

    def content(self, kind: str) -> dict[str, Any]:
        fields = set(LABEL.acts[kind].model_fields)
        return {name: value for name, value in self.values(kind).items() if name in fields}

    def values(self, kind: str) -> dict[str, Any]:
        life, one_of = self.walk.state, self.chance.choice
        number = one_of((1, len(life.surveillances) or 1))
        votes = life.motions
        return {
            **self.walk.live_check(),
            "surveillance": number,
            "incidents": one_of((None, False, True)),
            "incident_report": one_of((None, text())),
            "successor": NEW_LABEL,
            "complaint": one_of(("complaint-1", "complaint-2")),
            "appeal": one_of(("appeal-1", "appeal-2")),
            "state": one_of(("opened", "upheld")),
            "declaration": text(),
            "build_digest": one_of((BUILD, BUILD, sha256("other"))),
            "reviewer": one_of((*JUDGES, *EXPERTS, *MEMBERS)).person,
            "areas": ("ethics_or_law",),
            "accepts": self.chance.random() < 0.8,
            "findings": self.findings(),
            "because": one_of(GROUNDS),
            "reasons": text(),
            "restoration": text(),
            "ground": one_of((None, text())),
            "answer": text(),
            "protocol": text(),
            "scope": text(),
            "changed": (one_of(("data", "model", "languages")),),
            "statement": text(),
            "person": one_of((*life.shares, *life.electors)),
            "new_application": "case-2",
            "days": one_of((30, 90, 91)),
            "cause": one_of(("sample", "incident")),
            "quarter": "2026-Q3",
            "has_interest": kind == "declare_matter_interests" and self.chance.random() < 0.1,
            "motion": one_of((len(votes) or 1, 1)),
            "choice": one_of((Voice.IN_FAVOUR, Voice.IN_FAVOUR, Voice.AGAINST, Voice.ABSTAIN)),
            "object_digest": votes[-1].object_digest if votes else sha256("none"),
            "reason": text(),
            "item": "E99",
            **(self.walk.offered(one_of(life.met)) if kind == "offer_fresh_evidence" else {}),
        }

    def findings(self) -> tuple[Finding, ...]:
        verdict = self.chance.choice((Verdict.MET, Verdict.MET, Verdict.NOT_MET))
        if self.walk.state.surveillances:
            return self.walk.findings(verdict)
        return (Finding(criterion="I-1.1-01", verdict=verdict, rationale=text(), cited=("E1",)),)


class Life(RuleBasedStateMachine):
    """One label; everyone tries everything."""

    @initialize(tier=st.sampled_from([Tier.LOW, Tier.HIGH, Tier.CRITICAL]), opened=st.booleans())
    def begin(self, tier: Tier, opened: bool) -> None:
        self.walk = LabelWalk(tier)
        self.walk.members = SEATED
        if opened:
            self.walk.to_surveillance()
        self.walk.renewal = RenewalFacts(application="case-2", organisation=ORGANISATION, renews=self.walk.subject)
        self.ended: LabelLife | None = None

    def teardown(self) -> None:
        event(f"ends {self.walk.state.standing}")

    def try_act(self, kind: str, who: PersonFacts, **content: Any) -> bool:
        """Do an act; a refused one must change nothing, and a taken one its page must have offered."""
        before, count = self.walk.state, len(self.walk.events)
        try:
            self.walk.act(kind, who, **content)
        except ProcedureError:
            assert self.walk.state is before
            assert len(self.walk.events) == count
            return False
        assert kind in ENGINES or LABEL.may(kind, before, who, self.walk.rules)
        return True

    @rule(kind=st.sampled_from(KINDS), who=st.sampled_from(PEOPLE), seed=SEEDS)
    def anyone_tries_anything(self, kind: str, who: PersonFacts, seed: int) -> None:
        chance = Random(seed)  # noqa: S311  # no secret
        if kind in RARE and chance.random() < 0.9:
            return
        actor = ENGINE_ITSELF if kind in ENGINES else who
        self.try_act(kind, actor, **Contents(self.walk, chance).content(kind))

    @rule(seed=SEEDS)
    def the_label_goes_on(self, seed: int) -> None:
        contents = Contents(self.walk, Random(seed))  # noqa: S311  # no secret
        for who in PEOPLE:
            self.try_act("declare_matter_interests", who, has_interest=False)
        for kind in STRAIGHT_ON:
            taken = [self.try_act(kind, who, **contents.content(kind)) for who in PEOPLE]
            if any(taken):
                return

    @rule(days=st.sampled_from([0, 1, 10, 31, 95]))
    def time_passes(self, days: int) -> None:
        self.walk.pass_time(days=days)

    @invariant()
    def folding_what_happened_gives_the_label(self) -> None:
        state = None
        for one in self.walk.events:
            state = LABEL.evolve(state, one)
        assert state == self.walk.state
        assert self.walk.state.entry == len(self.walk.events)
        assert LabelLife.model_validate_json(self.walk.state.model_dump_json()) == self.walk.state

    @invariant()
    def standing_goes_only_where_it_may_and_its_version_never_back(self) -> None:
        steps = self.walk.state.steps
        assert [step.version for step in steps] == list(range(1, len(steps) + 1))
        assert steps[-1].standing == self.walk.state.standing
        for before, after in pairwise(steps):
            assert after.standing in NEXT[before.standing]
            assert after.at >= before.at

    @invariant()
    def an_end_is_never_left(self) -> None:
        life = self.walk.state
        if self.ended is not None:
            assert (life.standing, life.steps, life.motions) == (
                self.ended.standing, self.ended.steps, self.ended.motions,
            )  # fmt: skip
        elif life.standing.is_final:
            assert life.is_over
            assert life.open_motion is None
            self.ended = life

    @invariant()
    def the_clock_has_nothing_left_to_do_now(self) -> None:
        life, rules = self.walk.state, self.walk.rules
        assert LABEL.due(life, self.walk.now, rules) == ()
        due_at = LABEL.next_due_at(life, rules)
        assert (due_at is None) == life.is_over
        assert due_at is None or due_at > self.walk.now

    @invariant()
    def each_regular_surveillance_is_opened_once_and_not_before_it_is_due(self) -> None:
        regular = [one for one in self.walk.state.surveillances if one.cause == "regular"]
        assert len({one.due_at for one in regular}) == len(regular)
        assert all(one.due_at is not None and one.opened_at >= one.due_at for one in regular)

    @invariant()
    def nobody_who_evaluated_or_is_tied_decides(self) -> None:
        life = self.walk.state
        for vote in life.motions:
            assert TIED.person not in vote.electorate
            assert BOTH.person not in vote.electorate
            assert vote.ballots.keys() <= set(vote.base)
        for number, judging in life.judging.items():
            vote = next((one for one in life.motions if one.is_open), None)
            if vote is not None and life.proposal and life.proposal.surveillance == number:
                assert not judging.judges & set(vote.base)

    @invariant()
    def a_withdrawal_was_voted_on_after_its_notice(self) -> None:
        life = self.walk.state
        if life.standing == Standing.WITHDRAWN:
            assert life.notice is not None
            vote = life.last_motion("withdraw")
            assert vote.carried
            assert life.notice.ground or life.notice.answered_at or vote.opened_at >= life.notice.due_at

    @invariant()
    def a_suspension_at_once_was_made_by_two_members(self) -> None:
        proposed = None
        for one in self.walk.events:
            proposed = one.actor if one.kind == "suspension_proposed" else proposed
            if one.kind == "label_suspended" and one.actor != "engine":
                assert one.actor != proposed
                assert MEMBERS[0].person in {one.actor, proposed}


def test_after_the_end_only_what_stands_in_the_table_is_taken() -> None:
    assert AFTER_THE_END <= ENGINES


Life.TestCase.settings = settings(
    max_examples=15, stateful_step_count=20, deadline=None, phases=(Phase.explicit, Phase.generate, Phase.shrink)
)
TestLife = Life.TestCase
