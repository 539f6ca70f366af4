"""Makes the golden files of a label's events and of its file: `python -m tests.vectors.events.label.make`.

A file once written is never written again: it stands for what a record of that version holds.
"""

from datetime import date, timedelta
from pathlib import Path

from schemas.errand import ErrandDone
from schemas.label import IssuedLabel
from schemas.label_events import LabelProlonged, ProlongationRefused
from schemas.people import InstitutionFacts
from schemas.scheme import Tier
from schemas.stages import Verdict
from schemas.voting import Voice
from tests.builders import APPLICANT, EXPERTS, MEMBERS, SECRETARY, text
from tests.label_walk import ENGINE_ITSELF, JUDGES, NEW_LABEL, LabelWalk
from workflows.matter_file import LabelFile

FOLDER = Path(__file__).parent
FILES = FOLDER.parents[1] / "matterfiles"
GROUND = {"because": "life_or_health_at_risk", "reasons": text(), "ground": text()}
SUSPENSION = {"because": "mark_misused", "reasons": text(), "restoration": text()}

OTHER_SECRETARY = SECRETARY.model_copy(update={"person": "sven"})


def every_kind() -> tuple[LabelWalk, ...]:
    """Walks in which every kind of event happens."""
    return (
        _looked_at(),
        _checked_live(),
        _relieved(),
        _not_maintained(),
        _not_restored(),
        _suspended(),
        _withdrawn(),
        *_prolonged(),
        _not_prolonged(),
        *_ended(),
        _lapsed(),
    )


def _looked_at() -> LabelWalk:
    walk = LabelWalk(Tier.MEDIUM, expires=date(2026, 12, 31)).to_surveillance()
    walk.offer(walk.state.surveillances[0].criteria[0])
    walk.act("withdraw_fresh_evidence", APPLICANT, surveillance=1, item=walk.state.surveillances[0].items[0])
    walk.handed_in().act("repeat_checks", SECRETARY, surveillance=1)
    walk.act(
        "assign_surveillance_reviewer", SECRETARY,
        surveillance=1, reviewer=JUDGES[2].person, areas=("ethics_or_law",),
    )  # fmt: skip
    walk.pass_time(days=6).judged().maintained()
    walk.act("report_change", APPLICANT, changed=("data",), statement=text())
    for one, answer in zip(EXPERTS[:2], ("confirm", "reject"), strict=True):
        walk.act("report_interest", SECRETARY, person=one.person, statement=text())
        content = {"reasons": text()} if answer == "reject" else {}
        walk.act(f"{answer}_interest", OTHER_SECRETARY, person=one.person, **content)
    return walk.act("open_review", ENGINE_ITSELF, complaint="complaint-1")


def _checked_live() -> LabelWalk:
    return LabelWalk(Tier.HIGH).to_surveillance().handed_in().judged()


def _relieved() -> LabelWalk:
    walk = LabelWalk().to_surveillance().handed_in().staffed(JUDGES[0]).pass_time(days=60)
    relieved = {"surveillance": 1, "reviewer": JUDGES[0].person, "reasons": text()}
    return walk.act("relieve_surveillance_reviewer", SECRETARY, **relieved)


def _not_maintained() -> LabelWalk:
    """What the label rests on runs out while a panel votes."""
    walk = LabelWalk(expires=date(2027, 3, 5)).to_surveillance().handed_in().judged()
    walk.act("put_maintain_to_vote", SECRETARY, surveillance=1)
    walk.now += timedelta(days=4)
    return walk.carried()


def _not_restored() -> LabelWalk:
    """What the label rests on runs out while the Commission votes."""
    walk = LabelWalk(expires=date(2027, 4, 5)).to_surveillance().pass_time(days=31).handed_in().judged()
    walk.act("put_restoration_to_vote", SECRETARY, reasons=text())
    walk.now += timedelta(days=4)
    return walk.carried()


def _suspended() -> LabelWalk:
    walk = LabelWalk(Tier.MEDIUM).suspended().act("put_confirmation_to_vote", SECRETARY).carried()
    walk.act("put_restoration_to_vote", SECRETARY, reasons=text()).carried()
    walk.suspended().pass_time(days=15)
    walk.members = MEMBERS[:5]
    seats = InstitutionFacts(commission=tuple(one.person for one in walk.members), substitutes=(MEMBERS[7].person,))
    people = {one.person: one for one in (*walk.members, MEMBERS[7])}
    walk.act("put_suspension_to_vote", SECRETARY, **SUSPENSION, institution=seats, people=people).all_declare()
    walk.act("leave_electorate", MEMBERS[0], reason=text())
    return walk.act("end_by_leaving", ENGINE_ITSELF)


def _withdrawn() -> LabelWalk:
    walk = LabelWalk().act("give_notice_of_withdrawal", SECRETARY, **GROUND)
    walk.act("take_back_notice_of_withdrawal", SECRETARY, reasons=text())
    walk.act("give_notice_of_withdrawal", SECRETARY, **GROUND)
    walk.act("put_withdrawal_to_vote", SECRETARY).carried(Voice.AGAINST)
    walk.act("give_notice_of_withdrawal", SECRETARY, **GROUND)
    walk.act("answer_notice_of_withdrawal", APPLICANT, answer=text())
    walk.act("put_scope_to_vote", SECRETARY, scope=text(), reasons=text()).carried()
    walk.act("give_notice_of_withdrawal", SECRETARY, **GROUND)
    walk.act("put_withdrawal_to_vote", SECRETARY).carried()
    return walk.act("note_appeal", ENGINE_ITSELF, appeal="appeal-1", state="opened")


def _prolonged() -> tuple[LabelWalk, LabelWalk]:
    walk, other = _decided(), _decided()
    walk.take((LabelProlonged(at=walk.now, actor="engine", label=_label(walk)),))
    walk.take((ErrandDone(at=walk.now, actor="engine", key="begin_life"),))
    walk.act("supersede", ENGINE_ITSELF, successor="YY23456789ABCDEF")
    other.take((ProlongationRefused(at=other.now, actor="engine", code="renewal_decided"),))
    return walk, other.until(other.state.expires_at)


def _decided() -> LabelWalk:
    walk = LabelWalk().renewal_asked()
    walk.kept_until(walk.state.expires_at.replace(hour=0))
    return walk.act("put_prolongation_to_vote", SECRETARY, days=30).carried()


def _not_prolonged() -> LabelWalk:
    """The holder hands something in while a panel votes."""
    walk = LabelWalk().renewal_asked()
    walk.kept_until(walk.state.expires_at - timedelta(days=10))
    walk.act("open_extraordinary_surveillance", SECRETARY, cause="incident", reasons=text())
    walk.act("put_prolongation_to_vote", SECRETARY, days=30).all_declare()
    return walk.handed_in().carried()


def _label(walk: LabelWalk) -> IssuedLabel:
    decided = walk.state.prolongation
    return IssuedLabel(
        id=NEW_LABEL,
        token="T0KEN",
        kid="00000000",
        decision_number=decided.number,
        status_index=2,
        subject_digest="0" * 24,
        name_version="Digit Reader 1.2.0",
        tier="low",
        holder="Acme Vision",
        issued_at=decided.decided_at,
        expires_at=decided.until,
    )


def _ended() -> tuple[LabelWalk, LabelWalk]:
    heard = LabelWalk().act("give_notice_of_withdrawal", SECRETARY, **GROUND)
    heard.act("record_holder_hearing", SECRETARY, protocol=text())
    return (
        LabelWalk().act("supersede", ENGINE_ITSELF, successor=NEW_LABEL),
        heard.act("end_label", APPLICANT, reasons=text()),
    )


def _lapsed() -> LabelWalk:
    walk = LabelWalk().to_surveillance().staffed(JUDGES[0])
    return walk.pass_time(days=90)


def label_file() -> LabelFile:
    """A label in the middle of a vote, as it travels from one run of its workflow to the next."""
    walk = LabelWalk(Tier.HIGH).to_surveillance().handed_in().judged(Verdict.PARTLY_MET).suspended()
    walk.act("put_confirmation_to_vote", SECRETARY).all_declare().vote(walk.voters()[0])
    return LabelFile(id=walk.subject, rules=walk.rules, state=walk.state)


def main() -> None:
    """Write the files that are not there yet."""
    for walk in every_kind():
        for event in walk.events:
            _write(FOLDER / f"{event.kind}.v{event.version}.json", event.model_dump_json(indent=1))
    FILES.mkdir(exist_ok=True)
    _write(FILES / "label.v1.json", label_file().model_dump_json(indent=1))


def _write(path: Path, content: str) -> None:
    if not path.exists():
        path.write_text(f"{content}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
