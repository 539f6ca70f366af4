"""Lives of labels on record: the case that granted one, its life as walked, and a renewal under way."""

from typing import Any

from certify.register import journal, streams
from certify.register.database import Database
from certify.vault.store import Vault
from schemas.records import Batch
from tests.builders import SECRETARY, sha256
from tests.label_walk import LabelWalk
from tests.unit.certify.register.certified import Body
from tests.unit.certify.register.records import MAX_BATCH, RecordedWalk, entry_of
from tests.vaults import put_file
from workflows.options import matter_stream
from workflows.rules.label.beginnings import begin_life_content

TEXTS = ("Because the evidence shows it.", "Misused.", "Take it down.", "We stopped.", "Less.")


async def lived(body: Body, case: RecordedWalk) -> LabelWalk:
    """A label whose life has just begun."""
    assert case.case.label is not None
    walk = LabelWalk(subject=case.case.label.id, **begin_life_content(case.case))
    await record(body.database, walk)
    async with body.database.reading() as session:
        begun = await streams.entry_at(session, matter_stream("label", walk.subject), 1)
    assert begun is not None
    walk.opened = begun.digest
    return walk


async def record(database: Database, walk: LabelWalk) -> None:
    """Append all that happened; what is there already is harmless."""
    entries = tuple(entry_of(number, event) for number, event in enumerate(walk.events, start=1))
    async with database.writing() as session:
        for start in range(0, len(entries), MAX_BATCH):
            batch = Batch(stream=matter_stream("label", walk.subject), entries=entries[start : start + MAX_BATCH])
            await journal.append(session, batch)


async def store(vault: Vault, walk: LabelWalk) -> None:
    """Store every text and file that the life names."""
    named = "".join(event.model_dump_json() for event in walk.events)
    for words in TEXTS:
        if sha256(words) in named:
            await vault.put_bytes(f"label-{walk.subject}", words.encode())
    for item in walk.state.items.values():
        await put_file(vault, walk.state.application, item.file.encode())


async def renewing(body: Body, label: str, **changes: Any) -> RecordedWalk:
    """An application on record that is to renew a label."""
    walk = RecordedWalk(application="case-2", renews=label, **changes).to_planning()
    await walk.store(body.vault)
    await walk.record(body.database)
    return walk


async def prolonging(body: Body, case: RecordedWalk) -> tuple[LabelWalk, RecordedWalk]:
    """A label on record whose prolongation is decided and waits for the signer, and its renewal."""
    walk = await lived(body, case)
    renewal = await renewing(body, walk.subject)
    walk.renewal_asked()
    walk.kept_until(walk.state.expires_at.replace(hour=0))
    walk.act("put_prolongation_to_vote", SECRETARY, days=30).carried()
    await record(body.database, walk)
    await store(body.vault, walk)
    return walk, renewal
