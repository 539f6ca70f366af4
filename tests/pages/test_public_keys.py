"""The public keys as anybody gets them, and what a scan says when one was stolen."""

import json
import shutil
from datetime import UTC, datetime

from certify.programs.keys import initialise
from labels.key_set import KeySet
from labels.root import Root
from labels.signed_key_set import verify_key_set
from tests.pages.conftest import House
from tests.pages.test_public import HTML, JSON, Client, anybody, issued

__all__ = ["anybody"]


async def test_the_keys_are_given_out_as_a_key_set_and_never_a_private_part(house: House, anybody: Client) -> None:
    await issued(house)

    answer = await anybody.get("/.well-known/jwks.json")

    (found,) = json.loads(answer.text)["keys"]
    assert answer.headers["Content-Type"] == "application/jwk-set+json"
    assert "d" not in found


async def test_the_signed_key_set_and_the_root_are_given_out_as_they_are(house: House, anybody: Client) -> None:
    settings = house.services.settings
    await issued(house)
    for path in ("/.well-known/label-keys", "/.well-known/label-root.json"):
        assert (await anybody.get(path)).status_code == 503
    shutil.rmtree(settings.data / "keys")
    published = initialise(settings, now=datetime.now(UTC)).key_set

    signed, root = await anybody.get("/.well-known/label-keys"), await anybody.get("/.well-known/label-root.json")

    assert signed.headers["Content-Type"] == 'application/cose; cose-type="cose-sign"'
    assert verify_key_set(signed.content, Root.from_json(root.content)) == published
    assert (await anybody.get("/.well-known/jwks.json")).text == published.as_jwks()


async def test_a_label_of_a_stolen_key_is_not_shown_as_ours(house: House, anybody: Client) -> None:
    label = await issued(house)
    path = house.services.settings.data / "keys" / "keys.json"
    known = KeySet.read(path)
    path.write_text(known.with_compromised(known.keys[0], datetime(2026, 1, 1, tzinfo=UTC)).as_json())

    page = await anybody.get(f"/C/{label.token}", headers=HTML)
    answer = (await anybody.get(f"/C/{label.token}", headers=JSON)).json()

    assert answer["authenticity"] == "not_in_log"
    assert "signed with a key that somebody else may hold" in page.text
    assert "Digit Reader" not in page.text
