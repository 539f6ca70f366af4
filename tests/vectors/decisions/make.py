"""Makes the vectors of decision records: `python -m tests.vectors.decisions.make`.

`good/*.json` are whole records, each of which amounts to the decision it states. `tampered.json` lists changes of
them: JSON pointers with other values, the place at which a verifier must name a difference, and its code.
"""

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from certify.register.signed_acts import credentials_of
from schemas.act import Act
from schemas.canonical import canonical_json, digest_of
from schemas.decision_record import DecisionRecord, record_of
from schemas.event import Event
from schemas.people import PersonFacts, Role
from schemas.receipts import SignedActs
from schemas.scheme import Tier
from schemas.stages import Choice, Outcome, Verdict
from tests.builders import APPLICANT, EXPERTS, MEMBERS, SECRETARY, START, THIRD_PARTY, lodged, person, sha256, text
from tests.receipts import Authenticator, new_device_of, passkeys_of, signed
from tests.small_scheme import LOOKED_UP, SmallWalk, small
from workflows.rules.draws import in_drawn_order

FOLDER = Path(__file__).parent
Walked = Callable[[], SmallWalk]


def _refused_for_a_criterion() -> SmallWalk:
    walk = SmallWalk(Tier.MEDIUM).to_round(I_1_1_01=Verdict.NOT_MET)
    return walk.voted(*[Choice.REFUSE] * 4, *[Choice.ABSTAIN] * 3)


def _refused_though_it_passes() -> SmallWalk:
    walk = SmallWalk(Tier.HIGH).to_round()
    return walk.voted(*[Choice.GRANT] * 4, *[Choice.REFUSE] * 3)


def _refused_at_a_gate() -> SmallWalk:
    walk = SmallWalk(gates={**lodged().gates, "G2": "yes"}).to_intake().act("accept_application", SECRETARY)
    walk.act("record_hearing", SECRETARY, protocol=text("Protocol")).act("open_round", SECRETARY).all_declare()
    return walk.voted(*[Choice.REFUSE] * 3, grounds=("G2",))


def _granted_in_the_second_round() -> SmallWalk:
    walk = SmallWalk(members=9).to_round().pass_time(hours=1)
    walk.ballot(walk.voters()[0], Choice.GRANT).pass_time(days=30)
    walk.act("open_round", SECRETARY).pass_time(hours=1).all_declare()
    return walk.voted(*[Choice.GRANT] * 2, Choice.ABSTAIN)


def _granted_without_the_recused() -> SmallWalk:
    walk = SmallWalk(Tier.CRITICAL).to_round().pass_time(hours=1).voted(Choice.GRANT)
    walk.act("recuse", MEMBERS[0], reason=text("Asked for advice."))
    walk.act("declare_interests", MEMBERS[1], has_interest=True, statement=text("A cousin."))
    for member in walk.voters()[:4]:
        walk.ballot(member, Choice.GRANT)
    return walk.pass_time(days=60)


def _refused_where_reviewers_differ() -> SmallWalk:
    walk = SmallWalk(Tier.HIGH).to_evaluation()
    walk.reviewed(EXPERTS[:1]).reviewed(EXPERTS[1:], I_1_1_01=Verdict.PARTLY_MET, I_1_3_01=Verdict.NOT_MET)
    walk.recommended(recommends=Outcome.REFUSED).act("record_hearing", SECRETARY, protocol=text("Protocol"))
    walk.act("open_round", SECRETARY).all_declare()
    return walk.voted(*[Choice.REFUSE] * 7)


def _granted_after_a_reviewer_left() -> SmallWalk:
    walk = SmallWalk().to_evaluation().reviewed(I_1_1_01=Verdict.NOT_MET)
    walk.act("declare_interests", EXPERTS[0], has_interest=True, statement=text("A share in Acme."))
    walk.staffed(EXPERTS[1]).reviewed(EXPERTS[1:])
    walk.recommended().act("open_round", SECRETARY).all_declare()
    return walk.voted(*[Choice.GRANT] * 3)


def _granted_after_it_was_sent_back() -> SmallWalk:
    """The second round is on other evidence than the first, which let the applicant supplement the file."""
    walk = SmallWalk(Tier.MEDIUM, members=6, edition=2).to_round().voted(*[Choice.SEND_BACK] * 6, reasons=text("More."))
    walk.offer("I-1.1-01", file="supplement.pdf").act("submit_evidence", APPLICANT).reviewed()
    walk.recommended().act("open_round", SECRETARY).all_declare()
    return walk.voted(*[Choice.GRANT] * 6)


def _granted_on_the_report_of_one_of_five() -> SmallWalk:
    """The third party is drawn with the entry that approved the plan; the first who was drawn says no."""
    pool = {f"third-{one}": person(f"third-{one}", Role.NEUTRAL_THIRD_PARTY) for one in "abcde"}
    walk = SmallWalk(Tier.CRITICAL, members=9, edition=2).to_evaluation()
    walk.act("draw_third_party", SECRETARY, people=pool, entry=sha256("the entry that approved the plan"))
    walk.act("answer_assignment", pool[str(walk.case.third_party_drawn)], accepts=False)
    held = pool[str(walk.case.third_party_drawn)]
    walk.act("declare_interests", held, has_interest=False)
    walk.act("record_third_party_report", held, report=text("Report")).reviewed().recommended()
    return walk.act("record_hearing", SECRETARY, protocol=text("Protocol")).granted()


class SignedWalk(SmallWalk):
    """A walk in which people sign: with the same ids and signatures each time."""

    def __init__(self, tier: Tier, *, members: int = 7, edition: int = 5) -> None:
        super().__init__(tier, members=members, edition=edition)
        self._devices: dict[str, Authenticator] = {}

    def build(self, kind: str, who: PersonFacts, **content: Any) -> Act:
        """An act under a number instead of a random id, signed by a passkey that counts in this walk alone."""
        act = super().build(kind, who, **{"act_id": f"act-{len(self.sent) + 1}", **content})
        device = self._devices.setdefault(who.person, new_device_of(who.person))
        return signed(act, self._state, device) if self._state is not None else act


def _granted_on_a_report_made_again() -> SmallWalk:
    """The third party signed before a correction, so its report was outdated, and signs again."""
    walk = SignedWalk(Tier.CRITICAL, members=9).to_evaluation().act("draw_third_party", SECRETARY)
    walk.act("declare_interests", THIRD_PARTY, has_interest=False)
    walk.act("record_third_party_report", THIRD_PARTY, report=text("Report"), summary=text("Summary"))
    walk.reviewed(EXPERTS, I_1_1_01=Verdict.NOT_MET).corrected("I-1.1-01").reviewed(EXPERTS)
    walk.recommended().act("record_hearing", SECRETARY, protocol=text("Protocol"))
    walk.act("record_third_party_report", THIRD_PARTY, report=text("Report again"), summary=text("Summary again"))
    return walk.granted()


def _granted_after_a_second_lookup() -> SmallWalk:
    """Whoever had recorded the lookup declared an interest while a round was open; another recorded it again."""
    walk, (lookup,) = SignedWalk(Tier.MEDIUM).to_round(), LOOKED_UP
    walk.act("declare_interests", SECRETARY, has_interest=True, statement=text("A sister of the director."))
    other, rapporteur = person("sven", Role.SECRETARIAT), walk.case.rapporteur
    cited = tuple(item.id for item in walk.case.items.values() if lookup in item.criteria)
    walk.act("record_lookup", other, criterion=lookup, verdict=Verdict.MET, rationale=text(), cited=cited)
    recommends = next(one for one in MEMBERS if one.person == rapporteur)
    walk.act("submit_recommendation", recommends, recommends=Outcome.GRANTED, reasons=text("Again"))
    walk.act("open_round", other).all_declare()
    return walk.voted(*[Choice.GRANT] * len(walk.voters()))


def _granted_after_a_hearing_asked_for() -> SmallWalk:
    walk = SignedWalk(Tier.HIGH, edition=6).to_recommendation().recommended()
    walk.act("ask_for_hearing", APPLICANT, statement=text("Statement"))
    walk.act("record_hearing", SECRETARY, protocol=text("Protocol")).act("open_round", SECRETARY).all_declare()
    return walk.voted(*[Choice.GRANT] * len(walk.voters()))


def _granted_after_evidence_ran_out() -> SmallWalk:
    """The first round grants on what expired before it closed; the applicant hands in what is in force."""
    walk = SignedWalk(Tier.MEDIUM, edition=7).to_intake().offer("I-1.1-01", expires=START.date()).with_evidence()
    walk.act("accept_application", SECRETARY).staffed(*EXPERTS[:2]).reviewed().recommended()
    walk.act("open_round", SECRETARY).all_declare().voted(*[Choice.GRANT] * 6).pass_time(days=40)
    walk.act("withdraw_evidence", APPLICANT, item="E1").offer("I-1.1-01", file="in-force.pdf")
    walk.act("submit_evidence", APPLICANT).reviewed().recommended()
    return walk.granted()


WALKS: dict[str, Walked] = {
    "low_granted": lambda: SmallWalk(members=9).to_grant(),
    "medium_granted": lambda: SmallWalk(Tier.MEDIUM).to_grant(),
    "high_granted": lambda: SmallWalk(Tier.HIGH).to_grant(),
    "critical_granted": lambda: SmallWalk(Tier.CRITICAL).to_grant(),
    "medium_refused_for_a_criterion": _refused_for_a_criterion,
    "high_refused_though_it_passes": _refused_though_it_passes,
    "high_refused_where_reviewers_differ": _refused_where_reviewers_differ,
    "low_refused_at_a_gate": _refused_at_a_gate,
    "low_granted_in_the_second_round": _granted_in_the_second_round,
    "low_granted_after_a_reviewer_left": _granted_after_a_reviewer_left,
    "critical_granted_without_the_recused": _granted_without_the_recused,
    "medium_granted_after_it_was_sent_back": _granted_after_it_was_sent_back,
    "critical_granted_on_the_report_of_one_of_five": _granted_on_the_report_of_one_of_five,
}
"""Decided cases, one of each way to a decision; each is walked anew."""
OF_EDITION_5: dict[str, Walked] = {
    "critical_granted_on_a_report_made_again": _granted_on_a_report_made_again,
    "medium_granted_after_a_second_lookup": _granted_after_a_second_lookup,
}
"""Decided cases in which people signed, and in which the evidence or who may judge it changed on the way."""
OF_EDITION_6: dict[str, Walked] = {"high_granted_after_a_hearing_asked_for": _granted_after_a_hearing_asked_for}
OF_EDITION_7: dict[str, Walked] = {"medium_granted_after_evidence_ran_out": _granted_after_evidence_ran_out}
SIGNED: dict[str, Walked] = {**OF_EDITION_5, **OF_EDITION_6, **OF_EDITION_7}
"""Every decided case in which people signed, of today's edition of the procedure and of those before."""
EDITIONS: dict[str, int] = {
    **dict.fromkeys(OF_EDITION_5, 5),
    **dict.fromkeys(OF_EDITION_6, 6),
    **dict.fromkeys(OF_EDITION_7, 7),
}
"""Which edition they follow."""


def recorded(walk: SmallWalk) -> DecisionRecord:
    """Return the record of a walk that ended in a decision."""
    return record_of(walk.case, small(), signed_in(walk.events))


def signed_in(events: Iterable[Event]) -> SignedActs:
    """Return the receipts in a stream and the keys of those who signed; nothing of an edition in which nobody does."""
    events = [event for event in events if getattr(event, "receipt", None) is not None]
    entered = passkeys_of(*sorted({event.actor for event in events}))
    return SignedActs(
        receipts={digest_of(event.receipt): event.receipt for event in events},  # type: ignore[attr-defined]
        credentials=credentials_of([event.model_dump(mode="json") for event in entered]),
    )


def _tampered(why: str, record: str, changes: dict[str, Any], place: str, code: str) -> dict[str, Any]:
    return {"why": why, "record": record, "changes": changes, "place": place, "code": code}


def tampered() -> list[dict[str, Any]]:
    """Return changes that a verifier must find."""
    other, round_ = sha256("other"), "/rounds/0"
    return [
        _tampered("another outcome", "low_granted", {"/decision/outcome": "refused"}, "/decision/outcome",
                  "other_outcome"),
        _tampered("an outcome that the ballots missed", "high_refused_though_it_passes",
                  {"/decision/outcome": "granted"}, "/decision/outcome", "other_outcome"),
        _tampered("a ballot turned round", "medium_granted", {f"{round_}/ballots/member-a/choice": "abstain"},
                  f"{round_}/tally/in_favour", "other_tally"),
        _tampered("a ballot to grant against a criterion", "medium_refused_for_a_criterion",
                  {f"{round_}/ballots/member-a/choice": "grant"}, f"{round_}/ballots/member-a",
                  "grant_against_failed_criterion"),
        _tampered("a ballot to grant against a gate", "low_refused_at_a_gate",
                  {f"{round_}/ballots/{_first_voter('low_refused_at_a_gate')}/choice": "grant"},
                  f"{round_}/ballots/{_first_voter('low_refused_at_a_gate')}", "grant_against_gate"),
        _tampered("a vote by a reviewer", "medium_granted", {f"{round_}/electorate/0": "edda"}, f"{round_}/electorate",
                  "other_electorate"),
        _tampered("a seat for somebody who was not drawn", "low_granted", {f"{round_}/electorate/0": "somebody"},
                  f"{round_}/electorate", "other_electorate"),
        _tampered("another seed", "low_granted", {f"{round_}/seed": other}, f"{round_}/seed", "other_panel"),
        _tampered("a recusal taken back", "critical_granted_without_the_recused", {f"{round_}/recused": ["member-a"]},
                  f"{round_}/electorate", "has_interest"),
        _tampered("a recusal too many", "medium_granted", {f"{round_}/recused": ["member-g"]},
                  f"{round_}/ballots/member-g", "recused"),
        _tampered("a grant set aside for evidence that was in force", "medium_granted_after_evidence_ran_out",
                  {"/items/E1/expires": "2027-01-01"}, "/rounds/0", "decided_before"),
        _tampered("a grant on evidence that had expired", "medium_granted_after_evidence_ran_out",
                  {"/items/E2/expires": "2026-03-02"}, "/recommendation", "too_late"),
        _tampered("a milder verdict", "medium_refused_for_a_criterion",
                  {f"/reviews/{_judge_of_the_first()}/findings/0/verdict": "met"}, "/results/0/verdict",
                  "other_results"),
        _tampered("a milder answer", "critical_granted", {"/application/answers/Q5": 0}, "/assessment/base",
                  "other_tier"),
        _tampered("a gate opened", "low_refused_at_a_gate", {"/application/gates/G2": "no"}, "/rule", "other_gate"),
        _tampered("a smaller quorum", "high_granted", {f"{round_}/quorum": "1/3"}, f"{round_}/quorum", "other_quorum"),
        _tampered("a smaller majority", "high_refused_though_it_passes", {"/decision/majority": "1/2"},
                  "/decision/majority", "other_quorum"),
        _tampered("a smaller quorum in the scheme itself", "high_granted",
                  {"/scheme/content/rules/tiers/high/decision/quorum": "1/3"}, "/scheme/digest", "other_scheme"),
        _tampered("another manifest", "medium_granted", {"/manifest/digest": other}, "/plan/digest", "other_plan"),
        _tampered("a ballot on another manifest", "medium_granted",
                  {f"{round_}/ballots/member-b/manifest_digest": other}, f"{round_}/ballots/member-b",
                  "other_manifest"),
        _tampered("a round that decided before", "low_granted_in_the_second_round",
                  {f"{round_}/quorum": "1", f"{round_}/tally/quorum_reached": True}, f"{round_}/quorum",
                  "other_quorum"),
        _tampered("a recommendation by a reviewer", "medium_granted",
                  {"/recommendation/rapporteur": "edda", "/rapporteur": "edda"}, "/recommendation",
                  "reviewed_and_decides"),
        _tampered("no report of the third party", "critical_granted", {"/third_party_report": None}, round_,
                  "third_party_report_missing"),
        _tampered("a report on evidence that nobody voted on", "critical_granted_on_a_report_made_again",
                  {"/third_party_signed/manifest_digest": other}, round_, "third_party_report_outdated"),
        _tampered("a lookup that nobody recorded", "medium_granted_after_a_second_lookup", {"/lookups_by": {}},
                  "/lookups_by", "author_missing"),
        _tampered("a lookup by somebody with an interest", "medium_granted_after_a_second_lookup",
                  {f"/lookups_by/{LOOKED_UP[0]}": SECRETARY.person}, "/lookups", "findings_missing"),
        _tampered("nobody heard, though the applicant asked for it", "high_granted_after_a_hearing_asked_for",
                  {"/hearing": None}, round_, "hearing_missing"),
        _tampered("a round on other evidence that refused", "medium_granted_after_it_was_sent_back",
                  _all_voted("refuse", "against"), round_, "decided_before"),
        _tampered("a round on other evidence that granted", "medium_granted_after_it_was_sent_back",
                  _all_voted("grant", "in_favour"), round_, "decided_before"),
        _tampered("an earlier ballot on another manifest", "medium_granted_after_it_was_sent_back",
                  {f"{round_}/ballots/member-b/manifest_digest": other},
                  f"{round_}/ballots/member-b/manifest_digest", "other_manifest"),
        _tampered("an earlier round set aside for another reason", "medium_granted_after_it_was_sent_back",
                  {f"{round_}/set_aside": None}, f"{round_}/set_aside", "other_reason"),
        _tampered("a third party whom somebody chose", "critical_granted_on_the_report_of_one_of_five",
                  _another_third_party(), "/third_party", "other_third_party"),
        _tampered("a third party drawn with another entry", "critical_granted_on_the_report_of_one_of_five",
                  {"/third_party_entry": other}, "/third_party", "other_third_party"),
        _tampered("a report by nobody", "critical_granted", {"/third_party": None}, "/third_party",
                  "other_third_party"),
        _tampered("a version of the manifest that is none", "medium_granted", {"/manifest/version": 2},
                  "/manifest/version", "other_content"),
    ]  # fmt: skip


def _all_voted(choice: str, counted: str) -> dict[str, Any]:
    """Return the changes by which everybody in the first round had voted alike, and the tally says so."""
    vote = WALKS["medium_granted_after_it_was_sent_back"]().case.rounds[0]
    ballots = {f"/rounds/0/ballots/{member}/choice": choice for member in vote.ballots}
    figures = {"send_back": 0, counted: len(vote.ballots), "majority_reached": counted == "in_favour"}
    return {**ballots, **{f"/rounds/0/tally/{name}": value for name, value in figures.items()}}


def _another_third_party() -> dict[str, Any]:
    """Return the changes by which another of the pool reported: the seed is one that names them first."""
    case = WALKS["critical_granted_on_the_report_of_one_of_five"]().case
    wanted = next(one for one in case.third_party_pool if one not in {case.third_party, *case.third_party_refused})
    seeds = (sha256(str(number)) for number in range(1000))
    seed = next(one for one in seeds if in_drawn_order(case.third_party_pool, one)[0] == wanted)
    return {"/third_party_seed": seed, "/third_party": wanted, "/third_party_drawn": wanted}


def _first_voter(name: str) -> str:
    return next(iter(WALKS[name]().case.rounds[-1].ballots))


def _judge_of_the_first() -> str:
    plan = WALKS["medium_refused_for_a_criterion"]().case.plan
    assert plan is not None
    return next(reviewer for reviewer, criteria in plan.criteria.items() if "I-1.1-01" in criteria)


def files() -> dict[str, str]:
    """Return every file by its name in the folder."""
    walks = {**WALKS, **SIGNED}
    good = {f"good/{name}.json": canonical_json(recorded(walk())).decode() + "\n" for name, walk in walks.items()}
    return {**good, "tampered.json": json.dumps(tampered(), indent=1) + "\n"}


def main() -> None:
    """Write the files."""
    for name, content in files().items():
        path = FOLDER / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(content, encoding="utf-8")


if __name__ == "__main__":
    main()
