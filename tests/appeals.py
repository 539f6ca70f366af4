"""Walks an appeal through the pure rules, so that a test changes one thing.

appeal = AppealWalk().lodged().heard().drawn().declared().state
"""

from datetime import timedelta
from typing import Any, Self

from schemas.act import Act
from schemas.appeal import Against, AppealOutcome, ChallengedFacts, PanelFacts
from schemas.identifiers import appeal_id
from schemas.people import InstitutionFacts, PersonFacts, Role
from schemas.scheme import Tier
from schemas.voting import Voice
from tests.builders import APPLICANT, EXPERTS, MEMBERS, ORGANISATION, SECRETARY, START, person, sha256, text
from tests.matters import MatterWalk
from workflows.rules.matter.appeal_kernel import APPEAL
from workflows.rules.matter.appeal_panels import sitting

POOL = tuple(person(f"judge-{letter}", Role.APPEAL_MEMBER) for letter in "abcdefghi")
STREAM = "case/case-1"
NUMBER = 42
LODGED = sha256("the entry that lodged it")
TOOK_PART = (EXPERTS[0].person, MEMBERS[0].person, SECRETARY.person)
LABEL = "7Q2MXK4T0B9DHE3W"


def challenged(**changes: Any) -> ChallengedFacts:
    """What the record says of a refusal."""
    usual: dict[str, Any] = {"against": Against.REFUSED, "organisation": ORGANISATION, "done_at": START}
    return ChallengedFacts(**{**usual, **changes})


class AppealWalk(MatterWalk):
    """Walks one appeal; every step is an act of a person."""

    def __init__(self, pool: tuple[PersonFacts, ...] = POOL[:7], **changes: Any) -> None:
        super().__init__(APPEAL, appeal_id(STREAM, NUMBER))
        self.pool = pool
        self.challenged = challenged(**changes)
        self.around = PanelFacts(took_part=TOOK_PART, lodged=LODGED)
        self.now = START + timedelta(days=10)

    def build(self, kind: str, who: PersonFacts, **content: Any) -> Act:
        facts: dict[str, Any] = {}
        if kind == "lodge_appeal":
            facts = {"stream": STREAM, "number": NUMBER, "grounds": text("It reads."), "challenged": self.challenged}
        elif kind in {"draw_panel", "put_appeal_to_vote"}:
            facts = {"around": self.around}
        return super().build(kind, who, **{**facts, **content})

    def lodged(self, who: PersonFacts = APPLICANT, **content: Any) -> Self:
        """Appeal."""
        return self.act("lodge_appeal", who, **content)

    def heard(self) -> Self:
        """State the body's side."""
        return self.act("file_body_statement", SECRETARY, statement=text("It does not."))

    def drawn(self, **content: Any) -> Self:
        """Draw the panel."""
        return self.act("draw_panel", SECRETARY, **content)

    def panel(self) -> tuple[PersonFacts, ...]:
        """Who sits now."""
        return tuple(one for one in self.pool if one.person in sitting(self.state))

    def declared(self) -> Self:
        """Let everyone on the panel declare that they have no interest."""
        for member in self.panel():
            if not self.state.has_declared_none(member.person):
                self.act("declare_matter_interests", member, has_interest=False)
        return self

    def to_vote(self, **content: Any) -> Self:
        """Go on until the panel votes."""
        return self.lodged(**content).heard().drawn().declared().act("put_appeal_to_vote", SECRETARY)

    def decided(self, choice: Voice = Voice.IN_FAVOUR) -> Self:
        """Let the panel vote the same, and give its reasons."""
        self.carried(choice)
        assert self.state.voted in set(AppealOutcome)
        return self.act(
            "give_appeal_reasons", self.panel()[0], reasons=text("So it is."), public_reason=text("In short.")
        )


def walk_of(tier: Tier = Tier.LOW, **changes: Any) -> AppealWalk:
    """A walk before anything was lodged, against an act of a tier."""
    return AppealWalk(**{"tier": tier, **changes})


def institution(
    pool: tuple[PersonFacts, ...], *, commission: tuple[PersonFacts, ...] = MEMBERS[:7]
) -> InstitutionFacts:
    """Who holds which seat."""
    return InstitutionFacts(
        commission=tuple(one.person for one in commission), appeal_pool=tuple(one.person for one in pool)
    )
