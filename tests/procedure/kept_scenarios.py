"""The ways of cases and labels of which histories are kept, by edition (`scripts/keep_histories.py`)."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from schemas.case import Countersignature
from schemas.people import Role
from schemas.scheme import Tier
from schemas.signed_acts import Countersigned
from schemas.stages import Choice, Stage, Verdict
from tests.builders import (
    APPLICANT,
    AREAS,
    EXPERTS,
    LABEL_OFFICER,
    MEMBERS,
    SECRETARY,
    THIRD_PARTY,
    Walk,
    person,
    text,
)
from tests.label_walk import JUDGES
from tests.procedure.conftest import Procedure
from tests.procedure.labels import LabelInTemporal
from workflows.rules.case.standing import outstanding_lookups

PlayCase = Callable[[Procedure], Awaitable[None]]
LiveLabel = Callable[[LabelInTemporal], Awaitable[None]]
OTHER_SECRETARY = person("sven", Role.SECRETARIAT)
SUBSTITUTES = tuple(person(name, Role.EXPERT, areas=AREAS) for name in ("enid", "erna"))
BACK_AND_FORTH = 70
"""So often evidence is offered and taken back until a run has more than `CONTINUE_AFTER_EVENTS` events."""


async def granted_low(case: Procedure) -> None:
    """Every stage of the low tier, to a label."""
    await case.grant()


async def granted_critical(case: Procedure) -> None:
    """Three reviewers, a third party's report, a released label."""
    await case.grant(Tier.CRITICAL)
    await case.record.holds(case.stream, "decision_taken")
    await case.act("declare_interests", LABEL_OFFICER, has_interest=False)
    await case.act("release_label", LABEL_OFFICER)


async def refused(case: Procedure) -> None:
    """One criterion is not met; the Commission refuses with its grounds."""
    await case.follow(Walk().to_decision(I_1_1_01=Verdict.NOT_MET))
    await case.act("open_round", SECRETARY)
    vote = await case.round()
    for member in MEMBERS:
        if member.person in vote.electorate:
            await case.act("declare_interests", member, has_interest=False)
            await case.act(
                "cast_ballot", member, round=vote.number, choice=Choice.REFUSE, grounds=("I-1.1-01",),
                manifest_digest=vote.manifest_digest, scheme_digest=vote.scheme_digest,
            )  # fmt: skip


async def declined_by_gate(case: Procedure) -> None:
    """Gate G1: the rule declines at once."""
    gates = {"G1": "no", "G2": "no", "G3": "yes", "G4": "no", "G5": "none"}
    await case.follow(Walk(gates=gates).to_intake())


async def lapsed(case: Procedure) -> None:
    """Accepted, and nothing handed in by the clock."""
    await case.follow(Walk().to_intake().act("accept_application", SECRETARY))
    await case.pass_time(days=59)
    await case.pass_time(days=2)


async def withdrawn(case: Procedure) -> None:
    """The applicant leaves while the round is open."""
    await case.follow(Walk().to_round().act("withdraw_application", APPLICANT))


async def continued_as_new(case: Procedure) -> None:
    """So many acts that the case goes on in a second run, where the applicant leaves."""
    walk = Walk().to_intake()
    for _ in range(BACK_AND_FORTH):
        walk.offer("I-1.1-01")
        walk.act("withdraw_evidence", APPLICANT, item=max(walk.case.evidence, key=lambda item: int(item[1:])))
    walk.act("withdraw_application", APPLICANT)
    await case.follow(walk)


async def corrected_critical(case: Procedure) -> None:
    """Edition 2: a nonconformity, its correction, three reviewers again, nine votes, a release, the label told."""
    walk = Walk(Tier.CRITICAL, members=9, edition=2)
    case.walk.members = walk.members
    walk.to_correction(I_1_1_01=Verdict.NOT_MET).corrected("I-1.1-01").reviewed(EXPERTS).advised()
    await case.follow(walk)
    await case.record.reaches(case.stream, len(walk.events))
    await case.vote(*[Choice.GRANT] * 9)
    await case.act("declare_interests", LABEL_OFFICER, has_interest=False)
    await case.act("release_label", LABEL_OFFICER)


async def not_corrected(case: Procedure) -> None:
    """Edition 2: a correction that never comes, past every clock; the applicant leaves."""
    await case.follow(Walk(edition=2).to_correction(I_1_1_01=Verdict.PARTLY_MET))
    await case.pass_time(days=61)
    await case.pass_time(days=31)
    await case.record.holds(case.stream, "correction_ended")
    await case.act("withdraw_application", APPLICANT, reasons=text())


async def reopened(case: Procedure) -> None:
    """Edition 2: the signer refuses, the Commission decides anew, the label is signed."""
    case.signer.refuses = "other_scheme"
    await case.grant()
    await case.record.holds(case.stream, "decision_reopened")
    await case.vote(*[Choice.GRANT] * 3)


async def heard(case: Procedure) -> None:
    """Edition 2: ballots call a hearing, which its clock waives; the applicant leaves."""
    await case.follow(Walk(Tier.MEDIUM, edition=2).to_recommendation().recommended())
    await case.vote(*[Choice.ABSTAIN] * 7)
    await case.record.holds(case.stream, "hearing_called")
    await case.pass_time(days=11)
    await case.record.holds(case.stream, "hearing_waived")
    await case.act("withdraw_application", APPLICANT, reasons=text())


async def vouched_for(case: Procedure) -> None:
    """Edition 3: two sign their ballots with a passkey; for one who has none at hand the secretariat vouches."""
    await case.follow(Walk(edition=3).to_decision())
    await case.act("open_round", SECRETARY)
    vote = await case.round()
    *others, last = (member for member in MEMBERS if member.person in vote.electorate)
    await case.act("countersign", SECRETARY, person=last.person, round=vote.number)
    await case.record.holds(case.stream, "countersigned")
    given = Countersignature.model_validate(case.record.streams[case.stream][-1].body["countersignature"])
    receipt = Countersigned(countersigner=given.by, countersigned_at=given.at, authenticated_at=given.at)
    for member, proof in (*((one, {}) for one in others), (last, {"proof": receipt})):
        await case.act("declare_interests", member, has_interest=False)
        await case.act(
            "cast_ballot", member, round=vote.number, choice=Choice.GRANT,
            manifest_digest=vote.manifest_digest, scheme_digest=vote.scheme_digest, **proof,
        )  # fmt: skip


async def reported_again(case: Procedure) -> None:
    """Edition 4: the third party signs its report, the evidence is corrected, it signs another, and the label comes."""
    walk = Walk(Tier.CRITICAL, members=9, edition=4).to_evaluation()
    case.walk.members = walk.members
    walk.act("draw_third_party", SECRETARY).act("declare_interests", THIRD_PARTY, has_interest=False)
    walk.act("record_third_party_report", THIRD_PARTY, report=text(), summary=text())
    walk.reviewed(EXPERTS, I_1_1_01=Verdict.NOT_MET).corrected("I-1.1-01").reviewed(EXPERTS)
    walk.act("record_third_party_report", THIRD_PARTY, report=text("Again"), summary=text("Again")).recommended()
    await case.follow(walk.act("record_hearing", SECRETARY, protocol=text()))
    await case.record.reaches(case.stream, len(walk.events))
    await case.vote(*[Choice.GRANT] * 9)
    await case.act("declare_interests", LABEL_OFFICER, has_interest=False)
    await case.act("release_label", LABEL_OFFICER)


async def looked_up_again(case: Procedure) -> None:
    """Edition 4: who recorded the lookups finds an interest while a round is open; another records them again."""
    walk = Walk(Tier.MEDIUM, edition=4).to_round()
    walk.act("declare_interests", SECRETARY, has_interest=True, statement=text())
    for criterion in outstanding_lookups(walk.case):
        cited = tuple(item.id for item in walk.case.items.values() if criterion in item.criteria)
        content = {"criterion": criterion, "verdict": Verdict.MET, "rationale": text(), "cited": cited}
        walk.act("record_lookup", OTHER_SECRETARY, **content)
    await case.follow(walk.act("withdraw_application", APPLICANT, reasons=text()))


async def demonstrated(case: Procedure) -> None:
    """Edition 4: a reviewer records a demonstration and rests a finding on it; its manifest carries the label."""
    walk = Walk(edition=4)
    walk.now = datetime.now(UTC)  # a protocol is of a day on which its reviewer was asked already
    walk.to_evaluation().demonstrated(EXPERTS[0], "I-1.1-01").confirmed()
    findings = tuple(
        one.model_copy(update={"protocols": ("P1",)}) if one.criterion == "I-1.1-01" else one
        for one in walk.findings(EXPERTS[0].person)
    )
    await case.follow(walk.act("submit_review", EXPERTS[0], findings=findings).advised())
    await case.record.reaches(case.stream, len(walk.events))
    await case.vote(*[Choice.GRANT] * 3)


async def awaited(case: Procedure) -> None:
    """Edition 5: planning and the opening of a round wait past their days, with reminders; the applicant leaves."""
    walk = Walk(edition=5).to_planning()
    await case.follow(walk)
    await case.pass_time(days=30)
    await case.record.holds(case.stream, "reminder_given", 3)
    planned = len(walk.sent)
    for act in walk.staffed(EXPERTS[0]).reviewed(EXPERTS[:1]).advised().sent[planned:]:
        await case.send(await case.on_recorded_manifest(walk, act))
    await case.pass_time(days=30)
    await case.record.holds(case.stream, "reminder_given", 6)
    await case.act("withdraw_application", APPLICANT, reasons=text())


async def heard_on_request(case: Procedure) -> None:
    """Edition 6: stated for the extended page, heard because the applicant asked for it, and granted."""
    walk = Walk(Tier.HIGH, edition=6).to_recommendation().recommended()
    walk.act("ask_for_hearing", APPLICANT, statement=text()).act("record_hearing", SECRETARY, protocol=text())
    await case.follow(walk)
    await case.record.reaches(case.stream, len(walk.events))
    await case.vote(*[Choice.GRANT] * 9)


async def replaced(case: Procedure) -> None:
    """Edition 6: the lead confirms and leaves, another is relieved; the plan is approved anew, and confirmed anew."""
    walk = Walk(Tier.MEDIUM, edition=6).to_evaluation().confirmed()
    lead, areas = walk.lead(), walk.rules.tiers[Tier.MEDIUM].reviewers.areas
    other = next(one for one in EXPERTS if one.person in walk.case.assignments and one != lead)
    walk.act("answer_assignment", lead, accepts=False, reason=text())
    walk.act("relieve_reviewer", SECRETARY, person=other.person, reasons=text(), people={})
    for place, one in enumerate(SUBSTITUTES):
        asked = {"reviewer": one.person, "areas": areas[place:] if place else areas, "people": {one.person: one}}
        walk.act("assign_reviewer", SECRETARY, **asked).act("declare_interests", one, has_interest=False)
        walk.act("answer_assignment", one, accepts=True)
    walk.act("approve_plan", SECRETARY)
    assert walk.case.plan is not None
    walk.confirmed(by=next(one for one in SUBSTITUTES if one.person == walk.case.plan.lead)).reviewed(SUBSTITUTES)
    await case.follow(walk.act("withdraw_application", APPLICANT, reasons=text()))


async def ran_out(case: Procedure) -> None:
    """Edition 7: corrected with other grades and one extension; evidence expires before a round, and is replaced."""
    walk = Walk(edition=7)
    walk.now = datetime.now(UTC)
    walk.to_intake().offer("I-1.1-01", expires=(walk.now + timedelta(days=50)).date()).with_evidence()
    walk.act("accept_application", SECRETARY).staffed(EXPERTS[0]).reviewed(I_1_2_01=Verdict.NOT_MET)
    cited = tuple(item.id for item in walk.case.items.values() if "I-1.2-01" in item.criteria)
    changed = {"criterion": "I-1.2-01", "verdict": Verdict.PARTLY_MET, "reason": text(), "cited": cited}
    walk.act("revise_verdict", EXPERTS[0], **changed)
    walk.act("extend_correction", APPLICANT, criterion="I-1.2-01", reasons=text())
    await case.follow(walk.corrected("I-1.2-01").reviewed().advised())
    await case.pass_time(days=52)
    await case.record.holds(case.stream, "evidence_ran_out")
    await case.act("withdraw_application", APPLICANT, reasons=text())


async def kept_for_a_year(label: LabelInTemporal) -> None:
    """A surveillance handed in, judged and maintained; suspended at once by two; ended by its holder."""
    await label.pass_time(days=366)
    await label.handed_in()
    await label.suspended()
    await label.act("end_label", APPLICANT)


async def left_to_lapse(label: LabelInTemporal) -> None:
    """A surveillance that nobody hands in, with every reminder, to its lapse."""
    await label.pass_time(days=366)
    await label.pass_time(days=90)


async def checked_live(label: LabelInTemporal) -> None:
    """A surveillance with its live check and what its holder declares, maintained; ended by its holder."""
    await label.pass_time(days=185)
    await label.record.holds(label.stream, "surveillance_opened")
    await label.handed_in()
    await label.act("end_label", APPLICANT)


async def judged_by_another(label: LabelInTemporal) -> None:
    """A surveillance missed and handed in late; who said yes leaves, another judges, the Commission restores."""
    await label.pass_time(days=366)
    await label.pass_time(days=31)
    await label.record.holds(label.stream, "label_suspended")
    await label.act("submit_surveillance", APPLICANT, **{**label.walk.submission(), "surveillance": 1})
    for judge in JUDGES[:2]:
        asked = {"surveillance": 1, "reviewer": judge.person, "areas": ("ethics_or_law",)}
        await label.act("assign_surveillance_reviewer", SECRETARY, **asked)
        await label.declare(judge)
        await label.act("answer_surveillance_assignment", judge, surveillance=1, accepts=True)
        if judge == JUDGES[0]:
            await label.act("answer_surveillance_assignment", judge, surveillance=1, accepts=False, reason=text())
    await label.act("judge_surveillance", JUDGES[1], surveillance=1, findings=label.walk.findings())
    await label.carried("put_restoration_to_vote", reasons=text())
    await label.act("end_label", APPLICANT)


LABELS: dict[str, tuple[LiveLabel, Tier]] = {
    "kept-and-ended": (kept_for_a_year, Tier.LOW),
    "lapsed": (left_to_lapse, Tier.LOW),
    "checked-live": (checked_live, Tier.HIGH),
    "judged-by-another": (judged_by_another, Tier.LOW),
}
SEVENTH: dict[str, tuple[PlayCase, Tier, Stage]] = {
    "seventh-granted": (granted_low, Tier.LOW, Stage.GRANTED),
    "seventh-ran-out": (ran_out, Tier.LOW, Stage.WITHDRAWN_BY_APPLICANT),
}
SIXTH: dict[str, tuple[PlayCase, Tier, Stage]] = {
    "sixth-granted": (granted_low, Tier.LOW, Stage.GRANTED),
    "sixth-heard-on-request": (heard_on_request, Tier.HIGH, Stage.GRANTED),
    "sixth-replaced": (replaced, Tier.MEDIUM, Stage.WITHDRAWN_BY_APPLICANT),
}
FIFTH: dict[str, tuple[PlayCase, Tier, Stage]] = {
    "fifth-granted": (granted_low, Tier.LOW, Stage.GRANTED),
    "fifth-awaited": (awaited, Tier.LOW, Stage.WITHDRAWN_BY_APPLICANT),
}
FOURTH: dict[str, tuple[PlayCase, Tier, Stage]] = {
    "fourth-granted": (granted_low, Tier.LOW, Stage.GRANTED),
    "fourth-reported-again": (reported_again, Tier.CRITICAL, Stage.GRANTED),
    "fourth-demonstrated": (demonstrated, Tier.LOW, Stage.GRANTED),
    "fourth-looked-up-again": (looked_up_again, Tier.MEDIUM, Stage.WITHDRAWN_BY_APPLICANT),
}
THIRD: dict[str, tuple[PlayCase, Tier, Stage]] = {
    "third-granted": (granted_low, Tier.LOW, Stage.GRANTED),
    "third-vouched-for": (vouched_for, Tier.LOW, Stage.GRANTED),
    "third-granted-critical": (granted_critical, Tier.CRITICAL, Stage.GRANTED),
}
SECOND: dict[str, tuple[PlayCase, Tier, Stage]] = {
    "second-granted": (granted_low, Tier.LOW, Stage.GRANTED),
    "second-corrected-critical": (corrected_critical, Tier.CRITICAL, Stage.GRANTED),
    "second-not-corrected": (not_corrected, Tier.LOW, Stage.WITHDRAWN_BY_APPLICANT),
    "second-reopened": (reopened, Tier.LOW, Stage.GRANTED),
    "second-heard": (heard, Tier.MEDIUM, Stage.WITHDRAWN_BY_APPLICANT),
}
FIRST: dict[str, tuple[PlayCase, Tier, Stage]] = {
    "granted-low": (granted_low, Tier.LOW, Stage.GRANTED),
    "granted-critical": (granted_critical, Tier.CRITICAL, Stage.GRANTED),
    "refused": (refused, Tier.LOW, Stage.REFUSED),
    "declined-by-gate": (declined_by_gate, Tier.LOW, Stage.DECLINED),
    "lapsed": (lapsed, Tier.LOW, Stage.LAPSED),
    "withdrawn": (withdrawn, Tier.LOW, Stage.WITHDRAWN_BY_APPLICANT),
    "continued-as-new": (continued_as_new, Tier.LOW, Stage.WITHDRAWN_BY_APPLICANT),
}
EDITIONS: tuple[dict[str, tuple[PlayCase, Tier, Stage]], ...] = (FIRST, SECOND, THIRD, FOURTH, FIFTH, SIXTH, SEVENTH)
"""What is played under each edition of the procedure, the first edition first."""
