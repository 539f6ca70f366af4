"""Cases whose files and texts are theirs alone: what is given out under one of them can be told from another's."""

from collections.abc import AsyncIterator
from typing import Any

from schemas.case import Case
from tests.builders import APPLICANT, SECRETARY, Walk, sha256
from tests.pages.conftest import TEXTS, House, walk


def content_of(case: str, item: str) -> bytes:
    """What the file of an item holds."""
    return f"{item} of {case}\n".encode()


def to_round(*, items: int) -> Walk:
    """A walk to an open round whose last item has this number; what was too much before it is withdrawn."""
    begun = walk().to_intake().with_evidence()
    while (used := begun.case.items_numbered) < items:
        begun.offer("I-1.1-01", file=f"more-{used + 1}.pdf")
        if used + 1 < items:
            begun.act("withdraw_evidence", APPLICANT, item=f"E{used + 1}")
    begun.act("accept_application", SECRETARY)
    begun.to_planning = lambda: begun  # type: ignore[method-assign]  # it is there already
    return begun.to_round()


async def with_own_things(house: House, walked: Walk, case: str) -> Case:
    """Put a case on record with files of its own in the store, and words of its own in place of everybody's."""
    own = {sha256(words): sha256(_own(words, case)) for words in TEXTS}
    own[sha256("application")] = (await house.application(case, reference=case))["digest"]
    for number, event in enumerate(walked.events):
        said = event.model_dump_json()
        for everybodys, digest in own.items():
            said = said.replace(everybodys, digest)
        told = type(event).model_validate_json(said)
        if told.kind == "evidence_offered":
            kept = await _kept(house, case, told.item.id)  # type: ignore[attr-defined]  # of that kind
            told = told.model_copy(update={"item": told.item.model_copy(update=kept)})  # type: ignore[attr-defined]  # as above
        walked.events[number] = told
    for words in TEXTS:
        await house.services.vault.put_text(case, _own(words, case))
    return await house.holds(walked, case)


def _own(words: str, case: str) -> str:
    return f"{words} ({case})"


async def _kept(house: House, case: str, item: str) -> dict[str, Any]:
    async def once() -> AsyncIterator[bytes]:
        yield content_of(case, item)

    stored = await house.services.vault.put(case, once(), max_bytes=1000)
    return {"digest": stored.digest, "stored_digest": stored.stored_digest, "size": stored.size}
