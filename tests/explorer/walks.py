"""The walks to where explorations begin, and the acts that people may send from there, all under keys that stay."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Self

from certify.procedure.lodging import EDITION
from schemas.act import Act
from schemas.people import InstitutionFacts, PersonFacts
from schemas.scheme import Scheme, Tier
from schemas.signed_acts import Countersigned, Passkey
from schemas.stages import Choice
from tests.builders import MEMBERS, SECRETARY, Walk, lodged, sha256, text
from tests.small_scheme import pin, small
from workflows.casework import CaseFile, Casework
from workflows.rules.case.procedure import CERTIFICATION

WITHOUT_SEAT = "without-seat-"
"""How the keys of acts by former members begin."""
PEOPLE = {member.person[-1]: member for member in MEMBERS}
BEYOND = timedelta(days=400)
"""What is due later than this from now is no time of an exploration."""


@cache
def tiny(*, base_min: int, reminders: tuple[int, ...]) -> Scheme:
    """Return a scheme with two criteria, one for a reviewer and one for the Register, and a small Commission.

    Args:
        base_min: of every tier, and the size of the group that decides a dispute.
        reminders: days before a deadline; each is a time of its own at which all else can happen.
    """
    rules = small("I-1.1-01", "II-2.2-01").rules
    recusal = rules.common.recusal.model_copy(update={"base_min": dict.fromkeys(Tier, base_min)})
    dispute = rules.common.tier_dispute.model_copy(update={"group_size": base_min})
    common = rules.common.model_copy(update={"recusal": recusal, "tier_dispute": dispute})
    # Clocks that only remind: each would be one more time at which all else can happen.
    only_remind = dict.fromkeys(("planning_working_days", "round_opening_working_days"), BEYOND.days)
    clocks = rules.clocks.model_copy(update={"reminders_days_before": reminders, **only_remind})
    tiers = {
        tier: figures.model_copy(
            update={
                "reviewers": figures.reviewers.model_copy(update={"count": 1, "areas": ("ethics_or_law",)}),
                "reviews_per_criterion": 1,
            }
        )
        for tier, figures in rules.tiers.items()
    }
    changed = rules.model_copy(update={"common": common, "clocks": clocks, "tiers": tiers})
    return small("I-1.1-01", "II-2.2-01").model_copy(update={"rules": changed})


def passkey(of: str) -> Passkey:
    """A receipt of a passkey; the procedure believes it, because it was verified before the act was sent."""
    return Passkey(
        nonce=sha256(of)[:43],
        credential_id="key",
        authenticator_data="data",
        client_data_json="client",
        signature="sig",
    )


class TinyWalk(Walk):
    """A walk on a tiny scheme; its acts have keys and receipts that stay the same from run to run."""

    def __init__(self, one: Scheme, tier: Tier, members: int, substitutes: int = 0, **changes: Any) -> None:
        super().__init__(tier, members=members, edition=EDITION)
        self.rules = one.rules
        self.lodged = lodged(tier, scheme=pin(one), **changes)
        self.substitutes = MEMBERS[members : members + substitutes]
        self.done: list[tuple[datetime, Act | None]] = []

    def build(self, kind: str, who: PersonFacts, **content: Any) -> Act:
        content.setdefault("act_id", f"{kind}-{len(self.sent) + 1}")
        if kind in {"cast_ballot", "release_label", "record_third_party_report"}:
            content.setdefault("proof", passkey(content["act_id"]))
        if kind == "open_round":
            everyone = {one.person: one for one in (*self.members, *self.substitutes)}
            elected = InstitutionFacts(commission=_ids(self.members), substitutes=_ids(self.substitutes), entry=1)
            content = {"people": everyone, "institution": elected, **content}
        return super().build(kind, who, **content)

    def act(self, kind: str, who: PersonFacts, **content: Any) -> Self:
        super().act(kind, who, **content)
        self.done.append((self.now, self.sent[-1]))
        return self

    def pass_time(self, **by: float) -> Self:
        super().pass_time(**by)
        self.done.append((self.now, None))
        return self

    def file(self) -> CaseFile:
        """What the walk did, done by the real case."""
        work = Casework(CaseFile(application="case-1", rules=self.rules), CERTIFICATION)
        for now, act in self.done:
            if act is None:
                work.let_time_pass(now)
            else:
                work.take(act, now)
        return work.file

    def again(self) -> "TinyWalk":
        """Another walk that came to the same place, to look ahead with."""
        other = TinyWalk.__new__(TinyWalk)
        other.__dict__.update(self.__dict__)
        other.events, other.sent, other.done = [*self.events], [*self.sent], [*self.done]
        return other

    def declared(self, *people: PersonFacts) -> Self:
        """Let people declare that they have no interest."""
        for one in people:
            if not self.case.has_declared_none(one.person):
                self.act("declare_interests", one, has_interest=False, act_id=f"none-{one.person}")
        return self


def _ids(people: Iterable[PersonFacts]) -> tuple[str, ...]:
    return tuple(one.person for one in people)


def ballots(walk: TinyWalk, round_: int, manifest: str | None = None, **choices: Choice) -> dict[str, Act]:
    """Ballots of members in a round, by the letter of each; on the manifest in force unless said otherwise."""
    assert walk.case.manifest is not None
    on = {"manifest_digest": manifest or walk.case.manifest.digest, "scheme_digest": walk.lodged.scheme.digest}
    return {
        f"{name} votes to {choice} in round {round_}": walk.build(
            "cast_ballot",
            PEOPLE[name[0]],
            round=round_,
            **on,
            choice=choice,
            grounds=("I-1.1-01",) if choice == Choice.REFUSE else (),
            reasons=text("Supplement it.") if choice == Choice.SEND_BACK else None,
            act_id=f"ballot-{name}-{round_}",
        )
        for name, choice in choices.items()
    }


def twin(walk: TinyWalk, round_: int, **choices: Choice) -> dict[str, Act]:
    """Another ballot under the key of the first."""
    return {f"{name}, under a used key": act for name, act in ballots(walk, round_, **choices).items()}


def vouched(walk: TinyWalk, who: PersonFacts, round_: int, ballot: Act) -> dict[str, Act]:
    """A countersignature given at once, and the ballot that rests on it."""
    receipt = Countersigned(countersigner=SECRETARY.person, countersigned_at=walk.now, authenticated_at=walk.now)
    given = walk.build("countersign", SECRETARY, person=who.person, round=round_, act_id=f"vouch-{who.person}-{round_}")
    without_key = ballot.model_copy(update={"act_id": f"{ballot.act_id}-vouched", "proof": receipt})
    return {
        f"the secretariat vouches for {who.person}": given,
        f"{who.person} votes to {without_key.choice} in round {round_}, vouched for": without_key,  # type: ignore[attr-defined]  # a ballot
    }


def interest(walk: TinyWalk, who: PersonFacts) -> dict[str, Act]:
    """Somebody finds an interest."""
    key, content = f"interest-{who.person}", {"has_interest": True, "statement": text("A cousin.")}
    return {f"{who.person} declares an interest": walk.build("declare_interests", who, **content, act_id=key)}


def no_interest(walk: TinyWalk, who: PersonFacts) -> dict[str, Act]:
    """Somebody declares that they have no interest."""
    act = walk.build("declare_interests", who, has_interest=False, act_id=f"none-{who.person}")
    return {f"{who.person} declares no interest": act}


def reported(walk: TinyWalk, whose: PersonFacts, by: PersonFacts, *second: PersonFacts) -> dict[str, Act]:
    """Somebody reports an interest of another, and others try to confirm or to reject it, the two among them."""
    people = {whose.person: whose}
    report = walk.build(
        "report_undeclared_interest", by, person=whose.person, statement=text("A cousin."), people=people,
        act_id=f"report-{whose.person}",
    )  # fmt: skip
    found = {f"{by.person} reports an interest of {whose.person}": report}
    for one in second:
        for verb, more in (("confirm", {}), ("reject", {"reasons": text("Another person.")})):
            key = f"{verb}-{whose.person}-{one.person}"
            act = walk.build(f"{verb}_undeclared_interest", one, person=whose.person, **more, act_id=key)
            found[f"{one.person} {verb}s it"] = act
    return found


def without_seat(ballots_: dict[str, Act]) -> dict[str, Act]:
    """The same ballots by members who gave up the seat since; who they are to the record else stays as it was."""
    gone = InstitutionFacts(commission=(), substitutes=(), entry=2)
    return {
        f"{name}, without a seat": act.model_copy(update={"institution": gone, "act_id": f"{WITHOUT_SEAT}{act.act_id}"})
        for name, act in ballots_.items()
    }


def open_rounds(walk: TinyWalk, *rounds: int) -> dict[str, Act]:
    """Openings of rounds, each under its own key."""
    return {
        f"the secretariat opens a round ({number})": walk.build("open_round", SECRETARY, act_id=f"open-{number}")
        for number in rounds
    }


def recuse(walk: TinyWalk, who: PersonFacts) -> dict[str, Act]:
    """Somebody leaves the electorate."""
    return {f"{who.person} leaves": walk.build("recuse", who, reason=text("Advice."), act_id=f"recuse-{who.person}")}
