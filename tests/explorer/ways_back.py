"""What leads a case back: a correction, a higher tier, a supplement, a decision that is reopened."""

from typing import Any

from schemas.act import Act
from schemas.people import Role
from schemas.review import Finding
from schemas.scheme import Tier
from schemas.stages import Choice, Outcome, Verdict
from tests.builders import (
    APPLICANT,
    EXPERTS,
    LABEL_OFFICER,
    MEMBERS,
    SECRETARY,
    THIRD_PARTY,
    TIER_ANSWERS,
    person,
    text,
)
from tests.explorer.walks import TinyWalk, ballots, interest, open_rounds, recuse

A, B, C = MEMBERS[:3]
EDDA = EXPERTS[0]
CRITERION = "I-1.1-01"
GRANT, SEND_BACK = Choice.GRANT, Choice.SEND_BACK


def _offered(walk: TinyWalk) -> dict[str, Act]:
    """One more file, and what is thought of it."""
    return {"a file is offered": walk.again().offer(CRITERION, file="more.pdf", act_id="offer-more").sent[-1]}


def _judged(walk: TinyWalk, *verdicts: Verdict, item: str | None = None, manifest: str | None = None) -> dict[str, Act]:
    """Reviews that come to these verdicts, each on an item; on the manifest in force unless said otherwise."""
    cited = (item or f"E{walk.case.items_numbered}",)
    on = {"manifest_digest": manifest} if manifest else {}
    return {
        f"{EDDA.person} finds it {verdict}, by {cited[0]}": walk.build(
            "submit_review",
            EDDA,
            findings=(Finding(criterion=CRITERION, verdict=verdict, rationale=text(), cited=cited),),
            **on,
            act_id=f"review-{verdict}-{cited[0]}",
        )
        for verdict in verdicts
    }


def _recommended(walk: TinyWalk, *people: Any) -> dict[str, Act]:
    return {
        f"{one.person} recommends": walk.build(
            "submit_recommendation",
            one,
            recommends=Outcome.GRANTED,
            reasons=text("Advice"),
            act_id=f"recommendation-{one.person}",
        )
        for one in people
    }


def _appointed(walk: TinyWalk, who: Any) -> dict[str, Act]:
    act = walk.build("appoint_rapporteur", SECRETARY, rapporteur=who.person, act_id=f"appoint-{who.person}")
    return {f"{who.person} is appointed": act}


def in_correction(walk: TinyWalk) -> TinyWalk:
    """A requirement is partly met; the applicant has a first and a second deadline."""
    return walk.to_correction(I_1_1_01=Verdict.PARTLY_MET).declared(A)


def correcting(walk: TinyWalk) -> dict[str, Act]:
    """The applicant corrects, takes back, asks for time or goes on without; the reviewer judges anew or revises."""
    new = f"E{walk.case.items_numbered + 1}"
    ahead = walk.again().offer(CRITERION, file="more.pdf", act_id="offer-more").act("submit_correction", APPLICANT)
    corrected = ahead.case.manifest
    assert corrected is not None
    (stale,) = _judged(walk, Verdict.MET).values()
    changed = walk.build(
        "revise_verdict", EDDA, criterion=CRITERION, verdict=Verdict.MET, reason=text(), act_id="revision"
    )
    return {
        **_offered(walk),
        "it is taken back": walk.build("withdraw_evidence", APPLICANT, item=new),
        "the correction is handed in": walk.build("submit_correction", APPLICANT, act_id="correction"),
        "it is handed in again": walk.build("submit_correction", APPLICANT, act_id="correction-again"),
        "more time is asked for": walk.build("extend_correction", APPLICANT, criterion=CRITERION, reasons=text()),
        "the applicant goes on without": walk.build("end_correction", APPLICANT),
        **_judged(walk, Verdict.MET, Verdict.NOT_MET, item=new, manifest=corrected.digest),
        f"{EDDA.person} judges what was there before": stale,
        f"{EDDA.person} revises": changed,
        **_appointed(walk, A),
        **_recommended(walk, A),
    }


def at_evaluation(walk: TinyWalk) -> TinyWalk:
    """The evaluation of a low-tier case has begun."""
    return walk.to_evaluation().declared(*walk.members)


def disputing(walk: TinyWalk) -> dict[str, Act]:
    """The lead reviewer finds the tier right, one too low or two too low; the Commission votes on a higher one."""
    found = {
        tier: dict(zip(walk.rules.questions, TIER_ANSWERS[tier], strict=True))
        for tier in (Tier.LOW, Tier.MEDIUM, Tier.HIGH)
    }
    confirmed = {
        f"{EDDA.person} finds the tier {tier}": walk.build(
            "confirm_answers",
            EDDA,
            answers=answers,
            rationale={one: text() for one in answers if answers[one] != walk.lodged.answers[one]},
            act_id=f"confirm-{tier}",
        )
        for tier, answers in found.items()
    }
    proposed = walk.build("open_round", SECRETARY, proposed_tier=Tier.HIGH, act_id="open-tier")
    return {
        **confirmed,
        "a round on the high tier is opened": proposed,
        **ballots(walk, 1, a=GRANT, b=GRANT, b_otherwise=Choice.ABSTAIN, c=Choice.REFUSE),
        **_judged(walk, Verdict.MET),
    }


def just_raised(walk: TinyWalk) -> TinyWalk:
    """The lead reviewer found the tier one too low: it was raised at once."""
    return at_evaluation(walk).confirmed(Tier.MEDIUM)


def going_on(walk: TinyWalk) -> dict[str, Act]:
    """From the evidence of the higher tier to the label, with an interest on the way."""
    return {
        "the evidence is handed in": walk.build("submit_evidence", APPLICANT),
        "the plan is approved": walk.build("approve_plan", SECRETARY, act_id="plan-again"),
        **_judged(walk, Verdict.MET),
        **_appointed(walk, A),
        **_recommended(walk, A),
        **open_rounds(walk, 1),
        **ballots(walk, 1, a=GRANT, b=GRANT, c=GRANT),
        **interest(walk, C),
    }


def nearly_sent_back(walk: TinyWalk) -> TinyWalk:
    """One of three voted to let the applicant supplement the file."""
    walk.to_decision().act("open_round", SECRETARY).declared(*walk.members)
    return walk.ballot(A, SEND_BACK, reasons=text("Supplement it."))


def sending_back(walk: TinyWalk) -> dict[str, Act]:
    """The case goes back by a majority or a tie; it comes again with the same evidence or with more, or lapses."""
    ahead = walk.again().ballot(B, SEND_BACK, reasons=text()).ballot(C, SEND_BACK, reasons=text())
    more = ahead.offer(CRITERION, file="more.pdf").act("submit_evidence", APPLICANT).case.manifest
    assert more is not None
    offer = ahead.sent[-2].model_copy(update={"act_id": "offer-more"})
    other = {
        f"{name}, with more": act.model_copy(update={"act_id": f"{act.act_id}-more"})
        for name, act in ballots(walk, 2, more.digest, a=GRANT, c=GRANT).items()
    }
    return {
        **ballots(walk, 1, b=SEND_BACK, c=GRANT),
        **recuse(walk, A),
        "a file is offered": offer,
        "the evidence is handed in": walk.build("submit_evidence", APPLICANT),
        **_judged(walk, Verdict.MET, item=f"E{walk.case.items_numbered + 1}", manifest=more.digest),
        **_recommended(walk, A),
        **open_rounds(walk, 2),
        **ballots(walk, 2, a=GRANT, b=SEND_BACK, c=GRANT),
        **other,
    }


def report_outdated(walk: TinyWalk) -> TinyWalk:
    """The third party signed its report before the evidence was corrected; all else is there for a round."""
    walk.to_evaluation().act("draw_third_party", SECRETARY).declared(THIRD_PARTY, *walk.members)
    walk.act("record_third_party_report", THIRD_PARTY, report=text("Report"), summary=text("Summary"))
    walk.reviewed(I_1_1_01=Verdict.NOT_MET).corrected(CRITERION).reviewed().recommended()
    return walk.act("record_hearing", SECRETARY, protocol=text("Protocol"))


def reporting_again(walk: TinyWalk) -> dict[str, Act]:
    """The third party reports again, says no, or is replaced; the round waits for a report on what it votes on."""
    other = person("otto", Role.NEUTRAL_THIRD_PARTY)
    new = {"report": text("Report again"), "summary": text("Summary again")}
    return {
        "the third party reports again": walk.build("record_third_party_report", THIRD_PARTY, **new),
        "the third party says no": walk.build("answer_assignment", THIRD_PARTY, accepts=False),
        **interest(walk, THIRD_PARTY),
        "another is drawn": walk.build("draw_third_party", SECRETARY, people={other.person: other}),
        "the other declares no interest": walk.build("declare_interests", other, has_interest=False),
        "the other reports": walk.build("record_third_party_report", other, **new, act_id="other-report"),
        **open_rounds(walk, 1),
        **ballots(walk, 1, a=GRANT, b=GRANT, c=GRANT),
    }


def running_out(walk: TinyWalk) -> TinyWalk:
    """What the case rests on ends today; a round is open, and two of three voted to grant."""
    walk.to_intake().offer(CRITERION, expires=walk.now.date()).with_evidence().act("accept_application", SECRETARY)
    walk.staffed(EDDA).reviewed().advised().act("open_round", SECRETARY).declared(*walk.members)
    return walk.ballot(A, GRANT).ballot(B, GRANT)


def granted_on_its_last_day(walk: TinyWalk) -> TinyWalk:
    """What the case rests on ends today, and its label is granted."""
    return running_out(walk).ballot(C, GRANT)


def renewing(walk: TinyWalk) -> dict[str, Act]:
    """The last ballot comes in time or never; evidence is handed in anew, judged and voted on."""
    ahead = walk.again()
    ahead.now = walk.case.rounds[-1].closes_at
    ahead.pass_time(seconds=0).act("withdraw_evidence", APPLICANT, item="E1", act_id="take-back")
    ahead.offer(CRITERION, file="fresh.pdf", act_id="offer-fresh").act("submit_evidence", APPLICANT, act_id="fresh")
    take_back, offer, submit = ahead.sent[-3:]
    assert ahead.case.manifest is not None
    fresh = ahead.case.manifest.digest
    return {
        **ballots(walk, 1, c=GRANT),
        "what expired is taken back": take_back,
        "what is in force is offered": offer,
        "the evidence is handed in": submit,
        **_judged(walk, Verdict.MET, item=f"E{ahead.case.items_numbered}", manifest=fresh),
        **_recommended(walk, A),
        **open_rounds(walk, 2),
        **ballots(walk, 2, fresh, a=GRANT, b=GRANT, c=GRANT),
    }


def releasing_too_late(walk: TinyWalk) -> dict[str, Act]:
    """The label officer releases on the last day, or not before the evidence ran out; the file is handed in again."""
    return {
        "laura declares no interest": walk.build("declare_interests", LABEL_OFFICER, has_interest=False),
        "laura releases": walk.build("release_label", LABEL_OFFICER),
        "what expired is taken back": walk.build("withdraw_evidence", APPLICANT, item="E1"),
        "the evidence is handed in": walk.build("submit_evidence", APPLICANT),
    }


def reopening(walk: TinyWalk) -> dict[str, Act]:
    """A grant waits for its label, and a voter or the rapporteur finds an interest; the others decide anew."""
    return {
        **interest(walk, B),
        **interest(walk, A),
        **_appointed(walk, C),
        **_recommended(walk, C),
        **open_rounds(walk, 2),
        **ballots(walk, 2, a=GRANT, c=GRANT),
    }
