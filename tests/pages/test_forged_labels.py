"""What the register answers of a label that it holds and that was not signed so: somebody wrote it there."""

from datetime import timedelta
from typing import Any

import pytest

from certify.register.labels import LabelRecord
from labels.encoding import to_base36
from labels.key_set import KeySet, LabelKey
from labels.keyring import Keyring
from labels.signing import prepare, sign
from schemas.label import IssuedLabel
from tests.logged import FROM, TO
from tests.pages.conftest import House
from tests.pages.test_public import THEIRS, issued
from tests.pages.test_stolen_keys import IN_FORCE, Register, opened, paths, register

__all__ = ["register"]
THEIR_RING = Keyring(KeySet((LabelKey(THEIRS.public_key, FROM, TO),)), (THEIRS,))
"""Of somebody who answers in the signer's place."""


async def rewrite(house: House, written: IssuedLabel, **columns: Any) -> None:
    """Write into the directory's row of a label, as whoever holds the database may."""
    async with house.services.database.writing() as session:
        row = await session.get(LabelRecord, written.id)
        assert row is not None
        for name, value in columns.items():
            setattr(row, name, value)
        session.add(row)


def resigned(label: IssuedLabel) -> str:
    """Return a label as recorded, whose token somebody else signed."""
    token = to_base36(sign(prepare(label.statement), THEIRS))
    return label.model_copy(update={"token": token}).model_dump_json()


async def is_told_of(register: Register) -> bool:
    """Whether anything is told of the label by its number, and every surface agrees."""
    label = register.label
    answer = await register.scanned(f"/{label.id}.json")
    page = await register.page(f"/{label.id}")
    badge = await register.page(f"/{label.id}.badge.svg")
    files = [(await register.page(f"/{label.id}{file}")).status_code for file in (".png", ".svg", "/print", ".jsonld")]
    feed, listed = await register.page("/labels.atom"), await register.page("/labels?standing=could_not_check")
    if answer["status"] == 200:
        assert (page.status_code, badge.status_code, files) == (200, 200, [200] * 4)
        return True
    assert (answer["status"], answer["standing"], answer["label"]) == (503, "could_not_check", None)
    assert "is not what was signed" in page.text
    assert "Label in force" not in page.text + badge.text
    assert (page.status_code, badge.status_code, files) == (503, 503, [503] * 4)
    assert "Golden Goose" not in page.text + feed.text
    assert label.id in listed.text.replace("-", "")
    return False


async def test_what_we_signed_and_recorded_is_told(register: Register) -> None:
    await register.log_issue(seen_at=register.now)
    register.trust()
    assert await is_told_of(register)
    assert IN_FORCE in (await register.page(f"/{register.label.id}.jsonld")).text


async def test_a_label_that_somebody_signed_in_our_place_is_in_force_nowhere(house: House) -> None:
    """Also where record, directory and witnessed log all hold it."""
    async with opened(house, await issued(house, ring=THEIR_RING)) as register:
        await register.log_issue(seen_at=register.now)
        register.trust()

        assert not await is_told_of(register)
        assert (await register.scanned(paths(register.label)[0]))["authenticity"] == "unknown_key"


@pytest.mark.parametrize("change", ["token", "kid", "end", "tier", "place"])
async def test_a_row_that_tells_something_else_than_was_signed_is_not_told(
    house: House, register: Register, change: str
) -> None:
    await register.log_issue(seen_at=register.now)
    register.trust()
    label = register.label
    later = label.expires_at + timedelta(days=700)
    changes: dict[str, dict[str, Any]] = {
        "token": {"label": resigned(label)},
        "kid": {"label": label.model_copy(update={"kid": "00000000"}).model_dump_json()},
        "end": {"expires_at": later, "label": label.model_copy(update={"expires_at": later}).model_dump_json()},
        "tier": {"tier": "critical"},
        "place": {"status_index": label.status_index + 1},
    }
    await rewrite(house, label, **changes[change])

    assert not await is_told_of(register)


async def test_a_page_that_tells_of_another_system_than_was_signed_is_not_shown(
    house: House, register: Register
) -> None:
    await register.log_issue(seen_at=register.now)
    register.trust()
    async with house.services.database.reading() as session:
        row = await session.get(LabelRecord, register.label.id)
    assert row is not None
    facts = row.public_facts.model_copy(update={"label_name": "Golden Goose", "product": "Golden Goose"})
    await rewrite(house, register.label, facts=facts.model_dump_json())

    assert (await register.scanned(f"/{register.label.id}.json"))["status"] == 503
    assert (await register.page(f"/{register.label.id}.png")).status_code == 503


@pytest.mark.parametrize(
    "change", [{"holder": "Thief Ltd"}, {"product": "Medical Diagnosis 9000"}, {"purpose": "Diagnoses cancer."}]
)
async def test_a_page_that_tells_of_another_holder_or_use_than_was_logged_and_certified_is_not_shown(
    house: House, register: Register, change: dict[str, str]
) -> None:
    await register.log_issue(seen_at=register.now)
    register.trust()
    await register.certify()
    assert await is_told_of(register)
    async with house.services.database.reading() as session:
        row = await session.get(LabelRecord, register.label.id)
    assert row is not None

    facts = row.public_facts.model_copy(update=change)
    label = row.issued.model_copy(update={"holder": facts.holder})
    own = {"holder": facts.holder, "product": facts.product}
    await rewrite(house, register.label, facts=facts.model_dump_json(), label=label.model_dump_json(), **own)
    assert (await register.scanned(f"/{register.label.id}.json"))["status"] == 503
    assert (await register.page(f"/{register.label.id}.png")).status_code == 503


async def test_a_stolen_key_is_not_hidden_by_another_name_for_it(house: House, register: Register) -> None:
    register.trust(stolen_at=register.now - timedelta(days=1))
    await register.log_issue(seen_at=register.now)
    renamed = register.label.model_copy(update={"kid": "00000000"})
    await rewrite(house, register.label, label=renamed.model_dump_json())

    assert not await is_told_of(register)
