"""What the record holds of who signed: receipts from the events of a case, public keys from the stream of people."""

import json
from collections.abc import Iterable, Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register.chain import verified_events
from schemas.canonical import digest_of
from schemas.event import Event
from schemas.events import BallotCast, DecisionReopened, LabelReleased, ThirdPartyReportRecorded
from schemas.receipts import PublicCredential, Release, SignedActs

PEOPLE = "people"
_ENTERED, _REMOVED = "passkey_entered", "passkey_removed"


async def signed_acts(session: AsyncSession, events: Sequence[Event]) -> SignedActs:
    """Return what shows who cast the ballots of a case, reported as third party and released its label.

    Raises:
        ChainBroken: the stream of people does not hold.
    """
    signed = [one for one in events if isinstance(one, (BallotCast, ThirdPartyReportRecorded))]
    receipts = {digest_of(one.receipt): one.receipt for one in signed if one.receipt is not None}
    released = _releases(events)
    release = released[-1] if released else None
    people = {one.actor for one in (*signed, *released)}
    if not receipts and release is None:
        return SignedActs()
    return SignedActs(
        receipts=receipts,
        credentials=tuple(one for one in await credentials(session) if one.person in people),
        release=Release(person=release.actor, at=release.at, receipt=release.receipt)
        if release is not None and release.receipt is not None
        else None,
    )


def _releases(events: Sequence[Event]) -> list[LabelReleased]:
    """Return the releases with a receipt of the decision that stands: one that was reopened takes its release along."""
    reopened = [at for at, event in enumerate(events) if isinstance(event, DecisionReopened)]
    standing = events[reopened[-1] :] if reopened else events
    return [event for event in standing if isinstance(event, LabelReleased) and event.receipt is not None]


async def credentials(session: AsyncSession) -> tuple[PublicCredential, ...]:
    """Return every passkey that anybody ever had, from the verified entries and from no view.

    Raises:
        ChainBroken: the stream of people does not hold.
    """
    return credentials_of([json.loads(body) async for body in verified_events(session, PEOPLE)])


def credentials_of(bodies: Iterable[dict[str, str]]) -> tuple[PublicCredential, ...]:
    """Return the passkeys that the events of the stream of people entered, in their order, with what ended each."""
    found: list[PublicCredential] = []
    for body in bodies:
        kind = body.get("kind")
        if kind == _ENTERED:
            names = ("person", "credential_id", "public_key")
            entered = {**{name: body[name] for name in names}, "entered_at": body["at"]}
            found.append(PublicCredential.model_validate(entered))
        elif kind == _REMOVED:
            found = [_ended(one, body) for one in found]
    return tuple(found)


def _ended(one: PublicCredential, body: dict[str, str]) -> PublicCredential:
    """Return a passkey after the entry by which one is removed; a recovery removes each by an entry of its own."""
    named = (body["person"], body["credential_id"]) == (one.person, one.credential_id)
    if one.removed_at is not None or not named:
        return one
    return PublicCredential.model_validate({**one.model_dump(), "removed_at": body["at"]})
