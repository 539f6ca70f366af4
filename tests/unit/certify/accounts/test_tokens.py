from datetime import timedelta

import pytest

from certify.accounts import tokens
from certify.accounts.tokens import ApiToken
from certify.register.database import Database
from schemas.errors import NotFound, NotPermitted, Unacceptable
from tests.unit.certify.accounts.conftest import NOW

DAY = timedelta(days=1)


async def create(
    database: Database, *, person: str = "ada", scopes: tuple[str, ...] = ("read",), days: int = 30
) -> str:
    async with database.writing() as session:
        return await tokens.create(
            session, person=person, name="build server", scopes=scopes, expires_at=NOW + days * DAY, now=NOW
        )


async def find(database: Database, token: str, after: timedelta = timedelta(0)) -> ApiToken:
    async with database.reading() as session:
        return await tokens.find_live(session, token, NOW + after)


async def test_a_token_has_its_form_and_only_its_digest_is_kept(database: Database) -> None:
    token = await create(database, scopes=("act", "read"))

    parts = tokens.FORMAT.fullmatch(token)
    assert parts is not None
    assert (len(parts[1]), len(parts[2]), len(token)) == (12, 43, 68)
    row = await find(database, token)
    assert parts[2] not in row.model_dump_json()
    assert (row.person, row.granted) == ("ada", frozenset({"act", "read"}))


@pytest.mark.parametrize(
    "change",
    [
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token.replace("vcl_", "vcl_0", 1),
        lambda token: "vcl_000000000000" + token[16:],
        lambda token: token + "\n",
        lambda token: token.upper(),
        lambda _: "",
    ],
)
async def test_a_changed_token_is_not_valid(database: Database, change: object) -> None:
    token = await create(database)

    with pytest.raises(NotPermitted, match="token_invalid"):
        await find(database, change(token))  # type: ignore[operator]  # one of the functions above


async def test_a_token_of_an_earlier_version_without_checksum_holds(database: Database) -> None:
    token = await create(database)

    assert (await find(database, token[:-8])).person == "ada"


async def test_a_typing_mistake_is_found_by_the_checksum_alone() -> None:
    token = "vcl_0123456789ab_" + "A" * 43

    with pytest.raises(NotPermitted, match="token_invalid"):
        await tokens.find_live(None, token + "00000000", NOW)  # type: ignore[arg-type]  # nothing is asked


async def test_a_token_ends_by_its_time(database: Database) -> None:
    token = await create(database)

    await find(database, token, 30 * DAY - timedelta(seconds=1))
    with pytest.raises(NotPermitted, match="token_invalid"):
        await find(database, token, 30 * DAY)


@pytest.mark.parametrize("days", [366, 0, -1])
async def test_a_token_lives_no_longer_than_a_year(database: Database, days: int) -> None:
    await create(database, days=365)

    with pytest.raises(Unacceptable, match="token_expiry"):
        await create(database, days=days)


@pytest.mark.parametrize("scopes", [(), ("admin",), ("read", "admin")])
async def test_a_token_has_known_scopes(database: Database, scopes: tuple[str, ...]) -> None:
    with pytest.raises(Unacceptable, match="unknown_scope"):
        await create(database, scopes=scopes)


async def test_a_token_is_revoked_by_its_person_only(database: Database) -> None:
    token = await create(database)
    async with database.writing() as session:
        (row,) = await tokens.of_person(session, "ada")
        for person, token_id in (("ben", row.id), ("ada", "000000000000")):
            with pytest.raises(NotFound, match="unknown_token"):
                await tokens.revoke(session, person=person, token_id=token_id, now=NOW)
    await find(database, token)

    async with database.writing() as session:
        await tokens.revoke(session, person="ada", token_id=row.id, now=NOW)
        await tokens.revoke(session, person="ada", token_id=row.id, now=NOW + DAY)
        assert [one.revoked_at for one in await tokens.of_person(session, "ada")] == [NOW]
    with pytest.raises(NotPermitted, match="token_invalid"):
        await find(database, token)
