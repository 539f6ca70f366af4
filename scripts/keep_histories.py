"""Keep the workflow histories of a release: every later version must replay them (`tests/procedure/test_replay.py`).

Runs one case, label or matter a scenario on a real Temporal server with a clock of its own, and writes each run's
history to `tests/histories/`. Run it once a release; a history that is kept is never written again.
"""

import asyncio
import gzip
import os
import re
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from sysconfig import get_path
from typing import Any
from uuid import uuid4

from temporalio.testing import TimeSkippingConfig, WorkflowEnvironment
from temporalio.worker import Worker

from certify.programs.temporal import WORKFLOWS, sandbox
from schemas.case import Countersignature
from schemas.people import Role
from schemas.scheme import Tier
from schemas.signed_acts import Countersigned
from schemas.stages import Choice, Stage, Verdict
from tests.builders import (
    APPLICANT,
    EXPERTS,
    LABEL_OFFICER,
    MEMBERS,
    SECRETARY,
    THIRD_PARTY,
    Walk,
    person,
    text,
)
from tests.procedure.conftest import SERVER_CONFIG, Procedure
from tests.procedure.labels import LabelInTemporal
from tests.procedure.matters import WALKS, MatterInTemporal
from tests.sealing import sealed
from workflows import options
from workflows.rules.standing import outstanding_lookups

KEPT = Path(__file__).parents[1] / "tests" / "histories"
OTHER_SECRETARY = person("sven", Role.SECRETARIAT)
ASLEEP = 11
"""How many events a run has in which nothing happened but its month."""
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


LABELS: dict[str, Callable[[LabelInTemporal], Awaitable[None]]] = {
    "kept-and-ended": kept_for_a_year,
    "lapsed": left_to_lapse,
}
FOURTH: dict[str, tuple[Callable[[Procedure], Awaitable[None]], Tier, Stage]] = {
    "fourth-granted": (granted_low, Tier.LOW, Stage.GRANTED),
    "fourth-reported-again": (reported_again, Tier.CRITICAL, Stage.GRANTED),
    "fourth-demonstrated": (demonstrated, Tier.LOW, Stage.GRANTED),
    "fourth-looked-up-again": (looked_up_again, Tier.MEDIUM, Stage.WITHDRAWN_BY_APPLICANT),
}
THIRD: dict[str, tuple[Callable[[Procedure], Awaitable[None]], Tier, Stage]] = {
    "third-granted": (granted_low, Tier.LOW, Stage.GRANTED),
    "third-vouched-for": (vouched_for, Tier.LOW, Stage.GRANTED),
    "third-granted-critical": (granted_critical, Tier.CRITICAL, Stage.GRANTED),
}
SECOND: dict[str, tuple[Callable[[Procedure], Awaitable[None]], Tier, Stage]] = {
    "second-granted": (granted_low, Tier.LOW, Stage.GRANTED),
    "second-corrected-critical": (corrected_critical, Tier.CRITICAL, Stage.GRANTED),
    "second-not-corrected": (not_corrected, Tier.LOW, Stage.WITHDRAWN_BY_APPLICANT),
    "second-reopened": (reopened, Tier.LOW, Stage.GRANTED),
    "second-heard": (heard, Tier.MEDIUM, Stage.WITHDRAWN_BY_APPLICANT),
}
FIRST: dict[str, tuple[Callable[[Procedure], Awaitable[None]], Tier, Stage]] = {
    "granted-low": (granted_low, Tier.LOW, Stage.GRANTED),
    "granted-critical": (granted_critical, Tier.CRITICAL, Stage.GRANTED),
    "refused": (refused, Tier.LOW, Stage.REFUSED),
    "declined-by-gate": (declined_by_gate, Tier.LOW, Stage.DECLINED),
    "lapsed": (lapsed, Tier.LOW, Stage.LAPSED),
    "withdrawn": (withdrawn, Tier.LOW, Stage.WITHDRAWN_BY_APPLICANT),
    "continued-as-new": (continued_as_new, Tier.LOW, Stage.WITHDRAWN_BY_APPLICANT),
}


async def main() -> None:
    """Play each scenario that is not kept yet."""
    environment = await WorkflowEnvironment.start_time_skipping_v2(
        dev_server_existing_path=str(Path(get_path("scripts")) / "temporal"),
        data_converter=sealed(seals=False),  # a kept history outlives every key
        ts_config=TimeSkippingConfig(enabled=False, disable_propagation=True),
        dev_server_extra_args=[part for one in SERVER_CONFIG for part in ("--dynamic-config-value", one)],
    )
    async with environment:
        for edition, scenarios in ((1, FIRST), (2, SECOND), (3, THIRD), (4, FOURTH)):
            for name, (play, tier, end) in scenarios.items():
                if lacks("certification", name):
                    await keep_case(environment, name, play, tier, edition, end)
        for name, live in LABELS.items():
            if lacks("label", name):
                await keep_label(environment, name, live)
        for kind, walk in WALKS.items():
            if lacks(kind, "walked"):
                await keep_matter(environment, kind, MatterInTemporal(environment, f"queue-{uuid4()}", walk()))


def lacks(kind: str, name: str) -> bool:
    """Whether no history of a scenario is kept."""
    return not list((KEPT / kind).glob(f"{name}-*.json.gz"))


@asynccontextmanager
async def worker(environment: WorkflowEnvironment, queue: str, *activities: Any) -> AsyncIterator[None]:
    """Serve a queue of cases, labels or matters, and the queue of the signer."""
    signing = [one for one in activities if one.__name__ in {"issue_label", "sign_extract"}]
    others = [one for one in activities if one not in signing]
    async with (
        Worker(
            environment.client,
            task_queue=queue,
            workflows=list(WORKFLOWS),
            activities=others,
            workflow_runner=sandbox(),
        ),
        Worker(environment.client, task_queue=options.SIGNING_QUEUE, activities=signing),
    ):
        yield


async def keep_case(
    environment: WorkflowEnvironment,
    name: str,
    play: Callable[[Procedure], Awaitable[None]],
    tier: Tier,
    edition: int,
    end: Stage,
) -> None:
    """Play one case and write the history of each of its runs."""
    case = Procedure(environment, f"queue-{uuid4()}", tier, edition)
    activities = (case.record.record, case.errands.run_errand, case.signer.issue_label)
    async with worker(environment, case.queue, *activities):
        await play(case)
        stage = await case.handle.result()
        if stage != end:
            sys.exit(f"{name} ended {stage}, not {end}")
    await write(environment, "certification", name, case.id)


async def keep_label(
    environment: WorkflowEnvironment, name: str, live: Callable[[LabelInTemporal], Awaitable[None]]
) -> None:
    """Live one label's life and write the history of each of its runs."""
    label = LabelInTemporal(environment, f"queue-{uuid4()}", Tier.LOW)
    activities = (label.record.record, label.errands.run_errand, label.signer.issue_label)
    async with worker(environment, label.queue, *activities):
        await label.begin()
        await live(label)
        await label.handle.result()
    await write(environment, "label", name, label.id)


async def keep_matter(environment: WorkflowEnvironment, kind: str, matter: MatterInTemporal) -> None:
    """Walk one matter and write the history of each of its runs, whether or not it has ended."""
    activities = (matter.record.record, matter.errands.run_errand, matter.extracts.sign_extract)
    async with worker(environment, matter.queue, *activities):
        await matter.follow()
        await matter.record.holds(matter.stream, matter.walk.kinds()[-1])
        await asyncio.sleep(1)  # what follows from the last act, an errand or a signature, is told to nobody here
    await write(environment, kind, "walked", matter.id)


async def write(environment: WorkflowEnvironment, kind: str, name: str, workflow: str) -> None:
    """Write the history of each run of a workflow; of the months it only slept, the first."""
    (KEPT / kind).mkdir(parents=True, exist_ok=True)
    slept = False
    for place, run in enumerate(await runs(environment, workflow), start=1):
        history = await environment.client.get_workflow_handle(workflow, run_id=run).fetch_history()
        if slept and len(history.events) <= ASLEEP:
            continue
        slept = slept or len(history.events) <= ASLEEP
        path = KEPT / kind / f"{name}-{place}.json.gz"
        path.write_bytes(gzip.compress(anonymous(history.to_json()).encode(), mtime=0))
        print(f"{kind}/{path.name}: {len(history.events)} events, {path.stat().st_size} bytes")


async def runs(environment: WorkflowEnvironment, workflow: str) -> list[str]:
    """Return the runs of a workflow, oldest first."""
    found, run = [], (await environment.client.get_workflow_handle(workflow).describe()).run_id
    while run:
        found.append(run)
        history = await environment.client.get_workflow_handle(workflow, run_id=run).fetch_history()
        run = history.events[0].workflow_execution_started_event_attributes.continued_execution_run_id
    return found[::-1]


def anonymous(text: str) -> str:
    """Return a history without the names of the machine and the process it was made on."""
    text = text.replace(f"{os.getpid()}@{socket.gethostname()}", "kept")
    return re.sub(r'"identity": ?"[^"]*"', '"identity":"kept"', text)


if __name__ == "__main__":
    asyncio.run(main())
