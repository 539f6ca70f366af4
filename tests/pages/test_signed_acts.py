"""Ballots and releases signed on the page and over the API (security I5, T22; ASVS 2.3.5, 4.1.5, 7.5.3)."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from html import unescape
from http import HTTPStatus
from typing import Any

import httpx2
import pytest
from sqlmodel import col, func, select

from certify.accounts import passkeys
from certify.accounts.accepted_signatures import AcceptedSignature
from certify.accounts.challenges import LASTS, AuthenticationChallenge
from certify.accounts.relying_party import RelyingParty
from certify.accounts.sessions import SignedIn
from certify.procedure.signed_acts import Signatures
from certify.register.entries import JournalEntry
from certify.register.passkeys import PasskeyRecord
from certify.register.row_proofs import prove
from schemas.acts import CastBallot
from schemas.identifiers import act_id
from schemas.people import PersonFacts
from schemas.scheme import Tier
from schemas.stages import Choice
from tests.builders import LABEL_OFFICER, SECRETARY, Walk
from tests.pages.account import strong
from tests.pages.commission import BALLOT, CASE
from tests.pages.conftest import HOST, House, hidden_in, walk, words_of
from tests.receipts import Authenticator, device_of

API = "/api/applications/case-1"
CAST, ASK = f"{API}/cast-ballot", f"{API}/cast-ballot/challenge"


async def has_passkey(house: House, who: PersonFacts, device: Authenticator | None = None) -> Authenticator:
    """Enter the passkey of somebody."""
    held = device or device_of(who.person)
    async with house.services.database.writing() as session:
        await passkeys.enter(
            session,
            person=who.person,
            credential_id=held.credential_id,
            public_key=held.public_key,
            name="test",
            now=datetime.now(UTC),
            authn="session",
        )
    return held


def signs(house: House) -> None:
    """Have the body ask for signatures."""
    relying = RelyingParty.of(HOST, "test")
    house.services.procedure.signatures = Signatures(house.services.database, relying)


async def in_signed_round(house: House) -> tuple[Walk, PersonFacts, Authenticator]:
    signs(house)
    walked = walk(edition=3).to_round()
    await house.holds(walked)
    voter = walked.voters()[0]
    return walked, voter, await has_passkey(house, voter, Authenticator())


def ballot_of(walked: Walk, **changes: Any) -> dict[str, Any]:
    vote = walked.case.rounds[-1]
    usual = {"round": vote.number, "choice": "grant", "manifest_digest": vote.manifest_digest}
    return {**usual, "scheme_digest": vote.scheme_digest, **changes}


async def asked_for(browser: httpx2.AsyncClient, ballot: dict[str, Any]) -> dict[str, Any]:
    answer = await browser.post(ASK, json=ballot)
    assert answer.status_code == HTTPStatus.OK, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def proof_of(browser: httpx2.AsyncClient, device: Authenticator, ballot: dict[str, Any]) -> dict[str, Any]:
    asked = await asked_for(browser, ballot)
    return device.receipt(asked["options"]["challenge"], asked["nonce"])


def code_of(answer: httpx2.Response) -> str:
    return str(answer.json()["code"])


async def test_a_client_asks_signs_and_casts(house: House) -> None:
    walked, voter, device = await in_signed_round(house)
    browser, ballot = await house.browser(voter, "passkey"), ballot_of(walked, reasons="All is shown.")
    asked = await asked_for(browser, ballot)

    assert asked["statement"]["choice"] == "grant"
    assert asked["options"]["userVerification"] == "required"
    proof = device.receipt(asked["options"]["challenge"], asked["nonce"])
    answer = await browser.post(CAST, json={**ballot, "proof": proof})

    assert answer.status_code == HTTPStatus.OK, answer.text
    assert (await house.case()).rounds[-1].ballots[voter.person].proof is not None


async def test_a_ballot_without_a_signature_is_refused_and_changes_nothing(house: House) -> None:
    walked, voter, _ = await in_signed_round(house)
    answer = await (await house.browser(voter, "passkey")).post(CAST, json=ballot_of(walked))

    assert code_of(answer) == "receipt_missing"
    assert (await house.case()).rounds[-1].ballots == {}


@pytest.mark.parametrize(
    ("bend", "code"),
    [
        ({"flags": 0x01}, "user_not_verified"),
        ({"flags": 0x04}, "user_not_present"),
        ({"client": {"origin": "http://localhost:9999"}}, "other_origin"),
        ({"client": {"crossOrigin": True}}, "cross_origin"),
        ({"client": {"type": "webauthn.create"}}, "not_an_assertion"),
        ({"host": "example.org"}, "other_relying_party"),
    ],
)
async def test_a_receipt_that_shows_less_than_it_must_is_refused(house: House, bend: dict[str, Any], code: str) -> None:
    signs(house)
    walked = walk(edition=3).to_round()
    await house.holds(walked)
    voter = walked.voters()[0]
    device = await has_passkey(house, voter, Authenticator(**bend))
    browser, ballot = await house.browser(voter, "passkey"), ballot_of(walked)
    answer = await browser.post(CAST, json={**ballot, "proof": await proof_of(browser, device, ballot)})

    assert (answer.status_code, code_of(answer)) == (HTTPStatus.FORBIDDEN, code)
    assert (await house.case()).rounds[-1].ballots == {}


async def test_a_signature_is_good_for_the_choice_it_was_given_for(house: House) -> None:
    walked, voter, device = await in_signed_round(house)
    browser, ballot = await house.browser(voter, "passkey"), ballot_of(walked)
    proof = await proof_of(browser, device, ballot)
    answer = await browser.post(CAST, json={**ballot, "choice": "abstain", "proof": proof})

    assert code_of(answer) == "other_statement"


async def test_a_key_of_another_member_signs_nothing_for_this_one(house: House) -> None:
    walked, voter, _ = await in_signed_round(house)
    other = await has_passkey(house, walked.voters()[1])
    browser, ballot = await house.browser(voter, "passkey"), ballot_of(walked)
    answer = await browser.post(CAST, json={**ballot, "proof": await proof_of(browser, other, ballot)})

    assert code_of(answer) == "unknown_credential"


async def test_a_challenge_that_was_never_asked_is_refused_though_the_signature_holds(house: House) -> None:
    walked, voter, device = await in_signed_round(house)
    browser, ballot = await house.browser(voter, "passkey"), ballot_of(walked)
    proof = await proof_of(browser, device, ballot)
    async with house.services.database.writing() as session:
        for row in (await session.exec(select(AuthenticationChallenge))).all():
            await session.delete(row)

    assert code_of(await browser.post(CAST, json={**ballot, "proof": proof})) == "challenge_over"


@pytest.mark.parametrize("seconds", [-3600, -1, 0, 1, 30, 299])
async def test_a_challenge_is_good_until_its_end_and_not_a_second_longer(house: House, seconds: int) -> None:
    """T22: there is no leeway after the end, and the row is gone before any clock could make it good again."""
    walked, voter, device = await in_signed_round(house)
    browser, ballot = await house.browser(voter, "passkey"), ballot_of(walked)
    proof = await proof_of(browser, device, ballot)
    left = timedelta(seconds=seconds if seconds <= 0 else seconds + 30)
    async with house.services.database.writing() as session:
        for row in (await session.exec(select(AuthenticationChallenge))).all():
            row.expires_at = datetime.now(UTC) + left
            prove(session, row)
            session.add(row)
    answer = await browser.post(CAST, json={**ballot, "proof": proof})

    assert (answer.status_code == HTTPStatus.OK) == (seconds > 0), answer.text
    assert timedelta(minutes=5) >= LASTS


async def test_fifty_identical_ballots_at_once_are_one_and_all_get_the_same_receipt(house: House) -> None:
    walked, voter, device = await in_signed_round(house)
    browser, ballot = await house.browser(voter, "passkey"), ballot_of(walked)
    proof = await proof_of(browser, device, ballot)

    async def cast() -> httpx2.Response:
        return await browser.post(CAST, json={**ballot, "proof": proof}, headers={"Idempotency-Key": "one"})

    answers = await asyncio.gather(*(cast() for _ in range(50)))
    taken = [answer.json()["receipt"] for answer in answers if answer.status_code == HTTPStatus.OK]
    again = await cast()

    assert taken
    assert all(one == again.json()["receipt"] for one in taken)
    assert {answer.status_code for answer in answers} <= {HTTPStatus.OK, HTTPStatus.CONFLICT}
    assert await _ballots_of(house, voter) == 1


async def test_fifty_different_ballots_of_one_member_at_once_are_one(house: House) -> None:
    walked, voter, device = await in_signed_round(house)
    browser = await house.browser(voter, "passkey")
    ballots = [ballot_of(walked, choice=choice) for choice in ("grant", "abstain") for _ in range(25)]
    proofs = [await proof_of(browser, device, ballot) for ballot in ballots]
    answers = await asyncio.gather(
        *(browser.post(CAST, json={**one, "proof": proof}) for one, proof in zip(ballots, proofs, strict=True))
    )

    assert sum(answer.status_code == HTTPStatus.OK for answer in answers) <= 1
    assert await _ballots_of(house, voter) == sum(answer.status_code == HTTPStatus.OK for answer in answers)
    assert {answer.status_code for answer in answers} <= {HTTPStatus.OK, HTTPStatus.CONFLICT, HTTPStatus.FORBIDDEN}


async def _ballots_of(house: House, who: PersonFacts) -> int:
    async with house.services.database.reading() as session:
        query = select(func.count()).where(
            col(JournalEntry.kind) == "ballot_cast", col(JournalEntry.stream) == "case/case-1"
        )
        return (await session.exec(query)).one()


async def test_a_signature_is_good_for_one_act_and_for_sending_that_again(house: House) -> None:
    """A repeat under another key is another act: its challenge was used up."""
    walked, voter, device = await in_signed_round(house)
    browser, ballot = await house.browser(voter, "passkey"), ballot_of(walked)
    act = {**ballot, "proof": await proof_of(browser, device, ballot)}
    first = await browser.post(CAST, json=act, headers={"Idempotency-Key": "one"})
    again = await browser.post(CAST, json=act, headers={"Idempotency-Key": "one"})
    other = await browser.post(CAST, json=act, headers={"Idempotency-Key": "two"})
    changed = await browser.post(CAST, json={**act, "choice": "abstain"}, headers={"Idempotency-Key": "one"})

    assert first.content == again.content
    assert code_of(other) == "already_voted"
    assert (changed.status_code, code_of(changed)) == (HTTPStatus.CONFLICT, "other_act_same_key")


async def test_a_passkey_and_an_accepted_signature_planted_in_the_database_cast_no_ballot(house: House) -> None:
    """Whoever writes in the database and has a session of a member still needs that member's authenticator."""
    walked, voter, _ = await in_signed_round(house)
    browser, ballot, theirs = await house.browser(voter, "passkey"), ballot_of(walked), Authenticator()
    asked = await asked_for(browser, ballot)
    challenge = asked["options"]["challenge"]
    act = {**ballot, "proof": theirs.receipt(challenge, asked["nonce"])}
    named = {"act_id": act_id(voter.person, "planted"), "application": "case-1", "actor": voter}
    sent = CastBallot.model_validate({**act, **named, "authn": "passkey", "request_id": "r"})
    key = PasskeyRecord(
        credential_id=theirs.credential_id, person=voter.person, public_key=theirs.public_key, from_entry=1
    )
    accepted = AcceptedSignature(
        challenge=challenge, act_id=sent.act_id, act_digest=sent.digest, accepted_at=datetime.now(UTC)
    )
    async with house.services.database.writing() as session:
        session.add_all([key, accepted])

    answer = await browser.post(CAST, json=act, headers={"Idempotency-Key": "planted"})

    assert (answer.status_code, code_of(answer)) == (HTTPStatus.FORBIDDEN, "unknown_credential")
    assert (await house.case()).rounds[-1].ballots == {}


async def test_a_ballot_signed_before_a_recusal_is_refused_after_it(house: House) -> None:
    walked, voter, device = await in_signed_round(house)
    browser, ballot = await house.browser(voter, "passkey"), ballot_of(walked)
    act = {**ballot, "proof": await proof_of(browser, device, ballot)}
    assert (await browser.post(f"{API}/recuse", json={"reason": "Asked for advice."})).status_code == HTTPStatus.OK

    assert code_of(await browser.post(CAST, json=act)) == "recused"


async def test_an_open_round_shows_nobody_a_receipt_by_which_the_choice_could_be_found(house: House) -> None:
    walked, voter, device = await in_signed_round(house)
    browser, ballot = await house.browser(voter, "passkey"), ballot_of(walked)
    await browser.post(CAST, json={**ballot, "proof": await proof_of(browser, device, ballot)})
    record = await (await house.browser(SECRETARY)).get(f"{API}/record")

    cast = next(one for one in record.json() if one["entry"]["kind"] == "ballot_cast")
    assert "receipt" not in cast["body"]
    assert {"choice", "proof"}.isdisjoint(cast["body"]["ballot"])


async def test_the_page_shows_what_is_signed_and_sends_the_ballot_with_the_receipt(house: House) -> None:
    walked, voter, device = await in_signed_round(house)
    browser = await house.browser(voter, "passkey")
    form = await browser.get(BALLOT)
    check = await browser.post(BALLOT, data={**hidden_in(form), "choice": "grant", "reasons": "All is shown."})
    words = words_of(check)

    assert "What you sign" in words
    assert walked.case.rounds[-1].manifest_digest[:12] in words
    assert "Sign with your passkey and cast the ballot" in words
    proof = device.receipt(*_asked_on(check))
    answer = await browser.post(BALLOT, data={**hidden_in(check), "proof": json.dumps(proof), "step": "confirmed"})

    assert answer.status_code == HTTPStatus.SEE_OTHER, words_of(answer)
    assert voter.person in (await house.case()).rounds[-1].ballots


def _asked_on(page: httpx2.Response) -> tuple[str, str]:
    options = json.loads(unescape(page.text.split('data-sign="')[1].split('"')[0]))
    return options["challenge"], page.text.split('data-nonce="')[1].split('"')[0]


@pytest.mark.parametrize("proof", ["", "no JSON", '{"method": "passkey"}', "[]"])
async def test_what_was_typed_is_kept_when_the_signature_is_missing_or_none(house: House, proof: str) -> None:
    _, voter, _ = await in_signed_round(house)
    browser = await house.browser(voter, "passkey")
    form = await browser.get(BALLOT)
    check = await browser.post(BALLOT, data={**hidden_in(form), "choice": "grant", "reasons": "All is shown."})
    answer = await browser.post(BALLOT, data={**hidden_in(check), "proof": proof, "step": "confirmed"})

    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "All is shown." in answer.text
    assert (await house.case()).rounds[-1].ballots == {}


async def test_a_member_without_a_passkey_is_told_both_ways(house: House) -> None:
    signs(house)
    walked = walk(edition=3).to_round()
    await house.holds(walked)
    browser = await house.browser(walked.voters()[0])
    form = await browser.get(BALLOT)
    check = await browser.post(BALLOT, data={**hidden_in(form), "choice": "grant"})

    assert "You have no passkey yet" in words_of(check)
    assert "Without a passkey" in words_of(check)


async def test_a_countersigned_ballot_rests_on_a_one_time_code_and_on_nothing_else(house: House) -> None:
    signs(house)
    walked = walk(edition=3).to_round()
    voter = walked.voters()[0]
    walked.act("countersign", SECRETARY, person=voter.person, round=1)
    await house.holds(walked)
    by_key, by_code = await strong(house, voter), await strong(house, voter, authn="password_totp")
    pages = [
        await browser.post(BALLOT, data={**hidden_in(await browser.get(BALLOT)), "choice": "grant"})
        for browser in (by_key, by_code)
    ]
    written = unescape(pages[1].text.split('name="countersigned" value="')[1].split('"')[0])
    async with house.services.database.reading() as session:
        at = (await session.exec(select(SignedIn.strong_at).where(SignedIn.authn == "passkey"))).one()
    with_key = {**json.loads(written), "authenticated_at": at.isoformat() if at else ""}

    refused = await by_key.post(CAST, json={**ballot_of(walked), "proof": with_key})
    form = {**hidden_in(pages[1]), "countersigned": written, "step": "confirmed"}
    taken = await by_code.post(BALLOT, data=form)

    assert 'name="countersigned"' not in pages[0].text
    assert (refused.status_code, code_of(refused)) == (HTTPStatus.FORBIDDEN, "step_up_needed")
    assert taken.status_code == HTTPStatus.SEE_OTHER, words_of(taken)
    assert (await house.case()).rounds[-1].ballots.keys() == {voter.person}


async def test_a_label_officer_releases_with_a_signature(house: House) -> None:
    signs(house)
    walked = walk(tier=Tier.CRITICAL, edition=3).to_grant()
    walked.act("declare_interests", LABEL_OFFICER, has_interest=False)
    await house.holds(walked)
    device = await has_passkey(house, LABEL_OFFICER, Authenticator())
    browser = await house.browser(LABEL_OFFICER, "passkey")
    page = await browser.get(f"{CASE}/release-label")

    assert walked.case.decision is not None
    assert walked.case.decision.number in words_of(page)
    proof = json.dumps(device.receipt(*_asked_on(page)))
    answer = await browser.post(f"{CASE}/release-label", data={**hidden_in(page), "proof": proof, "step": "confirmed"})

    assert answer.status_code == HTTPStatus.SEE_OTHER, words_of(answer)
    assert (await house.case()).release_proof is not None


async def test_a_case_lodged_before_is_voted_on_as_ever(house: House) -> None:
    signs(house)
    walked = walk(edition=2).to_round()
    await house.holds(walked)
    browser = await house.browser(walked.voters()[0])
    form = await browser.get(BALLOT)
    check = await browser.post(BALLOT, data={**hidden_in(form), "choice": Choice.GRANT.value})

    assert "What you sign" not in words_of(check)
    answer = await browser.post(BALLOT, data={**hidden_in(check), "step": "confirmed"})
    assert answer.status_code == HTTPStatus.SEE_OTHER
