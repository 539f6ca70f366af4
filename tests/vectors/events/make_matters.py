"""Makes the golden files of the events of matters: `python -m tests.vectors.events.make_matters`.

A file once written is never written again: it stands for what a record of that version holds.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from schemas.accession import ExtractSigned
from schemas.clocks import Party, ReminderGiven
from schemas.errand import ErrandDone
from schemas.extract import SignedExtract
from schemas.identifiers import ENGINE
from schemas.people import InstitutionFacts
from schemas.relations import Relation
from schemas.voting import Voice
from tests.appeals import LABEL as APPEALED_LABEL
from tests.appeals import AppealWalk
from tests.builders import APPLICANT, LABEL_OFFICER, MEMBERS, SECRETARY, sha256, text
from tests.matters import MatterWalk
from tests.unit.workflows.rules.matter.electing import GUS, SCIENCE, commission, created, held, record, report
from tests.unit.workflows.rules.matter.joining import (
    ENTRANT,
    OFFICER,
    SECOND,
    entered,
    joining,
    rejected,
    seeded,
    voting,
)
from tests.unit.workflows.rules.matter.test_complaints import DECIDER, DECISION, HANDLER, answer, assigned, handled
from tests.unit.workflows.rules.matter.test_complaints import found as found_by_handler
from tests.unit.workflows.rules.matter.test_erasures import SEATS
from tests.unit.workflows.rules.matter.test_erasures import approved as approved_erasure
from tests.unit.workflows.rules.matter.test_erasures import asked as asked_erasure
from tests.unit.workflows.rules.matter.test_erasures import told as told_erased
from tests.unit.workflows.rules.matter.test_ethics_questions import asked as asked_question
from tests.unit.workflows.rules.matter.test_legal_holds import answered
from tests.unit.workflows.rules.matter.test_legal_holds import asked as asked_hold
from tests.unit.workflows.rules.matter.test_legal_holds import walked as walked_hold
from tests.unit.workflows.rules.matter.test_practices import offered as offered_practice
from tests.unit.workflows.rules.matter.test_practices import published as published_practice
from tests.unit.workflows.rules.matter.test_record_corrections import proposed as proposed_correction
from tests.unit.workflows.rules.matter.test_scheme_adoption import proposed as proposed_version
from tests.unit.workflows.rules.matter.test_scheme_adoption import told as told_of_adoption
from tests.unit.workflows.rules.matter.test_scheme_adoption import version

FOLDER = Path(__file__).parent
LABEL = "0123456789ABCDEF"


def organisation() -> tuple[MatterWalk, ...]:
    """Walks of organisations in which every kind of event happens."""
    walk = entered(private_contact=text("+372 5"), officer="Olga Officer")
    extract = SignedExtract(
        organisation=walk.state.id, entry=walk.state.register_entry, digest=sha256("extract"), kid="00000000",
        signed="AAAA",
    )  # fmt: skip
    walk.take((ExtractSigned(at=walk.now, actor=ENGINE, extract=extract),))
    walk.act("name_officer", APPLICANT, **OFFICER).act("name_ethics_commission", APPLICANT, name="Ethics board")
    walk.act("declare_group", APPLICANT, relations=(Relation(organisation="org-parent", is_a="parent"),))
    walk.act("choose_holder_image", APPLICANT, image=sha256("image"))
    walk.act("leave_code", APPLICANT, reasons=text("We stop."), labels=(LABEL,))
    walk.take((ErrandDone(at=walk.now, actor=ENGINE, key=f"end_by_leaving/{LABEL}", refused=None),))

    unnamed = seeded().pass_time(days=70)
    refused = voting().carried(Voice.AGAINST).act("refuse_accession", SECRETARY, reasons=text("Not yet."))
    leaving = voting().all_declare()
    voters = leaving.voters()
    leaving.act("leave_electorate", voters[0], reason=text("A friend."))
    taken_back = joining().act("take_back_application", APPLICANT)
    confirmed = rejected().act("propose_entry", SECRETARY, **ENTRANT).act("confirm_entry", SECOND, number=2)
    return walk, unnamed, refused, leaving, taken_back, confirmed


def institution() -> tuple[MatterWalk, ...]:
    """Walks of the institutions in which every kind of event happens."""
    walk = held(elected=commission(5, substitutes=1), seats=5, substitutes_step_up=True)
    walk.act("agree_to_be_named", MEMBERS[0], name=text("Maria Member"))
    walk.act("vacate_seat", SECRETARY, seat=2, cause="resignation", protocol=text("Not so."))
    walk.act("reject_vacancy", GUS, number=1, reasons=text("Not so."))
    walk.act("vacate_seat", SECRETARY, seat=2, cause="removal", protocol=text("Removed."))
    walk.act("confirm_vacancy", GUS, number=2).pass_time(days=1090).pass_time(days=30)
    rejected = record().act("reject_election", GUS, number=1, reasons=text("Another name stands there."))
    group = created()
    group.act("change_working_group", SECRETARY, number=1, outside=(SCIENCE,))
    group.act("dissolve_working_group", SECRETARY, number=1, protocol=text("Done."))
    return walk, rejected, group, report()


def complaint() -> tuple[MatterWalk, ...]:
    """Walks of complaints in which every kind of event happens."""
    decided = found_by_handler().act("decide_complaint", DECIDER, **{**DECISION, "criteria": ("I-1.1-01",)})
    decided.take((ErrandDone(at=decided.now, actor=ENGINE, key="open_review", refused=None),))
    answered = answer(handled().act("ask_complainant", HANDLER, question=text("Where?")))
    silent = handled().act("ask_complainant", HANDLER, question=text("Where?")).pass_time(days=30).pass_time(days=25)
    left = assigned().act("declare_matter_interests", HANDLER, has_interest=True, statement=text("My brother made it."))
    return decided, answered, silent, left


def appeal() -> tuple[MatterWalk, ...]:
    """Walks of appeals in which every kind of event happens."""
    upheld = AppealWalk(label=APPEALED_LABEL, against="suspension").lodged(hearing_wanted=True).heard().drawn()
    upheld.act(
        "declare_matter_interests", upheld.panel()[0], has_interest=True, statement=text("My brother's firm.")
    ).declared()
    upheld.act("record_appeal_hearing", upheld.panel()[0], protocol=text("Heard."))
    upheld.act("put_appeal_to_vote", SECRETARY)
    upheld.act("leave_electorate", upheld.panel()[0], reason=text("Ill.")).decided()
    upheld.take((ErrandDone(at=upheld.now, actor=ENGINE, key="note_appeal/lodged", refused=None),))
    taken_back = AppealWalk().lodged(hearing_wanted=True).act("waive_appeal_hearing", APPLICANT)
    taken_back.pass_time(days=40).act("withdraw_appeal", APPLICANT)
    unheard = AppealWalk().lodged().pass_time(days=10).drawn().declared()
    unheard.act("put_appeal_to_vote", SECRETARY).carried()
    unheard.act("declare_matter_interests", unheard.panel()[0], has_interest=True, statement=text("I found one."))
    return upheld, taken_back, unheard


def legal_hold() -> tuple[MatterWalk, ...]:
    """Walks of legal holds in which every kind of event happens."""
    return walked_hold(), answered(asked_hold(), "refuse_hold")


def adoption() -> tuple[MatterWalk, ...]:
    """Walks of proposed scheme versions in which every kind of event happens."""
    walk = proposed_version()
    _with_a_substitute(walk, "put_scheme_to_vote", proposed=version(would_fail=2)).carried()
    walk.take((ErrandDone(at=walk.now, actor=ENGINE, key="adopt"),))
    taken_back = _reminded(proposed_version(), "adoption").act("take_back_scheme_proposal", SECRETARY)
    return walk, taken_back, told_of_adoption(proposed_version())


def question() -> tuple[MatterWalk, ...]:
    """Walks of ethics questions in which every kind of event happens."""
    walk = asked_question().act("propose_answer", MEMBERS[0], answer=text("Yes."))
    _with_a_substitute(walk, "put_answer_to_vote").carried()
    walk.act("publish_answer", SECRETARY, text=text("Yes, somebody may."))
    return walk, _reminded(asked_question(), "ethics_question")


def correction() -> tuple[MatterWalk, ...]:
    """Walks of corrections of the record in which every kind of event happens."""
    rejected_one = proposed_correction().act("reject_correction", MEMBERS[0], reasons=text("It is right."))
    return _reminded(proposed_correction(), "correction").act("confirm_correction", MEMBERS[0]), rejected_one


def erasure() -> tuple[MatterWalk, ...]:
    """Walks of erasures in which every kind of event happens."""
    refused_one = _reminded(asked_erasure(), "erasure")
    refused_one.act("refuse_erasure", LABEL_OFFICER, institution=SEATS, reasons=text("It is needed."))
    return told_erased(approved_erasure()), refused_one


def practice() -> tuple[MatterWalk, ...]:
    """Walks of practices in which every kind of event happens."""
    walk = published_practice().act("take_practice_down", SECRETARY, reasons=text("No longer so."))
    return walk, _reminded(offered_practice(), "practice").act("refuse_consent", APPLICANT)


def _with_a_substitute(walk: MatterWalk, kind: str, **content: Any) -> MatterWalk:
    """Open a vote of five, in which a substitute steps in for one who leaves."""
    walk.members = MEMBERS[:5]
    everyone = (*walk.members, MEMBERS[7])
    seats = InstitutionFacts(commission=tuple(one.person for one in walk.members), substitutes=(MEMBERS[7].person,))
    walk.act(kind, SECRETARY, **content, institution=seats, people={one.person: one for one in everyone}).all_declare()
    walk.act("leave_electorate", MEMBERS[0], reason=text("Ill."))
    walk.members = everyone
    return walk


def _reminded(walk: MatterWalk, clock: str) -> MatterWalk:
    """Give a reminder, which every matter reads, also one of a kind that has no clock yet."""
    due_at = walk.now + timedelta(days=3)
    reminder = ReminderGiven(at=walk.now, actor=ENGINE, clock=clock, waits_for=Party.SECRETARIAT, due_at=due_at, days=3)
    return walk.take((reminder,))


WALKS: dict[str, Callable[[], tuple[MatterWalk, ...]]] = {
    "organisation": organisation,
    "institution": institution,
    "complaint": complaint,
    "appeal": appeal,
    "legal_hold": legal_hold,
    "adoption": adoption,
    "question": question,
    "correction": correction,
    "erasure": erasure,
    "practice": practice,
}
"""By the kind of the matter, which is also the folder of its files."""


def main() -> None:
    """Write the files that are not there yet."""
    for kind, walks in WALKS.items():
        for walk in walks():
            for event in walk.events:
                path = FOLDER / kind / f"{event.kind}.v{event.version}.json"
                path.parent.mkdir(exist_ok=True)
                if not path.exists():
                    path.write_text(f"{event.model_dump_json(indent=1)}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
