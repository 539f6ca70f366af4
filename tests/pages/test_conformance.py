"""The second and the third verifier of the conformance kit: the scan as JSON and as a page, for what they can see.

They read no status list and no address of another host; of those vectors they are asked whether the token is authentic.
A proof they have from their own folder; one that does not hold there lets them answer that they could not check how the
label stands. Whether it is authentic, they tell all the same.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

import pytest

from certify.register.labels import LabelRecord
from certify.vault.label_proofs import LabelProofs, Proved
from certify.vault.published import FolderFiles
from certify.vault.published_paths import proof_of
from certify.vault.witnessed_log import PresentPolicy
from certify.web.public import lookup
from labels.key_set import KeySet
from labels.log.checkpoints import Policy
from labels.log.issues import issue_in
from labels.verification import verify
from schemas.errors import VerificationError
from schemas.label import Authenticity, IssuedLabel, LabelStatement
from schemas.public_log import IssueStatement
from tests.conformance import ALL, ORIGIN, VECTORS, Vector
from tests.fakes import SeenByWitnesses
from tests.pages.conftest import House, words_of
from tests.pages.test_public import HTML, JSON, issued

SCANNED = [vector for vector in ALL if vector.is_scannable]
HEADLINES = {
    "authentic": "Label in force",
    "malformed": "Not our signature",
    "unknown_key": "Not our signature",
    "bad_signature": "Not our signature",
    "not_in_log": "Not proved to be ours",
    "key_not_in_use": "Not proved to be ours",
}
UNPROVED = "Could not check now"


class Clock(datetime):
    """A clock that says the time of the vector."""

    moment = datetime(2027, 3, 1, tzinfo=UTC)

    @classmethod
    def now(cls, tz: Any = None) -> Self:
        """Return the moment."""
        return cls.fromtimestamp(cls.moment.timestamp(), tz)


def issue_of(token: str, at: datetime) -> IssueStatement:
    """What the log may say of a token."""
    about = {"label": "0123456789ABCDEF", "decision": "case-1/30", "holder": "Northwind"}
    return IssueStatement.model_validate({**about, "token": token, "issued_at": at, "expires_at": at})


class SeenThen(SeenByWitnesses):
    """Knows when witnesses saw the label of a vector that says it, and the keys as they are then."""

    def __init__(self, token: str, at: str | None, keys: Callable[[], KeySet]) -> None:
        super().__init__()
        LabelProofs.__init__(self, FolderFiles(Path("nowhere")), lambda: Policy("nowhere", (), ()), keys)
        self._proved = Proved(issue_of(token, datetime.fromisoformat(at)), datetime.fromisoformat(at)) if at else None

    async def of(self, label_id: str) -> Proved | None:
        """Return what is proved."""
        return self._proved

    def require_as_signed(self, label: IssuedLabel) -> KeySet:
        """Verify the token, whatever else is kept of its label here."""
        return LabelProofs.require_as_signed(self, label)

    def authenticity_of(self, label: IssuedLabel, seen_at: datetime | None) -> Authenticity:
        """Return what follows from the time that is proved, where one is."""
        seen_at = self._proved.at if self._proved is not None else None
        return LabelProofs.authenticity_of(self, label, seen_at)


def genuine(vector: Vector) -> tuple[str, str, LabelStatement]:
    """The label that the directory has: the vector's own, or for a token that is none the one it was made out of."""
    document = json.loads((VECTORS / "labels" / "good" / "plain.json").read_bytes())
    for text, keys in ((vector.text, vector.document["keys"]), (document["token"], document["keys"])):
        anyhow = {"keys": [{**one, "compromised_at": None} for one in keys["keys"]]}
        anyhow = {"keys": [{name: value for name, value in one.items() if value} for one in anyhow["keys"]]}
        answer = verify(text, KeySet.from_json(json.dumps(anyhow)), at=Clock.moment)
        if answer.statement is not None and answer.kid is not None:
            return text, answer.kid, answer.statement
    raise AssertionError("the plain label is authentic")


async def hold(house: House, first: LabelRecord, vector: Vector) -> None:
    """Let the directory have the label, the key set be the vector's, and the proof lie where proofs lie."""
    token, kid, said = genuine(vector)
    label = IssuedLabel.model_validate_json(first.label).model_copy(
        update={
            "id": said.id,
            "token": token,
            "kid": kid,
            "expires_at": said.expires_at,
            "status_index": said.status_index,
            "tier": said.tier,
            "subject_digest": said.subject_digest,
            "name_version": said.name_version,
            "holder": said.holder or first.holder,
        }
    )
    name, _, version = said.name_version.rpartition(" ")
    facts = first.public_facts.model_copy(update={"label_name": name, "version": version, "holder": label.holder})
    if vector.proof is not None:
        with suppress(VerificationError):
            issue = issue_in(vector.proof, said.id)
            logged = {"holder": issue.holder, "issued_at": issue.issued_at, "decision_number": issue.decision}
            label = label.model_copy(update=logged)
            facts = facts.model_copy(update={"holder": issue.holder, "decision_number": issue.decision})
    columns = {"id", "expires_at", "status_index", "tier", "holder", "issued_at", "decision_number"}
    row = label.model_dump(include=columns)
    row |= {"label": label.model_dump_json(), "facts": facts.model_dump_json()}
    async with house.services.database.writing() as session:
        for stale in (first.id, said.id):
            found = await session.get(LabelRecord, stale)
            if found is not None:
                await session.delete(found)
                await session.flush()
        session.add(LabelRecord(**{**first.model_dump(), **row}))
    first.id = said.id
    house.services.settings.key_set_file.write_text(vector.keys)
    if vector.proof is not None:
        house.services.published.write(proof_of(said.id), vector.proof)


def services_for(house: House, vector: Vector) -> LabelProofs:
    """The proofs as the vector gives them: the file, or what somebody knows."""
    services = house.services
    if vector.proof is None:
        return SeenThen(vector.text, vector.document.get("witnessed_at"), services.keys)
    return LabelProofs(services.published, PresentPolicy(services.keys, origin=ORIGIN), services.keys)


def is_unproved(vector: Vector) -> bool:
    """Whether the proof at hand does not hold, so that the standing cannot be told now."""
    return vector.proof is not None and vector.expected["code"] not in {None, "no_list"}


@pytest.fixture
async def first(house: House) -> LabelRecord:
    """A label that was granted and recorded, whose row is made into that of each vector."""
    label = await issued(house)
    async with house.services.database.reading() as session:
        row = await session.get(LabelRecord, label.id)
    assert row is not None
    return LabelRecord(**row.model_dump())


@pytest.mark.parametrize("accept", [JSON, HTML], ids=["json", "page"])
async def test_the_register_answers_as_every_verifier_must(
    house: House, first: LabelRecord, accept: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "datetime", Clock)
    services, differ = house.services, {}
    anybody = await house.browser(None)
    for vector in SCANNED:
        Clock.moment = datetime.fromisoformat(vector.document["at"])
        await hold(house, first, vector)
        house.services = replace(services, proofs=services_for(house, vector))
        answer = await anybody.get(f"/C/{vector.text}", headers=accept)
        found = told(answer.json()) if accept is JSON else headline(words_of(answer))
        wanted = vector.expected["authenticity"] if accept is JSON else wanted_headline(vector)
        if found != wanted:
            differ[str(vector)] = (found, wanted)

    assert differ == {}
    assert len(SCANNED) >= 100


def told(answer: dict[str, Any]) -> str | None:
    """The authenticity, which is told whatever becomes of the standing."""
    found: str | None = answer["authenticity"]
    assert (answer["label"] is not None) == (found == "authentic" and answer["standing"] != "could_not_check")
    return found


def wanted_headline(vector: Vector) -> str:
    """What the page must say first."""
    if is_unproved(vector):
        return UNPROVED
    is_authentic = vector.expected["authenticity"] == "authentic"
    # The register is not told what the vector's lists say, only the end counts.
    is_expired = is_authentic and genuine(vector)[2].expires_at < Clock.moment
    return "Expired on" if is_expired else HEADLINES[vector.expected["authenticity"]]


def headline(words: str) -> str:
    """What the page says first, of what it can say."""
    known = {*HEADLINES.values(), "Expired on", UNPROVED}
    words = words.replace("In force, ends on", "Label in force, ends on")
    return next((one for one in known if words.startswith(one)), words[:60])
