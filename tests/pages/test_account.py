"""One's own account in the pages: signing in by passkey and code, proving again, tokens, sessions."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import structlog
from sqlmodel import select

from certify.accounts import sessions, totp
from certify.register import streams
from certify.register.row_proofs import prove
from schemas.stages import Choice
from tests.authenticator import Authenticator
from tests.builders import APPLICANT, EXPERTS, MEMBERS, SECRETARY
from tests.pages.account import PASSWORD, add_generator, add_passkey, by_password, code_of, options_in, strong
from tests.pages.api import token_of
from tests.pages.commission import BALLOT, in_round, sent
from tests.pages.conftest import Eyes, House, hidden_in, words_of

EXPERT = EXPERTS[0]
PATHS = ("/password", "/mail", "/sessions", "/tokens", "/recoveries", "/step-up")


async def test_staff_without_a_second_factor_are_led_to_set_one_up_before_any_work(strict: House) -> None:
    browser = await by_password(strict, EXPERT)

    led = await browser.get("/reviewer")
    page = await browser.get(led.headers["Location"])

    assert (led.status_code, led.headers["Location"]) == (303, "/account?needed=1")
    assert "Your work here needs a second factor." in words_of(page)
    assert (await browser.get("/api/me")).json()["code"] == "enrolment_needed"
    assert (await add_passkey(browser, Authenticator())).headers["Location"] == "/account?done=passkey_added"
    assert (await browser.get("/reviewer")).status_code == 200


async def test_applicants_are_offered_a_second_factor_and_need_none(strict: House) -> None:
    browser = await by_password(strict, APPLICANT)

    assert (await browser.get("/applicant")).status_code == 200
    assert "Add a passkey" in words_of(await browser.get("/account"))


async def test_a_passkey_signs_in_without_an_address(strict: House) -> None:
    key = Authenticator()
    await add_passkey(await by_password(strict, EXPERT), key)
    browser = await strict.browser(None)

    page = await browser.post("/sign-in/passkey", data={"next": "/reviewer"})
    answered = {**hidden_in(page), "answer": key.sign(options_in(page))}
    entered = await browser.post("/sign-in/with-passkey", data=answered)

    assert (entered.status_code, entered.headers["Location"]) == (303, "/reviewer")
    assert (await browser.get("/api/me")).json()["authn"] == "passkey"
    again = await browser.post("/sign-in/with-passkey", data=answered)
    assert again.status_code == 403
    assert "This took too long or was answered before" in words_of(again)


@pytest.mark.parametrize(
    "answer",
    [
        '{"id": "\\ud800", "rawId": "AA", "response": {}}',
        '{"id": "AA", "rawId": "\\ud800", "response": {}}',
        '{"id": "AA", "rawId": "AA", "response": {"userHandle": "\\u00e9"}}',
    ],
)
async def test_an_answer_whose_names_are_no_base64url_is_refused_as_any_other(strict: House, answer: str) -> None:
    browser = await strict.browser(None)
    page = await browser.post("/sign-in/passkey", data={"next": "/reviewer"})

    refused = await browser.post("/sign-in/with-passkey", data={**hidden_in(page), "answer": answer})

    assert refused.status_code == 403


async def test_an_outage_tells_the_log_of_no_link_and_no_code(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: object, **__: object) -> None:
        raise OSError("the record is away")

    monkeypatch.setattr("certify.register.database.Database.reading", away)
    monkeypatch.setattr("certify.register.database.Database.writing", away)

    with structlog.testing.capture_logs() as logged:
        answer = await (await house.browser(None)).get("/sign-in/link/a-secret-of-somebody")

    assert answer.status_code == 503
    assert logged[0]["event"] == "record_unreachable"
    assert logged[0]["route"].startswith("/sign-in/link/{")
    assert "a-secret-of-somebody" not in str(logged)


async def test_whoever_has_a_generator_gives_a_code_after_the_password(strict: House) -> None:
    first = await by_password(strict, EXPERT)
    assert (await add_generator(strict, first, EXPERT)).headers["Location"] == "/account?done=generator_added"
    browser = await by_password(strict, EXPERT)
    before = browser.cookies["session"]

    led = await browser.get("/reviewer?x=1")
    page = await browser.get(led.headers["Location"])
    code = await code_of(strict, EXPERT, steps=1)
    entered = await browser.post("/account/step-up", data={**hidden_in(page), "code": f" {code[:3]} {code[3:]} "})

    assert led.headers["Location"] == "/account/step-up?next_href=%2Freviewer%3Fx%3D1"
    assert (await browser.get("/account")).status_code == 200
    assert (entered.status_code, entered.headers["Location"]) == (303, "/reviewer?x=1")
    assert browser.cookies["session"] != before
    assert (await browser.get("/api/me")).json()["authn"] == "password_totp"
    other = await by_password(strict, EXPERT)
    used = await other.post("/account/step-up", data={"code": code})
    assert used.status_code == 403
    assert "The code is wrong or was used before" in words_of(used)


async def test_with_the_password_alone_nothing_of_the_account_is_seen_or_changed(strict: House) -> None:
    await add_generator(strict, await by_password(strict, EXPERT), EXPERT)
    browser = await by_password(strict, EXPERT)

    for path in ("/account", "/account/tokens", "/account/sessions"):
        assert (await browser.get(path)).headers["Location"].startswith("/account/step-up?"), path
    removed = await browser.post("/account/generator/remove")

    assert removed.status_code == 403
    assert "Confirm that it is you" in words_of(removed)
    async with strict.services.database.reading() as session:
        assert await totp.is_enrolled(session, EXPERT.person)


async def test_codes_are_slowed_down_after_a_few_wrong_ones(strict: House) -> None:
    await add_generator(strict, await by_password(strict, EXPERT), EXPERT)
    browser = await by_password(strict, EXPERT)

    answers = [(await browser.post("/account/step-up", data={"code": "000000"})).status_code for _ in range(6)]

    assert answers == [403, 403, 403, 403, 403, 429]


async def test_an_act_that_needs_a_proof_asks_for_it_and_keeps_what_was_typed(strict: House) -> None:
    key = Authenticator()
    await add_passkey(await by_password(strict, SECRETARY), key)
    browser = await strong(strict, SECRETARY, ago=6)
    typed = {
        "name": 'Nina "<N>"',
        "email": "nina@example.org",
        "roles": ["expert", "label_officer"],
        "areas": ["ethics_or_law"],
    }

    asked = await browser.post("/secretariat/people", data=typed)
    begun = await browser.post("/account/step-up", data={**hidden_in(asked), "by": "passkey"})
    answered = {**hidden_in(begun), "answer": key.sign(options_in(begun))}
    proven = await browser.post("/account/step-up", data=answered)

    assert asked.status_code == 403
    assert "What you typed is kept" in words_of(asked)
    assert "Nothing has been sent yet." in words_of(proven)
    assert 'action="/secretariat/people"' in proven.text
    kept = hidden_in(proven)
    assert {name: kept[name] for name in typed} == {**typed, "areas": "ethics_or_law"}
    sent = await browser.post("/secretariat/people", data=kept)
    assert "/sign-in/link/" in sent.text


async def test_a_proof_is_good_for_five_minutes(strict: House) -> None:
    fresh, stale = await strong(strict, SECRETARY, ago=4), await strong(strict, SECRETARY, ago=6)

    assert (await fresh.post("/account/tokens", data={"name": "n", "scope": "read", "days": "30"})).status_code == 200
    assert (await stale.post("/account/tokens", data={"name": "n", "scope": "read", "days": "30"})).status_code == 403


async def test_the_password_proves_only_where_there_is_nothing_else(strict: House) -> None:
    browser = await by_password(strict, APPLICANT)
    async with strict.services.database.writing() as session:
        query = select(sessions.SignedIn).where(sessions.SignedIn.authn == "password")
        row = (await session.exec(query)).one()
        row.strong_at = datetime.now(UTC) - timedelta(minutes=6)
        prove(session, row)
        session.add(row)

    asked = await browser.post("/account/mail", data={"mail": "new@example.org"})
    wrong = await browser.post("/account/step-up", data={**hidden_in(asked), "password": "not the password"})
    proven = await browser.post("/account/step-up", data={**hidden_in(wrong), "password": PASSWORD})
    changed = await browser.post("/account/mail", data=hidden_in(proven))

    assert "The password is wrong." in words_of(wrong)
    assert changed.headers["Location"] == "/account?done=mail_changed"
    await add_passkey(browser, Authenticator())
    refused = await browser.post("/account/step-up", data={"password": PASSWORD})
    assert "The password is wrong." in words_of(refused)


async def test_the_api_asks_for_a_fresh_proof_and_a_token_gives_none(strict: House) -> None:
    token = await token_of(strict, SECRETARY, ("act", "read"))
    program = await strict.browser(None)
    body = {"name": "n", "scopes": ["read"], "days": 1}

    by_token = await program.post("/api/tokens", json=body, headers={"Authorization": f"Bearer {token}"})
    stale = await (await strong(strict, SECRETARY, ago=6)).post("/api/tokens", json=body)
    page = await program.get("/account", headers={"Authorization": f"Bearer {token}"})

    assert (by_token.status_code, by_token.json()["code"]) == (403, "token_too_weak")
    assert (stale.status_code, stale.json()["code"]) == (403, "step_up_needed")
    assert page.status_code == 403


async def test_staff_never_remove_their_last_second_factor(strict: House) -> None:
    key = Authenticator()
    browser = await by_password(strict, MEMBERS[0])
    await add_passkey(browser, key)

    refused = await browser.post("/account/passkeys/remove", data={"credential_id": key.credential_id})
    await add_generator(strict, browser, MEMBERS[0])
    removed = await browser.post("/account/passkeys/remove", data={"credential_id": key.credential_id})
    last = await browser.post("/account/generator/remove")

    assert (refused.status_code, last.status_code) == (422, 422)
    assert "This is your only second factor" in words_of(refused)
    assert removed.headers["Location"] == "/account?done=passkey_removed"


async def test_another_persons_passkey_is_as_good_as_none(strict: House) -> None:
    key = Authenticator()
    await add_passkey(await by_password(strict, MEMBERS[0]), key)
    other = await strong(strict, EXPERT)

    assert (await other.post("/account/passkeys/remove", data={"credential_id": key.credential_id})).status_code == 404


async def test_a_changed_password_ends_all_other_sessions(strict: House) -> None:
    elsewhere, browser = await by_password(strict, APPLICANT), await by_password(strict, APPLICANT)
    before = browser.cookies["session"]

    wrong = await browser.post(
        "/account/password", data={"present": "wrong password", "password": "another long secret"}
    )
    short = await browser.post("/account/password", data={"present": PASSWORD, "password": "short"})
    changed = await browser.post("/account/password", data={"present": PASSWORD, "password": "another long secret"})

    assert "The password is wrong." in words_of(wrong)
    assert "A password has at least 12 characters." in words_of(short)
    assert changed.headers["Location"] == "/account?done=password_changed"
    assert browser.cookies["session"] != before
    assert (await browser.get("/applicant")).status_code == 200
    assert (await elsewhere.get("/applicant")).status_code == 401


async def test_sessions_are_listed_and_ended(strict: House) -> None:
    browser, other, third = [await strong(strict, APPLICANT) for _ in range(3)]

    page = await browser.get("/account/sessions")
    listed = hidden_in(page)["session"]
    await browser.post("/account/sessions/end", data={"session": listed[0]})
    one_left = [(await each.get("/applicant")).status_code for each in (other, third)]
    await browser.post("/account/sessions/end-others")

    assert "this session" in words_of(page)
    assert sorted(one_left) == [200, 401]
    assert [(await each.get("/applicant")).status_code for each in (browser, other, third)] == [200, 401, 401]


async def test_a_token_is_shown_once_and_revoked(strict: House) -> None:
    browser = await strong(strict, APPLICANT)

    made = await browser.post("/account/tokens", data={"name": "Build", "scope": "act", "days": "365"})
    token = re.search(r"vcl_[0-9a-f]{12}_[\w-]{43}[0-9a-f]{8}", made.text)
    assert token
    program = await strict.browser(None)
    used = await program.get("/api/me", headers={"Authorization": f"Bearer {token[0]}"})
    listed = await browser.get("/account/tokens")
    await browser.post("/account/tokens/revoke", data=hidden_in(listed))
    over = await program.get("/api/me", headers={"Authorization": f"Bearer {token[0]}"})

    assert used.json()["facts"]["person"] == APPLICANT.person
    assert "Build" in words_of(listed)
    assert token[0] not in listed.text
    assert over.status_code == 401


@pytest.mark.parametrize("changed", [{"name": ""}, {"scope": "all"}, {"days": "9999"}], ids=lambda one: next(iter(one)))
async def test_a_token_that_cannot_be_made_says_why(strict: House, changed: dict[str, str]) -> None:
    browser = await strong(strict, APPLICANT)

    refused = await browser.post("/account/tokens", data={"name": "Build", "scope": "act", "days": "90", **changed})

    assert refused.status_code == 422
    assert "There is a problem" in words_of(refused)


async def test_the_pages_speak_russian(strict: House) -> None:
    browser = await strong(strict, SECRETARY)

    for path in ("", *PATHS):
        page = await browser.get(f"/account{path}?lang=ru")
        heading = re.search(r"<h1[^>]*>([^<]+)</h1>", page.text)
        assert heading, path
        assert re.search(r"[\u0430-\u044f]", heading[1]), (path, heading[1])


async def test_the_sign_in_page_puts_passkeys_first_and_runs_no_script_of_its_own(strict: House) -> None:
    page = await (await strict.browser(None)).get("/sign-in")

    assert page.text.index("Sign in with a passkey") < page.text.index('type="password"')
    assert "<script" not in page.text


async def test_a_ballot_asks_who_casts_it_and_the_reasons_that_were_typed_are_not_lost(strict: House) -> None:
    _, voters = await in_round(strict)
    key = Authenticator()
    await add_passkey(await by_password(strict, voters[0]), key)
    browser = await strong(strict, voters[0], ago=6)
    check = await sent(browser, BALLOT, choice="refuse", reasons="I doubt it.", grounds=["I-1.1-01", "I-1.3-01"])

    asked = await browser.post(BALLOT, data={**hidden_in(check), "step": "confirmed"})

    assert asked.status_code == 403
    assert (await strict.case()).rounds[-1].ballots == {}
    begun = await browser.post("/account/step-up", data={**hidden_in(asked), "by": "passkey"})
    answered = {**hidden_in(begun), "answer": key.sign(options_in(begun))}
    proven = await browser.post("/account/step-up", data=answered)
    await browser.post(BALLOT, data=hidden_in(proven))
    ballot = (await strict.case()).rounds[-1].ballots[voters[0].person]
    assert (ballot.choice, ballot.grounds) == (Choice.REFUSE, ("I-1.1-01", "I-1.3-01"))
    async with strict.services.database.reading() as session:
        assert await streams.bodies(session, "attempts") == []
        assert (await streams.entries(session, "case/case-1"))[-1].content.count(b'"authn":"passkey"') == 1


ELSEWHERE = ("//evil.example", "https://evil.example/x", "/\\evil.example", "javascript:alert(1)")


@pytest.mark.parametrize("action", ELSEWHERE)
async def test_a_form_that_waits_is_sent_to_this_host_only(strict: House, action: str) -> None:
    key = Authenticator()
    await add_passkey(await by_password(strict, EXPERT), key)
    browser = await strong(strict, EXPERT)
    begun = await browser.post("/account/step-up", data={"by": "passkey", "action": action, "next": action})

    proven = await browser.post("/account/step-up", data={**hidden_in(begun), "answer": key.sign(options_in(begun))})

    assert action not in proven.text + str(proven.headers)
    assert 'action="/work"' in proven.text


async def test_one_line_of_the_security_log_tells_of_each_change(
    strict: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "certify.security")
    browser = await by_password(strict, APPLICANT)
    await browser.post("/account/tokens", data={"name": "Build", "scope": "read", "days": "30"})
    await add_generator(strict, browser, APPLICANT)
    await browser.post("/sign-out")

    told = [record.security for record in caplog.records if record.name == "certify.security"]  # type: ignore[attr-defined]  # by `extra`
    lines = [line for line in told if line["outcome"] == "done"]
    assert [line["kind"] for line in told if line["outcome"] == "attempted"] == [line["kind"] for line in lines]
    assert [line["kind"] for line in lines] == ["signed_in", "token_created", "generator_added", "signed_out"]
    assert {line["person"] for line in lines} == {APPLICANT.person}
    assert [line["authn"] for line in lines] == ["password", "password", "password", "password_totp"]
    assert len({line["request_id"] for line in lines}) == 4
    assert PASSWORD not in str(lines)


@pytest.mark.parametrize("width", [360, 1280])
async def test_axe_finds_nothing_to_complain_of_in_the_pages_of_an_account(
    strict: House, eyes: Eyes, width: int
) -> None:
    await add_passkey(await by_password(strict, SECRETARY), Authenticator())
    browser, nobody = await strong(strict, SECRETARY), await strict.browser(None)
    await browser.post("/account/recoveries/request", data={"person": EXPERT.person})
    seen = [await browser.get(f"/account{path}") for path in ("", *PATHS)]
    seen += [
        await browser.post("/account/step-up", data={"by": "passkey"}),
        await browser.post("/account/passkeys/new", data={"name": "Phone"}),
        await browser.post("/account/generator/new"),
        await browser.post("/account/tokens", data={"name": "Build", "scope": "read", "days": "30"}),
        await browser.post("/account/password", data={"present": "x", "password": "short"}),
        await nobody.get("/sign-in"),
        await nobody.post("/sign-in/passkey"),
    ]

    assert [await eyes.complaints(page, width) for page in seen] == [""] * len(seen)
