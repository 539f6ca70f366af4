"""What anybody is answered: the scan of a label, its number, its pictures; with no account and no cookie."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from structlog.testing import capture_logs

from certify.activities.sign_log import SignLog
from certify.activities.signing import LabelSigning
from certify.register.database import Database
from certify.web.hygiene import HEADERS
from labels.encoding import to_base36
from labels.key_set import KeySet, LabelKey
from labels.keyring import Keyring
from labels.keys import KeyInMemory
from labels.signing import prepare, sign
from schemas.label import IssuedLabel, LabelStatement
from schemas.label_number import format_number, id_of
from schemas.scheme import Tier
from schemas.stages import Choice
from tests.builders import scheme
from tests.cells import CELLS
from tests.pages.conftest import APPLICANT, HOST, House, walk
from workflows.activities import SigningOrder
from workflows.rules.case.attestation import attest

Client = httpx2.AsyncClient
JSON = {"Accept": "application/json"}
HTML = {"Accept": "text/html"}
UNKNOWN = id_of(b"0123456789")
DAYS_OF_VALIDITY = round(scheme().rules.tiers[Tier.LOW].validity_months * 365.25 / 12)


def key(name: str) -> KeyInMemory:
    return KeyInMemory(Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest()))


OURS, THEIRS = key("ours"), key("theirs")
OUR_RING = Keyring(KeySet((LabelKey(OURS.public_key, date(2020, 1, 1), date(2099, 12, 31)),)), (OURS,))


async def issued(house: House, *, days_ago: int = 0, ring: Keyring = OUR_RING) -> IssuedLabel:
    """Let a case of so many days ago be granted and its label be signed, by us or with other keys, and recorded."""
    begun = walk()
    begun.now = datetime.now(UTC) - timedelta(days=days_ago)
    case = begun.to_round().voted(*[Choice.GRANT] * 9).case
    await house.holds(begun)
    trust(house, begun.now)
    assert case.decision is not None
    log = SignLog(house.services.settings.data / "sign-log.jsonl")
    signing = LabelSigning(house.services.database, lambda: ring, log)
    label = await signing.issue_label(SigningOrder(decision=case.decision.number))
    begun.take((attest(case, label, begun.now),))
    await house.holds(begun)
    return label


def trust(house: House, at: datetime) -> None:
    """Publish our key, in use in the year around a moment."""
    path = house.services.settings.data / "keys" / "keys.json"
    path.parent.mkdir(exist_ok=True)
    day = at.date()
    path.write_text(
        KeySet((LabelKey(OURS.public_key, day - timedelta(days=180), day + timedelta(days=180)),)).as_json()
    )


@pytest.fixture(autouse=True)
def log() -> Iterator[list[Any]]:
    """What the program logs, kept for the test."""
    with capture_logs() as entries:
        yield entries


@pytest.fixture
async def anybody(house: House) -> AsyncIterator[Client]:
    """A visitor without an account."""
    transport = httpx2.ASGITransport(app=house.app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url=HOST) as client:
        yield client


CLAIMED = {
    "id": UNKNOWN,
    "tier": "low",
    "status_index": 7,
    "subject_digest": "0" * 24,
    "name_version": "Golden Goose 9.9",
}


def in_days(days: int) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(days=days)


def forged(signer: KeyInMemory, **changes: Any) -> str:
    """A token about a product of our imagination."""
    statement = {**CLAIMED, "expires_at": in_days(100), **changes}
    return to_base36(sign(prepare(LabelStatement.model_validate(statement)), signer))


# The table of answers (one row a test)


async def test_a_label_in_force_is_answered_by_its_number_and_by_its_token(house: House, anybody: Client) -> None:
    label = await issued(house)

    for path in (f"/{label.id}", f"/{format_number(label.id)}", f"/{label.id.lower()}", f"/C/{label.token}",
                 f"/c/{label.token.lower()}"):  # fmt: skip
        page = await anybody.get(path, headers=HTML)
        assert page.status_code == 200, path
        assert "Label in force" in page.text
        assert "Digit Reader" in page.text
        assert format_number(label.id) in page.text


async def test_a_label_in_its_last_weeks_says_when_it_ends(house: House, anybody: Client) -> None:
    label = await issued(house, days_ago=DAYS_OF_VALIDITY - 30)

    page = await anybody.get(f"/{label.id}", headers=HTML)

    assert page.status_code == 200
    assert "In force, ends on" in page.text


async def test_a_label_past_its_end_has_expired_and_is_still_shown(house: House, anybody: Client) -> None:
    label = await issued(house, days_ago=DAYS_OF_VALIDITY + 30)

    page = await anybody.get(f"/C/{label.token}", headers=HTML)
    answer = (await anybody.get(f"/C/{label.token}", headers=JSON)).json()

    assert page.status_code == 200
    assert "Expired on" in page.text
    assert "Label in force" not in page.text.split("<main", 1)[1].split("History", 1)[0]
    assert (answer["authenticity"], answer["standing"]) == ("authentic", "expired")


async def test_a_number_that_is_not_in_the_directory_is_not_found(house: House, anybody: Client) -> None:
    page = await anybody.get(f"/{UNKNOWN}", headers=HTML)

    assert page.status_code == 404
    assert "Not in the directory" in page.text


async def test_an_authentic_token_that_is_not_in_the_directory_is_not_found(house: House, anybody: Client) -> None:
    trust(house, datetime.now(UTC))

    page = await anybody.get(f"/C/{forged(OURS)}", headers=HTML)

    assert page.status_code == 404
    assert "Golden Goose" not in page.text


async def test_a_number_with_a_slip_is_a_page_with_the_field(house: House, anybody: Client) -> None:
    label = await issued(house)
    number = format_number(label.id)
    mistyped = number[:-1] + ("0" if number[-1] != "0" else "1")

    page = await anybody.get(f"/{mistyped}", headers=HTML)

    assert page.status_code == 400
    assert "Number mistyped" in page.text
    assert 'name="number"' in page.text
    assert "Digit Reader" not in page.text


async def test_a_tampered_token_is_not_ours_and_none_of_it_is_shown(house: House, anybody: Client) -> None:
    label = await issued(house)
    places = [0, len(label.token) // 2, len(label.token) - 1]

    for place in places:
        other = "A" if label.token[place] != "A" else "B"
        path = f"/C/{label.token[:place]}{other}{label.token[place + 1 :]}"
        page, answer = await anybody.get(path, headers=HTML), await anybody.get(path, headers=JSON)
        assert page.status_code == answer.status_code == 409
        assert "Not our signature" in page.text
        for shown in (page.text, answer.text):
            assert "Digit Reader" not in shown
            assert label.id not in shown
            assert format_number(label.id) not in shown


@pytest.mark.parametrize(
    ("token", "authenticity"),
    [(forged(THEIRS), "unknown_key"), ("ABC", "malformed"), ("Z" * 600, "malformed"), ("Z" * 5000, "malformed")],
)
async def test_a_token_nobody_of_us_signed_is_not_ours(
    house: House, anybody: Client, token: str, authenticity: str
) -> None:
    trust(house, datetime.now(UTC))

    page, answer = await anybody.get(f"/C/{token}", headers=HTML), await anybody.get(f"/C/{token}", headers=JSON)

    assert (page.status_code, answer.json()["authenticity"]) == (409, authenticity)
    assert "Golden Goose" not in page.text + answer.text


async def test_a_real_token_with_another_labels_number_is_not_taken_for_it(house: House, anybody: Client) -> None:
    label = await issued(house)

    page = await anybody.get(f"/C/{forged(OURS, id=label.id)}", headers=HTML)

    assert page.status_code == 404
    assert "Golden Goose" not in page.text
    assert "Digit Reader" not in page.text


async def test_without_readable_keys_nothing_is_called_authentic_or_false(house: House, anybody: Client) -> None:
    label = await issued(house)
    path = house.services.settings.data / "keys" / "keys.json"
    for broken in ("{", ""):
        path.write_text(broken)
        assert_could_not_check(await anybody.get(f"/C/{label.token}", headers=HTML))
    path.unlink()
    assert_could_not_check(await anybody.get(f"/C/{label.token}", headers=HTML))
    assert (await anybody.get("/.well-known/jwks.json")).status_code == 503
    assert (await anybody.get(f"/{label.id}", headers=HTML)).status_code == 200


def assert_could_not_check(page: httpx2.Response) -> None:
    assert page.status_code == 503, page.text
    assert "Could not check now" in page.text
    assert "Label in force" not in page.text
    assert "Cache-Control" not in page.headers or "max-age" not in page.headers["Cache-Control"]


async def lose_database(house: House) -> None:
    """Take the database away, as a disk that is gone."""
    await house.services.database.close()
    house.services.database.engine = Database("sqlite+aiosqlite:////dev/null/certify.db", cells=CELLS).engine


async def test_without_the_database_no_answer_is_given_about_any_label(house: House, anybody: Client) -> None:
    label = await issued(house)
    await lose_database(house)

    for path in (f"/{label.id}", f"/C/{label.token}", f"/{UNKNOWN}"):
        page = await anybody.get(path, headers=HTML)
        assert_could_not_check(page)
        assert page.headers["Retry-After"]
    for path in ("/labels", "/register", "/scheme", f"/{label.id}.svg"):
        page = await anybody.get(path, headers=HTML)
        assert (page.status_code, "Retry-After" in page.headers) == (503, True), path
    assert (await anybody.get(f"/{label.id}.json")).json()["standing"] == "could_not_check"
    assert (await anybody.get("/readyz")).status_code == 503
    assert (await anybody.get("/livez")).status_code == 200


async def test_a_genuine_token_stays_genuine_where_its_standing_cannot_be_told(house: House, anybody: Client) -> None:
    label = await issued(house)
    await lose_database(house)

    answer, page = [await anybody.get(f"/C/{label.token}", headers=accept) for accept in (JSON, HTML)]
    false = (await anybody.get(f"/C/{forged(THEIRS)}", headers=JSON)).json()

    known = ("authentic", "could_not_check", format_number(label.id))
    assert tuple(answer.json()[name] for name in ("authenticity", "standing", "number")) == known
    assert "cannot reach our record" in answer.json()["reason"]
    assert "is ours and unaltered" in page.text
    assert "Digit Reader" not in page.text
    assert false["authenticity"] == "unknown_key"


# Forms of the answer


async def test_the_reader_chooses_the_language(house: House, anybody: Client) -> None:
    label = await issued(house)

    by_choice = await anybody.get(f"/{label.id}", params={"lang": "ru"}, headers=HTML)
    by_browser = await anybody.get(f"/{label.id}", headers={**HTML, "Accept-Language": "ru, en;q=0.5"})

    for page in (by_choice, by_browser):
        assert '<html lang="ru"' in page.text
        assert "Label in force" not in page.text
    assert "Accept-Language" in by_browser.headers["Vary"]


async def test_the_directory_finds_a_label_by_product_holder_and_standing(house: House, anybody: Client) -> None:
    await issued(house)

    assert "Digit Reader" in (await anybody.get("/labels")).text
    assert "Digit Reader" in (await anybody.get("/labels", params={"q": "acme"})).text
    assert "Digit Reader" not in (await anybody.get("/labels", params={"q": "nothing"})).text
    assert "Digit Reader" not in (await anybody.get("/labels", params={"standing": "expired"})).text
    assert "Acme Vision" in (await anybody.get("/register")).text


async def test_a_typed_number_leads_to_its_page(anybody: Client) -> None:
    found = await anybody.get("/find", params={"number": format_number(UNKNOWN)})
    slip = await anybody.get("/find", params={"number": "0000"})

    assert (found.status_code, found.headers["Location"]) == (303, f"/{UNKNOWN}")
    assert slip.status_code == 400


# What every answer keeps to


async def everything_public(house: House, anybody: Client) -> list[httpx2.Response]:
    label = await issued(house)
    paths = (
        "/", "/labels", "/register", "/scheme", "/.well-known/jwks.json", "/.well-known/label-keys",
        "/.well-known/label-root.json", f"/{label.id}", f"/{label.id}.json",
        f"/{label.id}.svg", f"/{label.id}.png", f"/C/{label.token}", f"/{UNKNOWN}", "/C/ABC", "/nothing-here",
        "/0000-0000-0000-0000-1", "/livez", "/readyz", "/api/scheme", "/api/me", "/sign-in",
    )  # fmt: skip
    return [await anybody.get(path) for path in paths]


async def test_no_public_page_sets_a_cookie(house: House, anybody: Client) -> None:
    for answer in await everything_public(house, anybody):
        assert "Set-Cookie" not in answer.headers, answer.url


async def test_a_signed_in_visitor_is_answered_as_anybody(house: House, anybody: Client) -> None:
    label = await issued(house)
    known = await house.browser(APPLICANT)

    theirs, ours = await anybody.get(f"/{label.id}.json"), await known.get(f"/{label.id}.json")

    assert {**theirs.json(), "checked_at": ""} == {**ours.json(), "checked_at": ""}


async def test_every_answer_carries_the_headers_that_protect_it(
    house: House, anybody: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = await everything_public(house, anybody)
    monkeypatch.setattr("certify.register.labels.directory", broken)
    answers.append(await anybody.get("/labels"))
    answers.append(await anybody.post("/sign-in", headers={"Sec-Fetch-Site": "cross-site"}))

    assert {200, 400, 401, 403, 404, 409, 500} <= {answer.status_code for answer in answers}
    for answer in answers:
        for name in set(HEADERS) - {"Cache-Control"}:
            assert name in answer.headers, (answer.url, name)
        assert "unsafe" not in answer.headers["Content-Security-Policy"]


async def broken(*_: object, **__: object) -> None:
    raise RuntimeError("secret detail")


async def test_a_fault_of_ours_is_a_page_with_the_reference_of_what_was_logged(
    anybody: Client, log: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("certify.register.labels.directory", broken)

    page = await anybody.get("/labels", headers=HTML)

    assert page.status_code == 500
    assert "secret" not in page.text
    assert "Sorry, something went wrong" in page.text
    (entry,) = [one for one in log if one["event"] == "unexpected"]
    assert entry["reference"] in page.text


async def test_a_page_may_be_asked_for_without_its_content(house: House, anybody: Client) -> None:
    label = await issued(house)

    for path in ("/", "/labels", f"/{label.id}", f"/{label.id}.png", f"/C/{label.token}"):
        assert (await anybody.head(path)).status_code == 200, path
    assert (await anybody.head(f"/{UNKNOWN}")).status_code == 404


async def test_a_form_another_site_sends_is_refused(house: House) -> None:
    victim = await house.browser(APPLICANT)
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "", "Origin": "https://evil.example"}):
        answer = await victim.post("/sign-out", headers=headers)
        assert answer.status_code == 403
        act = await victim.post("/api/tokens", json={"name": "stolen"}, headers=headers)
        assert (act.status_code, act.json()["code"]) == (403, "cross_site")
    assert (await victim.get("/api/me")).status_code == 200
