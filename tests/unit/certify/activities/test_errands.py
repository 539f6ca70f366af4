"""What one matter tells another: a refusal that passes is no answer, one that stands is."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from certify.activities.errands import Errandry
from certify.register.database import Database
from certify.vault.store import Vault
from schemas.errand import Errand, ErrandAnswer
from schemas.errors import NotFound, OutOfOrder, ProcedureError, Unavailable
from schemas.record_events import SchemeAdopted
from tests.builders import SECRETARY, scheme, text
from tests.matters import MatterWalk
from tests.procedure.matters import adopted
from tests.unit.certify.register.records import append
from tests.unit.workflows.rules.matter.test_erasures import CASE, approved, asked, told
from tests.unit.workflows.rules.matter.test_scheme_adoption import version as proposed_version
from tests.vaults import vault_in
from workflows.rules.matter.scheme_adoption import SCHEME_ADOPTION

LABEL = "0123456789ABCDEF"


class Refusing:
    """Matters that refuse every act with the same."""

    def __init__(self, error: ProcedureError) -> None:
        self.error = error

    def name_of(self, workflow_id: str) -> str:
        return workflow_id

    async def engine_act(self, _errand: Errand, *, sent_by: str) -> None:
        assert sent_by
        raise self.error


async def run(error: ProcedureError, act: str) -> Any:
    errand = Errand(key="one", to="label", subject=LABEL, act=act)
    errandry = Errandry(Refusing(error), None, None, None)  # type: ignore[arg-type]  # nothing here asks for schemes or keys
    return await order(errandry, errand, "complaint/one")


@pytest.mark.parametrize("act", ["end_by_leaving", "supersede", "note_appeal", "open_review"])
async def test_a_matter_that_is_behind_its_clock_is_told_again(act: str) -> None:
    with pytest.raises(Unavailable, match="too_late"):
        await run(OutOfOrder("too_late", "Something is due first."), act)


async def test_the_review_of_a_complaint_waits_until_the_label_has_room_for_it() -> None:
    full = OutOfOrder("too_many_surveillances", "At most four.")
    with pytest.raises(Unavailable, match="too_many_surveillances"):
        await run(full, "open_review")
    assert await run(full, "note_appeal") == ErrandAnswer(key="one", refused="too_many_surveillances")


async def test_a_label_that_is_to_be_replaced_and_has_no_life_yet_is_told_again() -> None:
    unknown = NotFound("unknown_matter", "There is no such matter.")
    with pytest.raises(Unavailable, match="unknown_matter"):
        await run(unknown, "supersede")
    assert await run(unknown, "note_appeal") == ErrandAnswer(key="one", refused="unknown_matter")


async def test_a_refusal_that_stands_is_the_answer() -> None:
    refusal = OutOfOrder("label_ended", "The label has ended.")
    assert await run(refusal, "end_by_leaving") == ErrandAnswer(key="one", refused="label_ended")


class Adopted:
    """The door of the schemes: keeps what it was told to adopt."""

    def __init__(self) -> None:
        self.digests: list[str] = []

    async def adopt(self, errand: Errand, *, sent_by: str) -> None:
        assert sent_by
        self.digests.append(str(errand.content["digest"]))


async def order(errandry: Errandry, errand: Errand, workflow: str) -> Any:
    """Run an errand as the workflow of this name orders it."""
    environment = ActivityEnvironment()
    environment.info = replace(environment.info, workflow_id=workflow)
    return await environment.run(errandry.run_errand, errand)


NOT_ASKED = "errand_not_asked"


@pytest.mark.parametrize("walked", [asked, lambda: told(approved())], ids=["only-asked-for", "done-already"])
async def test_a_workflows_word_alone_destroys_no_key(database: Database, tmp_path: Path, walked: Any) -> None:
    """The keys go when the record says that two people wanted it, whatever Temporal was made to order."""
    vault, walk = vault_in(tmp_path), walked()
    ref = await vault.put_text(CASE["case"], "A secret.")
    await append(database, f"erasure/{walk.subject}", *walk.events)

    answer = await order(errandry_of(database, vault), wanted(approved()), f"erasure/{walk.subject}")

    assert answer.refused == NOT_ASKED
    assert await vault.text(CASE["case"], ref) == "A secret."


@pytest.mark.parametrize(
    ("workflow", "change"),
    [
        ("erasure/matter-1", {"subject": "case-2"}),
        ("erasure/matter-1", {"content": {"digest": "0" * 64}}),
        ("erasure/matter-2", {}),
        ("certification/matter-1", {}),
        ("engine", {}),
    ],
)
async def test_an_approved_erasure_destroys_what_it_names_alone(
    database: Database, tmp_path: Path, workflow: str, change: dict[str, Any]
) -> None:
    vault, walk = vault_in(tmp_path), approved()
    refs = {case: await vault.put_text(case, "A secret.") for case in (CASE["case"], "case-2")}
    await append(database, f"erasure/{walk.subject}", *walk.events)
    errandry = errandry_of(database, vault)

    assert (await order(errandry, wanted(walk).model_copy(update=change), workflow)).refused == NOT_ASKED
    for case, ref in refs.items():
        assert await vault.text(case, ref) == "A secret."

    assert await order(errandry, wanted(walk), f"erasure/{walk.subject}") == ErrandAnswer(key="erase")
    with pytest.raises(NotFound, match="erased"):
        await vault.text(CASE["case"], refs[CASE["case"]])
    assert await vault.text("case-2", refs["case-2"]) == "A secret."


async def test_a_scheme_is_adopted_on_the_word_of_a_vote_alone(database: Database) -> None:
    walk, door = adopted(), Adopted()
    errandry = Errandry(Refusing(OutOfOrder("never", "Not asked.")), door, database, None)  # type: ignore[arg-type]  # nothing here asks for keys
    errand, workflow = wanted(walk), f"adoption/{walk.subject}"

    assert (await order(errandry, errand, workflow)).refused == NOT_ASKED
    await append(database, workflow, *walk.events)
    assert (
        await order(errandry, errand.model_copy(update={"content": {"digest": "0" * 64}}), workflow)
    ).refused == NOT_ASKED
    assert door.digests == []
    assert await order(errandry, errand, workflow) == ErrandAnswer(key="adopt")
    assert door.digests == [errand.content["digest"]]


async def test_a_proposal_whose_vote_closes_as_it_is_told_of_an_adoption_is_told_again(
    database: Database,
) -> None:
    voted, rules = adopted(), scheme().rules
    overtaken = proposed_version(scheme=rules.id, version=rules.version, digest=scheme().digest)
    waiting = MatterWalk(SCHEME_ADOPTION, "matter-2").act(
        "propose_scheme", SECRETARY, digest_of_scheme=scheme().digest, reasons=text(), proposed=overtaken
    )
    in_force = SchemeAdopted(
        at=voted.now,
        actor="engine",
        scheme=rules.id,
        scheme_version=rules.version,
        digest=scheme().digest,
        content=scheme().model_dump(mode="json"),
    )
    await append(database, f"scheme/{rules.id}", in_force)
    for walk in (voted, waiting):
        await append(database, f"adoption/{walk.subject}", *walk.events)

    async def told(refusal: ProcedureError) -> Any:
        errandry = Errandry(Refusing(refusal), Adopted(), database, None)  # type: ignore[arg-type]  # nothing here asks for keys
        return await order(errandry, wanted(voted), f"adoption/{voted.subject}")

    with pytest.raises(Unavailable, match="too_late"):
        await told(OutOfOrder("too_late", "Something is due first."))
    assert await told(OutOfOrder("matter_ended", "It has ended.")) == ErrandAnswer(key="adopt")


def wanted(walk: MatterWalk) -> Errand:
    """The errand that a matter asks for."""
    errand = walk.kernel.errand(walk.state)
    assert errand is not None
    return errand


def errandry_of(database: Database, vault: Vault) -> Errandry:
    """Errands to the vault; nothing here asks for schemes."""
    return Errandry(Refusing(OutOfOrder("never", "Not asked.")), None, database, vault)  # type: ignore[arg-type]  # as it says


@pytest.mark.parametrize("workflow", ["", "w.forged", "w.forged\nworkflow", "people/one", "certify"])
async def test_what_is_no_workflow_of_ours_tells_no_matter_anything(workflow: str) -> None:
    errand = Errand(key="one", to="label", subject=LABEL, act="note_appeal")
    errandry = Errandry(Refusing(OutOfOrder("asked", "It was asked.")), None, None, None)  # type: ignore[arg-type]  # as above
    assert (await order(errandry, errand, workflow)).refused == NOT_ASKED
    assert (await order(errandry, errand, "certification/one")).refused == "asked"
