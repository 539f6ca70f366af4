"""What the store lacks is held against the erasures on record (I4, I19)."""

from typing import Any

import pytest

from certify.procedure.erasing import erase
from certify.register import journal
from certify.register.database import Database
from certify.vault.keys import text_name
from schemas.errand import ErrandDone
from schemas.records import Batch
from tests.builders import LABEL_OFFICER, sha256
from tests.cells import CELLS
from tests.matters import MatterWalk
from tests.unit.certify.register.certified import Body, founded
from tests.unit.certify.register.records import TEXTS, RecordedWalk, entry_of
from tests.unit.workflows.rules.matter import test_erasures
from tests.vaults import put_file
from workflows.options import matter_stream


@pytest.fixture
async def body(sqlite_url: str, tmp_path: Any) -> Any:
    database = Database(sqlite_url, cells=CELLS)
    yield await founded(database, tmp_path)
    await database.close()


def first_file(case: RecordedWalk) -> tuple[str, str]:
    """Item and digest of the first file of a case."""
    item = next(iter(case.case.evidence.values()))
    return item.id, item.digest


async def erasure(
    body: Body, *, item: str | None = None, digest: str | None = None, files_only: bool = False, approve: bool = True
) -> None:
    """An erasure on record, as far as its keys are destroyed, or only asked for."""
    about = {"item": item, "digest_of_file": digest, "files_only": files_only}
    walk = test_erasures.approved(LABEL_OFFICER, **about) if approve else test_erasures.asked(**about)
    if approve:
        walk.take((ErrandDone(at=walk.now, actor="engine", key="erase"),))
    await body.vault.put_text(f"erasure-{walk.subject}", "The time is over.")
    await record(body, walk)


async def record(body: Body, walk: MatterWalk) -> None:
    entries = tuple(entry_of(number, event) for number, event in enumerate(walk.events, start=1))
    async with body.database.writing() as session:
        await journal.append(session, Batch(stream=matter_stream("erasure", walk.subject), entries=entries))


async def test_what_two_people_erased_is_no_finding(body: Body) -> None:
    item, digest = first_file(await body.certified())
    await erasure(body, item=item, digest=digest)
    await body.vault.erase("case-1", digest)

    assert await body.check() == []


async def test_a_case_that_two_people_erased_is_no_finding_and_its_label_and_proofs_stand(body: Body) -> None:
    await body.certified()
    await erasure(body)
    await body.vault.erase("case-1", None)

    assert body.objects("case-1") == []
    assert await body.check() == []


@pytest.mark.parametrize("asked_for", [False, True], ids=["by nobody", "asked for only"])
async def test_what_nobody_erased_by_right_is_a_finding(body: Body, asked_for: bool) -> None:
    item, digest = first_file(await body.certified())
    if asked_for:
        await erasure(body, item=item, digest=digest, approve=False)
    await body.vault.erase("case-1", digest)

    assert await body.codes() == ["erased_without_act"]


async def test_the_erasure_of_all_files_excuses_every_file(body: Body) -> None:
    await body.certified()
    await erasure(body, files_only=True)
    await erase(body.database, body.vault, "case-1", None, files_only=True)

    assert await body.check() == []


async def test_the_erasure_of_all_files_excuses_no_text(body: Body) -> None:
    await body.certified()
    await erasure(body, files_only=True)
    await body.vault.erase("case-1", None)

    assert await body.codes() == ["erased_without_act"]


async def test_files_that_are_said_to_be_erased_and_still_open_are_a_finding(body: Body) -> None:
    await body.certified()
    await erasure(body, files_only=True)

    assert set(await body.codes()) == {"not_erased"}


async def test_the_erasure_of_one_file_excuses_no_other(body: Body) -> None:
    item, digest = first_file(await body.certified())
    await erasure(body, item=item, digest=digest)
    await body.vault.erase("case-1", None)

    assert await body.codes() == ["erased_without_act"]


async def test_a_text_of_the_bytes_of_an_erased_file_is_no_finding_and_its_loss_is_one(body: Body) -> None:
    item, digest, name = "E99", sha256(TEXTS[0]), text_name(sha256(TEXTS[0]))
    await body.certified()
    await erasure(body, item=item, digest=digest)
    await put_file(body.vault, "case-1", TEXTS[0].encode())
    await body.vault.erase("case-1", digest)
    assert await body.check() == []

    await body.vault.keys.destroy_file("case-1", name)

    assert await body.codes() == ["erased_without_act"]


async def test_what_is_said_to_be_erased_and_still_opens_is_a_finding(body: Body) -> None:
    item, digest = first_file(await body.certified())
    await erasure(body, item=item, digest=digest)

    assert await body.codes() == ["not_erased"]
