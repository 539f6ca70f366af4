"""Walks a matter through the pure rules, so that a test changes one thing.

question = MatterWalk(ETHICS_QUESTION).act("ask_commission", APPLICANT, text=text()).state
"""

from datetime import datetime, timedelta
from typing import Any, Self
from uuid import uuid4

from schemas.act import Act
from schemas.event import Event
from schemas.people import InstitutionFacts, ParticipantFacts, PersonFacts
from schemas.scheme import SchemeRules
from schemas.voting import Voice
from tests.builders import MEMBERS, ORGANISATION, START, scheme, scheme_digest, sha256
from workflows.kernel import Kernel

OPENED = sha256("the entry that opened the matter")


class MatterWalk:
    """Walks one matter; every step is an act of a person."""

    def __init__(self, kernel: Kernel[Any], subject: str = "matter-1", members: int = 7) -> None:
        self.kernel = kernel
        self.rules: SchemeRules = scheme().rules
        self.now: datetime = START
        self.subject = subject
        self.members = MEMBERS[:members]
        self.pool: tuple[PersonFacts, ...] = ()
        self.events: list[Event] = []
        self.sent: list[Act] = []
        self.state: Any = None
        self.opened: str | None = OPENED

    def build(self, kind: str, who: PersonFacts, **content: Any) -> Act:
        """An act with its facts, as the procedure would send it."""
        facts: dict[str, Any] = {
            "act_id": str(uuid4()),
            "matter": self.subject,
            "scheme_in_force": scheme_digest(),
            "people": {one.person: one for one in (*self.members, *self.pool)},
            "seated": tuple(one.person for one in self.members),
            "institution": InstitutionFacts(
                commission=tuple(one.person for one in self.members),
                chair=self.members[0].person if self.members else None,
                appeal_pool=tuple(one.person for one in self.pool),
            ),
            "participant": ParticipantFacts(
                organisation=ORGANISATION, entered_at=START, officer_named=True, officer_reachable=True, entry=1
            ),
        }
        model = self.kernel.acts[kind]
        if "seated" in model.needs and self.state is not None:
            facts["drawn_from"] = self.opened
        return model(actor=who, **{**facts, **content})

    def act(self, kind: str, who: PersonFacts, **content: Any) -> Self:
        """Do an act; raises as the rules do."""
        act = self.build(kind, who, **content)
        self.take(self.kernel.decide(self.state, act, self.now, self.rules))
        self.sent.append(act)
        return self

    def take(self, events: tuple[Event, ...]) -> Self:
        """Fold events that something brought about."""
        for event in events:
            self.state = self.kernel.evolve(self.state, event)
            self.events.append(event)
        return self

    def pass_time(self, **by: float) -> Self:
        """Let time pass and take what follows from it."""
        self.now += timedelta(**by)
        return self.take(self.kernel.due(self.state, self.now, self.rules))

    def voters(self) -> tuple[PersonFacts, ...]:
        """Who may vote on the open motion."""
        vote = self.state.open_motion
        return tuple(one for one in (*self.members, *self.pool) if vote is not None and one.person in vote.base)

    def all_declare(self) -> Self:
        """Let every elector declare that they have no interest."""
        for voter in self.voters():
            if not self.state.has_declared_none(voter.person):
                self.act("declare_matter_interests", voter, has_interest=False)
        return self

    def vote(self, who: PersonFacts, choice: Voice = Voice.IN_FAVOUR, **changes: Any) -> Self:
        """Cast one vote on what is voted on."""
        motion = self.state.motions[-1]
        content = {"motion": motion.number, "choice": choice, "object_digest": motion.object_digest}
        return self.act("cast_vote", who, **{**content, **changes})

    def carried(self, choice: Voice = Voice.IN_FAVOUR) -> Self:
        """Let everyone declare and vote the same."""
        self.all_declare()
        for voter in self.voters():
            self.vote(voter, choice)
        return self

    def kinds(self) -> list[str]:
        """What happened, in order."""
        return [event.kind for event in self.events]
