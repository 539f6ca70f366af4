"""What somebody with half of another's credentials tries: nothing of it gives them the other half (ASVS 7.2, 7.4)."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx2
import pytest
from pwdlib import PasswordHash
from sqlmodel import col, select

from certify.accounts import passkeys, recovery, sessions, tokens
from certify.accounts.passwords import Passwords
from certify.accounts.sessions import SignedIn
from certify.register import passkeys as register
from certify.register import recoveries
from certify.register.row_proofs import prove
from certify.web import people as web_people
from schemas.people import PersonFacts
from tests.authenticator import Authenticator
from tests.builders import APPLICANT, EXPERTS, LABEL_OFFICER, MEMBERS, ORGANISATION, SECRETARY
from tests.files import png
from tests.pages.account import (
    PASSWORD,
    add_generator,
    add_passkey,
    by_password,
    code_of,
    options_in,
    strong,
    with_password,
)
from tests.pages.api import is_problem, refused, token_of
from tests.pages.conftest import STRANGER, House, hidden_in, walk

EXPERT = EXPERTS[0]
NEW = "quite another secret"


async def recovery_link(house: House, who: PersonFacts) -> str:
    """Two officers agreed, the time is over: the token of the link."""
    now, database = datetime.now(UTC), house.services.database
    first, second = (
        house.principal(one).model_copy(update={"strong_at": now - timedelta(seconds=1)})
        for one in (SECRETARY, LABEL_OFFICER)
    )
    async with database.writing() as session:
        asked = await recovery.request(session, first, person=who.person, now=now)
    async with database.writing() as session:
        await recovery.approve(session, second, recovery=asked, delay=timedelta(0), now=now)
    async with database.writing() as session:
        return await recovery.make_link(session, first, recovery=asked, now=now)


async def recovers(house: House, token: str, password: str = NEW) -> httpx2.AsyncClient:
    browser = await house.browser(None)
    answer = await browser.post("/sign-in/link", data={"token": token, "password": password})
    assert answer.status_code == 303, answer.text
    return browser


async def signs_in(house: House, mail: str, password: str) -> int:
    answer = await (await house.browser(None)).post("/sign-in", data={"mail": mail, "password": password})
    return answer.status_code


async def test_a_token_and_a_session_in_one_request_are_refused(strict: House) -> None:
    token = {"Authorization": f"Bearer {await token_of(strict, STRANGER, ('read', 'act'))}"}
    victim = await strong(strict, MEMBERS[0])

    answers = [await victim.get(path, headers=token) for path in ("/api/me", "/account")]

    assert [answer.status_code for answer in answers] == [403, 403]
    assert answers[0].json()["code"] == "two_sign_ins"


async def test_ones_own_code_completes_nobody_elses_sign_in(strict: House) -> None:
    victim = MEMBERS[0]
    await add_passkey(await by_password(strict, victim), Authenticator())
    await add_generator(strict, await by_password(strict, STRANGER), STRANGER)
    token = await token_of(strict, STRANGER, ("read", "act"))
    browser = await strict.browser(None)
    await browser.post("/sign-in", data={"mail": await with_password(strict, victim), "password": PASSWORD})

    code = await code_of(strict, STRANGER, steps=1)
    answer = await browser.post("/account/step-up", data={"code": code}, headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 403
    assert (await browser.get("/commission")).status_code == 303
    async with strict.services.database.reading() as session:
        rows = (await session.exec(select(SignedIn.authn).where(SignedIn.person == victim.person))).all()
    assert set(rows) == {"password", "passkey"}


async def test_a_session_is_made_stronger_for_its_own_person_alone(house: House) -> None:
    now = datetime.now(UTC)
    async with house.services.database.writing() as session:
        cookie = await sessions.begin(session, person=EXPERT.person, authn="password", now=now)
    async with house.services.database.writing() as session:
        with pytest.raises(Exception, match="not_signed_in"):
            await sessions.strengthen(session, cookie, person=STRANGER.person, authn="passkey", now=now)


async def test_a_change_of_password_proves_no_second_factor(strict: House) -> None:
    await with_password(strict, EXPERT)
    browser = await strong(strict, EXPERT, authn="password_totp", ago=4)

    changed = await browser.post("/account/password", data={"present": PASSWORD, "password": NEW})

    assert changed.headers["Location"] == "/account?done=password_changed"
    async with strict.services.database.reading() as session:
        (row,) = (await session.exec(select(SignedIn).where(col(SignedIn.person) == EXPERT.person))).all()
    assert row.authn == "password_totp"
    assert row.strong_at is not None
    assert datetime.now(UTC) - row.strong_at >= timedelta(minutes=4)


class HeldHasher(PasswordHash):
    """A hasher that can be held once, after it compared."""

    def __init__(self, inner: PasswordHash) -> None:
        super().__init__(inner.hashers)
        self.compared, self.go, self.holds = threading.Event(), threading.Event(), False

    def verify_and_update(self, password: str | bytes, hash: str | bytes) -> tuple[bool, str | None]:  # noqa: A002  # the library's own word
        found = super().verify_and_update(password, hash)
        if self.holds:
            self.holds = False
            self.compared.set()
            self.go.wait(20)
        return found


async def while_comparing(house: House, asked: Callable[[], Awaitable[Any]], meanwhile: Callable[[], Any]) -> Any:
    """Do something after a password was compared and before its answer counts."""
    passwords: Passwords = house.services.passwords
    held = passwords._hasher = HeldHasher(passwords._hasher)
    held.holds = True
    task = asyncio.ensure_future(asked())
    await asyncio.to_thread(held.compared.wait, 20)
    await meanwhile()
    held.go.set()
    return await task


async def test_the_old_password_opens_nothing_that_a_recovery_closed_meanwhile(strict: House) -> None:
    mail, token = await with_password(strict, EXPERT), await recovery_link(strict, EXPERT)

    answer = await while_comparing(strict, lambda: signs_in(strict, mail, PASSWORD), lambda: recovers(strict, token))

    assert answer == 401
    assert await signs_in(strict, mail, NEW) == 303


async def test_a_change_of_password_under_way_does_not_undo_a_recovery(strict: House) -> None:
    mail, token = await with_password(strict, EXPERT), await recovery_link(strict, EXPERT)
    thief = await strong(strict, EXPERT)

    answer = await while_comparing(
        strict,
        lambda: thief.post("/account/password", data={"present": PASSWORD, "password": "chosen by the thief"}),
        lambda: recovers(strict, token),
    )

    assert answer.status_code == 401
    assert await signs_in(strict, mail, "chosen by the thief") == 401
    assert await signs_in(strict, mail, NEW) == 303


@pytest.fixture
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_people, "_SLOW", 0.0)


async def held_back(house: House, browser: httpx2.AsyncClient, path: str, form: dict[str, Any], meanwhile: Any) -> int:
    """Post a form whose body comes only when something else is done."""
    asked, status = asyncio.Event(), 0

    async def receive() -> dict[str, Any]:
        if not asked.is_set():
            asked.set()
            await meanwhile()
        return {"type": "http.request", "body": urlencode(form, doseq=True).encode(), "more_body": False}

    async def send(message: Any) -> None:
        nonlocal status
        status = message.get("status", status)

    headers = {
        "host": "localhost:8080", "sec-fetch-site": "same-origin", "cookie": f"session={browser.cookies['session']}",
        "content-type": "application/x-www-form-urlencoded",
    }  # fmt: skip
    scope = {
        "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"",
        "http_version": "1.1", "scheme": "http", "client": ("127.0.0.1", 1), "server": ("localhost", 8080),
        "root_path": "", "state": {}, "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }  # fmt: skip
    await house.app(scope, receive, send)
    return status


@pytest.mark.usefixtures("no_patience")
async def test_a_passkey_whose_form_was_held_back_over_a_recovery_is_not_entered(strict: House) -> None:
    await with_password(strict, EXPERT)
    thief, key, token = await strong(strict, EXPERT), Authenticator(), await recovery_link(strict, EXPERT)
    page = await thief.post("/account/passkeys/new", data={"name": "x"})
    form = {**hidden_in(page), "answer": key.make(options_in(page))}

    status = await held_back(strict, thief, "/account/passkeys", form, lambda: recovers(strict, token))

    assert status == 401
    async with strict.services.database.reading() as session:
        assert await register.of_person(session, EXPERT.person) == []


@pytest.mark.usefixtures("no_patience")
async def test_a_token_whose_form_was_held_back_over_a_recovery_is_not_made(strict: House) -> None:
    await with_password(strict, EXPERT)
    thief, token = await strong(strict, EXPERT), await recovery_link(strict, EXPERT)
    form = {"name": "x", "scope": "act", "days": "365"}

    status = await held_back(strict, thief, "/account/tokens", form, lambda: recovers(strict, token))

    assert status == 401
    async with strict.services.database.reading() as session:
        assert await tokens.of_person(session, EXPERT.person) == []


@pytest.mark.usefixtures("no_patience")
async def test_an_image_whose_bytes_were_held_back_until_its_token_was_revoked_is_not_given(house: House) -> None:
    token, database = await token_of(house, APPLICANT, ("read", "act")), house.services.database
    program = await house.browser(None)

    async def late() -> AsyncIterator[bytes]:
        async with database.writing() as session:
            await tokens.revoke_all(session, person=APPLICANT.person, now=datetime.now(UTC))
        yield png()

    answer = await program.put(
        f"/api/organisations/{ORGANISATION}/holder-image",
        content=late(),
        headers={"Authorization": f"Bearer {token}", "Content-Type": "image/png"},
    )

    is_problem(answer, 401, "token_invalid")


async def test_a_stranger_at_sign_in_slows_down_nobodys_codes(strict: House) -> None:
    browser = await strong(strict, EXPERT)
    await add_generator(strict, browser, EXPERT)
    for _ in range(7):
        await signs_in(strict, f"step-up/{EXPERT.person}", "some long secret")

    proven = await browser.post("/account/step-up", data={"code": await code_of(strict, EXPERT, steps=1)})

    assert proven.status_code == 303


async def test_a_second_link_of_a_recovery_that_is_done_serves_no_later_one(strict: House) -> None:
    await with_password(strict, EXPERT)
    first = await recovery_link(strict, EXPERT)
    now = datetime.now(UTC)
    officer = strict.principal(SECRETARY).model_copy(update={"strong_at": now})
    async with strict.services.database.writing() as session:
        row = await recoveries.open_of(session, EXPERT.person)
        assert row is not None
        second = await recovery.make_link(session, officer, recovery=row.id, now=now)
    await recovers(strict, first)
    await recovery_link(strict, EXPERT)

    answer = await (await strict.browser(None)).post("/sign-in/link", data={"token": second, "password": NEW})

    assert answer.status_code == 403


async def test_an_act_by_a_token_that_is_too_weak_or_half_a_sign_in_is_on_record_as_refused(strict: House) -> None:
    program = await strict.browser(None)
    token = {"Authorization": f"Bearer {await token_of(strict, SECRETARY, ('read', 'act'))}"}
    await add_passkey(await by_password(strict, MEMBERS[0]), Authenticator())
    half = await by_password(strict, MEMBERS[0])

    await program.post("/api/tokens", json={"name": "x", "scopes": ["read"], "days": 1}, headers=token)
    await half.post("/api/applications/case-1/cast-ballot", json={})
    await half.post("/commission/case-1/cast-ballot", data={})
    await half.post("/commission/case-1/no-such-act", data={})
    await half.get("/commission")

    kept = [(one["actor"], one["application"], one["act"], one["code"]) for one in await refused(strict)]
    assert kept == [
        (SECRETARY.person, None, "create_token", "token_too_weak"),
        (MEMBERS[0].person, "case-1", "cast_ballot", "second_factor_needed"),
        (MEMBERS[0].person, "case-1", "cast_ballot", "second_factor_needed"),
        (MEMBERS[0].person, "case-1", "act_in_case", "second_factor_needed"),
    ]


async def test_of_two_removals_at_once_one_leaves_staff_with_a_factor(house: House) -> None:
    now, database = datetime.now(UTC), house.services.database
    keys = ("YWFhYWFhYWFhYWFhYWFhYQ", "YmJiYmJiYmJiYmJiYmJiYg")
    for key in keys:
        async with database.writing() as session:
            await passkeys.enter(
                session, person=EXPERT.person, credential_id=key, public_key="cHVibGlj", name="x", now=now,
                authn="passkey",
            )  # fmt: skip

    async def remove(key: str) -> str:
        try:
            async with database.writing() as session:
                await passkeys.remove(
                    session, person=EXPERT.person, credential_id=key, keep_one=True, now=now, authn="passkey"
                )
        except Exception as error:  # noqa: BLE001  # its code is what is asked about
            return str(getattr(error, "code", error))
        return "removed"

    assert sorted(await asyncio.gather(*(remove(key) for key in keys))) == ["last_second_factor", "removed"]


@pytest.mark.usefixtures("no_patience")
@pytest.mark.parametrize("becomes", ["revoked", "narrower"])
async def test_an_upload_that_was_held_back_until_its_token_may_do_less_is_not_taken(
    house: House, becomes: str
) -> None:
    await house.holds(walk().to_intake())
    token, database = await token_of(house, APPLICANT, ("read", "act")), house.services.database
    program = await house.browser(None)

    async def late() -> AsyncIterator[bytes]:
        async with database.writing() as session:
            if becomes == "revoked":
                await tokens.revoke_all(session, person=APPLICANT.person, now=datetime.now(UTC))
            else:
                of_applicant = select(tokens.ApiToken).where(tokens.ApiToken.person == APPLICANT.person)
                row = (await session.exec(of_applicant)).one()
                row.scopes = "read"
                prove(session, row)
                session.add(row)
        yield b"Held back."

    answer = await program.post(
        "/api/applications/case-1/files", content=late(), headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.status_code == (401 if becomes == "revoked" else 403), answer.text


async def test_a_link_that_is_not_good_is_told_among_the_security_events(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr("certify.web.sign_in.note", lambda kind, *_, **__: told.append(kind))
    answer = await (await house.browser(None)).post("/sign-in/link", data={"token": "nobodys", "password": NEW})
    assert answer.status_code == 403
    assert told == ["link_refused"]
