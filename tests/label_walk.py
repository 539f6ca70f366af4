"""Walks the life of a label through the pure rules, so that a test changes one thing.

LabelWalk().pass_time(days=366).handed_in().judged().maintained().state
"""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, Self

from schemas.act import Act
from schemas.clocks import Clock
from schemas.evidence import Maker
from schemas.label_facts import CertifiedFacts, RecordFacts, RenewalFacts, SampleFacts
from schemas.people import PersonFacts, Role
from schemas.review import Finding
from schemas.scheme import Tier
from schemas.scheme_tiers import SurveillanceAsk
from schemas.stages import Verdict
from tests.builders import (
    APPLICANT,
    AREAS,
    LABEL_OFFICER,
    ORGANISATION,
    SECRETARY,
    Walk,
    issued_label,
    person,
    scheme,
    sha256,
    text,
)
from tests.matters import MatterWalk
from workflows.rules.case.attestation import attest
from workflows.rules.deadlines import last_second_after_months
from workflows.rules.label.beginnings import begin_life_content
from workflows.rules.label.clocks import clocks_of
from workflows.rules.label.editions import EDITION
from workflows.rules.label.kernel import LABEL
from workflows.rules.label.surveillance_asks import lacks_live_check

LABEL_ID = "0123456789ABCDEF"
NEW_LABEL = "ZZ23456789ABCDEF"
BUILD = sha256("build")
SAFE_ANSWERS: dict[str, int | None] = dict.fromkeys(scheme().rules.questions, 0)
"""Answers of today by which the risk is low."""
JUDGES = tuple(person(name, Role.EXPERT, areas=AREAS) for name in ("julia", "jonas", "jakob"))
CHECKED_AGAIN = {"put_maintain_to_vote", "put_restoration_to_vote"}
ENGINE_ITSELF = PersonFacts(person="engine")
EXPIRING = "I-1.3-01"
"""A criterion of every tier; `LabelWalk(expires=…)` gives its evidence an end."""


def granted(tier: Tier = Tier.LOW, expires: date | None = None, edition: int = 1, **ballots: Any) -> Walk:
    """A case whose label was issued, of a product with a build digest."""
    walk = Walk(tier, edition=edition)
    walk.lodged = walk.lodged.model_copy(
        update={"system": walk.lodged.system.model_copy(update={"build_digest": BUILD})}
    )
    walk.to_intake().offer(EXPIRING, expires=expires).with_evidence().act("accept_application", SECRETARY)
    walk.to_planning = lambda: walk  # type: ignore[method-assign]  # it is there already
    walk.to_grant(**ballots)
    if tier == Tier.CRITICAL:
        walk.act("declare_interests", LABEL_OFFICER, has_interest=False).act("release_label", LABEL_OFFICER)
    expires_at = last_second_after_months(walk.now, walk.rules.tiers[tier].validity_months)
    label = issued_label(walk.case).model_copy(update={"expires_at": expires_at})
    return walk.take((attest(walk.case, label, walk.now),))


@lru_cache
def begin_content(tier: Tier = Tier.LOW, expires: date | None = None) -> dict[str, Any]:
    """What the case of a tier hands to its label's life."""
    return begin_life_content(granted(tier, expires).case)


@lru_cache
def certified(tier: Tier = Tier.LOW, expires: date | None = None) -> CertifiedFacts:
    """What findings about the label of a tier's case are held against."""
    case = granted(tier, expires).case
    return CertifiedFacts(version=case.lodged.system.version, lodged_at=case.lodged_at, items=case.evidence)


class LabelWalk(MatterWalk):
    """Walks one label from its first day; every step is an act of a person or of the engine."""

    def __init__(
        self,
        tier: Tier = Tier.LOW,
        *,
        expires: date | None = None,
        subject: str = LABEL_ID,
        begun_at: datetime | None = None,
        **changes: Any,
    ) -> None:
        super().__init__(LABEL, subject=subject, members=9)
        self.now = begun_at or self.now
        self.open_complaints = 0
        self.renewal: RenewalFacts | None = None
        self.sample: SampleFacts | None = None
        self.judges = JUDGES
        self.certified = certified(tier, expires)
        self.act("begin_life", ENGINE_ITSELF, **{**begin_content(tier, expires), **changes})

    @classmethod
    def from_content(cls, subject: str, content: dict[str, Any]) -> Self:
        """A label that another one told to begin."""
        return cls(subject=subject, **content)

    def build(self, kind: str, who: PersonFacts, **content: Any) -> Act:
        """An act with its facts, as the procedure would send it."""
        around = RecordFacts(
            open_complaints=self.open_complaints,
            renewal=self.renewal,
            sample=self.sample,
            certified=self.certified if kind == "judge_surveillance" else None,
            judges={one.person: one for one in self.judges} if kind in CHECKED_AGAIN else None,
            edition=EDITION,
        )
        facts = {"around": around} if "around" in LABEL.acts[kind].model_fields else {}
        return super().build(kind, who, **{**facts, "people": self.people, **content})

    @property
    def people(self) -> dict[str, PersonFacts]:
        """Everyone whose facts an act may come with."""
        return {one.person: one for one in (*self.members, *self.pool, *JUDGES)}

    def pass_time(self, **by: float) -> Self:
        """Let time pass as the workflow does: stop at every moment at which something may follow."""
        return self.until(self.now + timedelta(**by))

    def until(self, moment: datetime) -> Self:
        """Let time pass until a moment."""
        while (due_at := self.kernel.next_due_at(self.state, self.rules)) is not None and due_at <= moment:
            self.now = max(self.now, due_at)
            events = self.kernel.due(self.state, self.now, self.rules)
            assert events, f"nothing follows at {due_at}"
            self.take(events)
        self.now = moment
        return self

    def to_surveillance(self) -> Self:
        """Let time pass until the next regular surveillance is opened."""
        return self.until(self.clocks()["surveillance"].due_at)

    def kept_until(self, moment: datetime) -> Self:
        """Let time pass until a moment, with every surveillance on the way handed in, judged and maintained."""
        while (clock := self.clocks().get("surveillance")) is not None and clock.due_at <= moment:
            self.to_surveillance().handed_in().judged().maintained()
        return self.until(max(moment, self.now))

    def clocks(self) -> dict[str, Clock]:
        """The deadlines that run now, by name."""
        return {one.name: one for one in clocks_of(self.state, self.rules)}

    def offered(self, criterion: str, **changes: Any) -> dict[str, Any]:
        """A fresh file for one criterion of the last surveillance."""
        name = changes.pop("file", f"fresh-{criterion}-{len(self.state.items)}.pdf")
        return {
            "surveillance": len(self.state.surveillances) or 1,
            "file": name,
            "type": self.rules.criteria[criterion].evidence[0],
            "criteria": (criterion,),
            "made_by": Maker(kind="applicant"),
            "effective": self.now.date(),
            "covers_version": "1.2.0",
            "confidentiality": "internal",
            "digest_of_file": sha256(name),
            "stored_digest": sha256(name),
            "size": 1000,
            **changes,
        }

    def offer(self, criterion: str, **changes: Any) -> Self:
        """Offer one fresh file for one criterion of the last surveillance."""
        return self.act("offer_fresh_evidence", APPLICANT, **self.offered(criterion, **changes))

    def handed_in(self, **changes: Any) -> Self:
        """Offer what ran out, and hand in the last surveillance."""
        for criterion in self.state.surveillances[-1].renew:
            self.offer(criterion)
        if SurveillanceAsk.TEST_RESULTS in self.state.surveillances[-1].asks:
            self.offer(self.state.surveillances[-1].criteria[0], type="test_report")
        return self.act("submit_surveillance", APPLICANT, **{**self.submission(), **changes})

    def submission(self) -> dict[str, Any]:
        """All that the last surveillance asks the holder to say."""
        return {
            "surveillance": len(self.state.surveillances) or 1,
            "declaration": text(),
            "build_digest": BUILD,
            "incidents": False,
            "incident_report": text(),
        }

    def live_check(self, **changes: Any) -> dict[str, Any]:
        """A check of the system in use, for the last surveillance."""
        return {
            "surveillance": len(self.state.surveillances) or 1,
            "held_on": self.now.date(),
            "participants": text(),
            "shown": text(),
            "observed": text(),
            **changes,
        }

    def staffed(self, *judges: PersonFacts) -> Self:
        """Have experts asked for the last surveillance declare, and say yes."""
        number = len(self.state.surveillances)
        for judge in judges:
            self.act(
                "assign_surveillance_reviewer", SECRETARY,
                surveillance=number, reviewer=judge.person, areas=("ethics_or_law",),
            )  # fmt: skip
            if not self.state.has_declared_none(judge.person):
                self.act("declare_matter_interests", judge, has_interest=False)
            self.act("answer_surveillance_assignment", judge, surveillance=number, accepts=True)
        return self

    def findings(self, verdict: Verdict = Verdict.MET, *, only: str | None = None) -> tuple[Finding, ...]:
        """Findings on every criterion of the last surveillance; `only` one of them is not met."""
        return tuple(
            Finding(
                criterion=criterion,
                verdict=verdict if only in {None, criterion} else Verdict.MET,
                rationale=text(),
                cited=(self._in_force(),),
            )
            for criterion in self.state.surveillances[-1].criteria
        )

    def _in_force(self) -> str:
        """An item that has not expired: of the case, or the newest of the label."""
        end = self.certified.items["E1"].expires
        return "E1" if end is None or end >= self.now.date() else next(reversed(self.state.items), "E1")

    def judged(self, verdict: Verdict = Verdict.MET) -> Self:
        """Have as many experts as the tier asks for judge the last surveillance."""
        judges = JUDGES[: self.rules.common.surveillance_judged_by.reviewers[self.state.tier]]
        self.staffed(*judges)
        for judge in judges:
            number = len(self.state.surveillances)
            if lacks_live_check(self.state, self.state.surveillances[-1], judge.person):
                self.act("record_live_check", judge, **self.live_check())
            self.act("judge_surveillance", judge, surveillance=number, findings=self.findings(verdict))
        return self

    def maintained(self) -> Self:
        """Have the panel maintain the label."""
        self.act("put_maintain_to_vote", SECRETARY, surveillance=len(self.state.surveillances))
        return self.carried()

    def suspended(self, because: str = "mark_misused") -> Self:
        """Have two members suspend the label at once, the first of whom is the chair."""
        for member in self.members[:2]:
            if not self.state.has_declared_none(member.person):
                self.act("declare_matter_interests", member, has_interest=False)
        self.act(
            "propose_suspension", self.members[0],
            because=because, reasons=text("Misused."), restoration=text("Take it down."),
        )  # fmt: skip
        return self.act("confirm_suspension", self.members[1])

    def heard(self, **changes: Any) -> Self:
        """Tell the holder that a withdrawal is intended, and have them answer."""
        notice = {"because": "requirements_not_met", "reasons": text("Tests failed."), **changes}
        self.act("give_notice_of_withdrawal", SECRETARY, **notice)
        return self.act("answer_notice_of_withdrawal", APPLICANT, answer=text("We disagree."))

    def renewal_asked(self) -> Self:
        """Let the holder ask for a renewal on the first day of its window."""
        self.kept_until(self.clocks()["renewal"].started_at)
        self.renewal = RenewalFacts(application="case-2", organisation=ORGANISATION, renews=self.subject)
        return self.act("ask_renewal", APPLICANT, new_application="case-2")

    @property
    def standings(self) -> list[str]:
        """Every standing the label has had, in order."""
        return [step.standing.value for step in self.state.steps]
