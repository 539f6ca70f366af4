"""Makes the golden files of events and of the case file: `python -m tests.vectors.events.make`.

A file once written is never written again: it stands for what a record of that version holds.
"""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from schemas.account_events import (
    AccessEnded,
    AccessRestored,
    AccountEvent,
    InvitationAsked,
    InvitationConfirmed,
    InvitationRefused,
    PasskeyEntered,
    PasskeyRemoved,
    RecoveryApproved,
    RecoveryCancelled,
    RecoveryDone,
    RecoveryLinkMade,
    RecoveryRequested,
)
from schemas.act import Act
from schemas.errand import ErrandDone
from schemas.events import SigningRefused
from schemas.identifiers import ENGINE
from schemas.people import Role
from schemas.record_events import (
    AttemptRefused,
    CompromisedKey,
    ContactErased,
    ContactOpened,
    EvidenceOpened,
    KeySetPublished,
    ParticipantEntered,
    PersonAdmitted,
    RecordEvents,
    RetentionApplied,
    SchemeAdopted,
    TiesDeclared,
)
from schemas.scheme import Tier
from schemas.stages import Choice, Verdict
from schemas.ties import Tie, TieKind
from tests.builders import (
    APPLICANT,
    EXPERTS,
    LABEL_OFFICER,
    SECRETARY,
    Walk,
    amended,
    issued_label,
    lodged,
    sha256,
    text,
)
from tests.vectors.decisions.make import SIGNED
from workflows.casework import CaseFile, Casework
from workflows.rules.case.attestation import attest
from workflows.rules.case.procedure import CERTIFICATION
from workflows.rules.case.rounds import ROUNDS_MAX

FOLDER = Path(__file__).parent
CASE_FILES = FOLDER.parent / "casefiles"
STREAMS = FOLDER / "streams"
"""Whole streams of decided cases, event by event; of the same cases `tests/vectors/decisions/good` has the records."""


def every_kind() -> tuple[Walk, ...]:
    """Walks in which every kind of event happens."""
    granted = Walk(Tier.CRITICAL).to_grant()
    granted.act("declare_interests", LABEL_OFFICER, has_interest=False).act("release_label", LABEL_OFFICER)
    granted.take((attest(granted.case, issued_label(granted.case), granted.now),))

    prohibited = Walk(gates={**lodged().gates, "G2": "yes"}).to_intake().act("accept_application", SECRETARY)
    prohibited.act("record_hearing", SECRETARY, protocol=text()).act("open_round", SECRETARY).all_declare()
    prohibited.voted(Choice.REFUSE).act("recuse", prohibited.voters()[0], reason=text())

    changing = Walk().to_intake().offer("I-1.1-01").act("withdraw_evidence", APPLICANT, item="E1")
    changing.act("state_not_applicable", APPLICANT, criterion="I-1.1-01", reason=text())
    changing.act("withdraw_application", APPLICANT, reasons=text())

    lapsed = Walk().to_intake().act("accept_application", SECRETARY).pass_time(days=60)
    declined = Walk().to_intake().act("decline_application", SECRETARY, reasons=text())
    told = Walk().to_grant()
    told.take((attest(told.case, issued_label(told.case), told.now),))
    told.take((ErrandDone(at=told.now, actor="engine", key="begin_life"),))
    vouched = Walk(edition=3).to_round()
    vouched.act("countersign", SECRETARY, person=vouched.voters()[0].person, round=1)
    reported = Walk(edition=3).to_round()
    second, *others = reported.all_declare().voters()
    for one, answer in zip(others, ("reject", "confirm"), strict=False):
        people, content = {one.person: one}, {"reasons": text()} if answer == "reject" else {}
        reported.act("report_undeclared_interest", SECRETARY, person=one.person, statement=text(), people=people)
        reported.act(f"{answer}_undeclared_interest", second, person=one.person, **content)
    return (
        reported,
        vouched,
        granted,
        prohibited,
        changing,
        lapsed,
        declined,
        told,
        *of_the_intake(),
        *of_corrections(),
        *of_decisions(),
    )


def of_the_intake() -> tuple[Walk, ...]:
    """Walks of the second edition through questions, disputes about the tier and the search for reviewers."""
    asking = Walk(edition=2).to_intake().asked(criteria=("I-1.1-01",)).pass_time(days=28)
    asking.act("amend_application", APPLICANT, lodged=amended()).answered()
    raised = Walk(edition=2).to_evaluation().confirmed(Tier.MEDIUM)
    kept = Walk(edition=2).to_evaluation().confirmed(Tier.HIGH).proposed(Tier.HIGH).voted(*[Choice.ABSTAIN] * 3)
    searching = Walk(edition=2).to_planning()
    asked, reserve = ({"reviewer": one.person, "areas": ("ethics_or_law",)} for one in EXPERTS[:2])
    searching.act("assign_reviewers", SECRETARY, reviewers=(asked,), reserves=(reserve,), proposal=text())
    searching.pass_time(days=5)
    drawn = Walk(Tier.CRITICAL, edition=2).to_evaluation().act("draw_third_party", SECRETARY)
    relieved = Walk(edition=2).to_evaluation().pass_time(days=200)
    relieved.act("relieve_reviewer", SECRETARY, person=EXPERTS[0].person, reasons=text())
    return asking, raised, kept, searching, drawn, relieved


def of_corrections() -> tuple[Walk, ...]:
    """Walks of the second edition in which nonconformities are raised, closed, extended and left open."""
    failing = {"I_1_1_01": Verdict.NOT_MET, "I_1_2_01": Verdict.PARTLY_MET}
    corrected = Walk(edition=2).to_correction(**failing).corrected("I-1.1-01").reviewed()
    corrected.act("extend_correction", APPLICANT, criterion="I-1.2-01", reasons=text()).pass_time(days=150)

    revised = Walk(edition=2).to_correction(**failing)
    cited = tuple(item.id for item in revised.case.items.values() if "I-1.1-01" in item.criteria)
    content = {"criterion": "I-1.1-01", "verdict": Verdict.MET, "reason": text(), "cited": cited}
    revised.act("revise_verdict", EXPERTS[0], **content).act("end_correction", APPLICANT)
    regraded = Walk(edition=7).to_correction(**failing)
    regraded.act("revise_verdict", EXPERTS[0], **{**content, "verdict": Verdict.PARTLY_MET})
    demonstrated = Walk(edition=4).to_evaluation().demonstrated(EXPERTS[0]).reviewed()
    return corrected, revised, regraded, demonstrated


def of_decisions() -> tuple[Walk, ...]:
    """Walks in which rounds are voided, hearings asked for, cases sent back and decisions reopened."""
    heard = Walk(members=9, edition=2).to_recommendation().recommended().act("open_round", SECRETARY)
    heard.act("recuse", heard.voters()[0], reason=text()).all_declare().voted(*[Choice.ABSTAIN] * 3)
    heard.act("waive_hearing", APPLICANT)

    asked = Walk(Tier.HIGH, edition=6).to_recommendation().act("ask_for_hearing", APPLICANT, statement=text())

    sent_back = Walk(members=9, edition=2).to_round()
    sent_back.voted(*[Choice.SEND_BACK] * 3, reasons=text())

    reopened = Walk(members=9, edition=2).to_grant()
    reopened.take((SigningRefused(at=reopened.now, actor="engine", code="other_scheme"),))
    reopened.pass_time(seconds=0).act("open_round", SECRETARY)
    reopened.act("declare_interests", EXPERTS[0], has_interest=True, statement=text())

    ran_out = Walk(edition=7).to_intake().offer("I-1.1-01", expires=date(2026, 3, 2)).with_evidence()
    ran_out.act("accept_application", SECRETARY).staffed(EXPERTS[0]).reviewed().pass_time(days=1)

    undecided = Walk(edition=7).to_recommendation().recommended()
    for _ in range(ROUNDS_MAX):
        undecided.act("open_round", SECRETARY).pass_time(days=40)
    return heard, asked, sent_back, reopened, ran_out, undecided


def of_keys() -> tuple[KeySetPublished, ...]:
    """A version of the key set that has a new key and tells of a compromise."""
    at = datetime(2027, 3, 1, 8, tzinfo=UTC)
    lost = CompromisedKey(kid="90facafe", at=at)
    return (
        KeySetPublished(
            at=at, actor=ENGINE, key_set_version=2, digest=sha256("signed"), root="-".join(["0000"] * 8),
            added=("3f9a12c4",), compromised=(lost,),
        ),
    )  # fmt: skip


def of_people() -> tuple[AccountEvent | RetentionApplied, ...]:
    """A passkey that comes and goes, the recovery of an account, the end of access, and what the job erased."""
    at, key = datetime(2027, 3, 1, 8, tzinfo=UTC), {"person": "ada", "credential_id": "AAECAwQFBgc"}
    recovery = {"recovery": "recovery-1", "person": "ada"}
    return (
        PasskeyEntered(at=at, actor="ada", **key, public_key="pQECAyYgASFYIA"),
        PasskeyRemoved(at=at, actor="ada", **key),
        RecoveryRequested(at=at, actor="sofia", **recovery),
        RecoveryApproved(at=at, actor="lars", **recovery, due_at=at + timedelta(hours=24)),
        RecoveryLinkMade(at=at, actor="sofia", **recovery),
        RecoveryCancelled(at=at, actor="ada", **recovery),
        RecoveryDone(at=at, actor="ada", **recovery),
        AccessEnded(at=at, actor="sofia", person="ada"),
        AccessRestored(at=at, actor="ada", person="ada"),
        InvitationAsked(
            at=at,
            actor="sofia",
            invitation="invitation-1",
            roles=(Role.EXPERT,),
            organisation="acme",
            areas=("ethics_or_law",),
        ),
        InvitationConfirmed(at=at, actor="lars", invitation="invitation-1"),
        InvitationRefused(at=at, actor="sofia", invitation="invitation-2"),
        RetentionApplied(
            at=at,
            actor=ENGINE,
            retained="attempts",
            count=3,
            before=at - timedelta(days=365),
            oldest=at - timedelta(days=400),
            through=7,
        ),
    )


def of_access() -> tuple[EvidenceOpened | ContactOpened | ContactErased, ...]:
    """An opening while a round is open, by a judge of a label; the contact of a complaint, seen and erased."""
    at = datetime(2027, 3, 1, 8, tzinfo=UTC)
    return (
        ContactOpened(at=at, actor="sofia", person="sofia"),
        ContactErased(at=at, actor="sofia", person="sofia"),
        EvidenceOpened(
            at=at, actor="edda", person="edda", item="E1", digest=sha256("E1"),
            part="judge", manifest=2, round=1, label="0123456789ABCDEF",
        ),
    )  # fmt: skip


def of_streams() -> dict[str, tuple[RecordEvents, ...]]:
    """What else is entered beside cases and matters, by the stream it is entered in."""
    at = datetime(2027, 3, 1, 8, tzinfo=UTC)
    tie = Tie(kind=TieKind.EMPLOYER, organisation="acme", since=date(2026, 1, 1))
    return {
        "people": (
            PersonAdmitted(at=at, actor="olaf", person="ada", roles=(Role.EXPERT,), areas=("ethics_or_law",)),
            TiesDeclared(at=at, actor="ada", person="ada", ties=(tie,)),
        ),
        "register": (
            ParticipantEntered(
                at=at, actor="olaf", organisation="acme", name="Acme Vision", country="Estonia", roles=("developer",)
            ),
        ),
        "scheme": (
            SchemeAdopted(
                at=at, actor="olaf", scheme="ai-ethics-code", scheme_version="1.0", digest=sha256("scheme"),
                content={"rules": {}},
            ),
        ),
        "attempts": (
            AttemptRefused(at=at, actor="ada", act="cast_ballot", application="case-1", code="not_in_electorate"),
        ),
    }  # fmt: skip


def case_file() -> CaseFile:
    """A case in the middle of a vote, as it travels from one run of its workflow to the next."""
    walk = Walk().to_round().voted(Choice.GRANT)
    work = Casework(CaseFile(application="case-1", rules=walk.rules), CERTIFICATION)
    acts: list[Act] = walk.sent
    for act in acts:
        work.take(act, walk.now)
    work.drop_recorded(work.file.outbox[-3].number)
    return work.file


def main() -> None:
    """Write the files that are not there yet."""
    for walk in every_kind():
        for event in walk.events:
            _write(FOLDER / f"{event.kind}.v{event.version}.json", event.model_dump_json(indent=1))
    for event in of_keys():
        _write(FOLDER / "keys" / f"{event.kind}.v{event.version}.json", event.model_dump_json(indent=1))
    for account_event in of_people():
        path = FOLDER / "people" / f"{account_event.kind}.v{account_event.version}.json"
        _write(path, account_event.model_dump_json(indent=1))
    for opening in of_access():
        _write(FOLDER / "access" / f"{opening.kind}.v{opening.version}.json", opening.model_dump_json(indent=1))
    for stream, events in of_streams().items():
        for entered in events:
            _write(FOLDER / stream / f"{entered.kind}.v{entered.version}.json", entered.model_dump_json(indent=1))
    for name, walked in SIGNED.items():
        stream = [event.model_dump(mode="json") for event in walked().events]
        _write(STREAMS / f"{name}.json", json.dumps(stream, indent=1))
    _write(CASE_FILES / "v1.json", case_file().model_dump_json(indent=1))


def _write(path: Path, content: str) -> None:
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{content}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
