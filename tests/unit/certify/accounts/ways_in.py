"""Every row by which somebody comes in, made as people make it, and the way in that asks it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select, update
from sqlmodel import SQLModel

from certify.accounts import challenges, file_links, gate, links, people, sessions, tokens, totp
from certify.accounts.assertions import begin_assertion, finish_assertion
from certify.accounts.opaque import digest_of_secret
from certify.accounts.passwords import Passwords
from certify.accounts.sign_in import sign_in
from certify.register.database import Database
from schemas.identifiers import ENGINE
from schemas.people import Role
from tests.authenticator import Authenticator
from tests.postgres import owned
from tests.unit.certify.accounts.conftest import NOW
from tests.unit.certify.accounts.test_passkeys import RELYING, register_key

PASSWORD = "a long enough secret"
LATER = NOW + timedelta(minutes=1)


@dataclass
class World:
    """A body with two experts, and what each holds."""

    database: Database
    passwords: Passwords
    key: totp.TotpKey
    ada: str = ""
    ben: str = ""
    held: dict[str, Any] = field(default_factory=dict)


async def world(database: Database, passwords: Passwords, folder: Path) -> World:
    """Two experts with nothing yet."""
    made = World(database, passwords, totp.TotpKey(folder / "totp.key"))
    made.ada, made.ben = [await _admitted(made, name) for name in ("ada", "ben")]
    return made


async def _admitted(world: World, name: str) -> str:
    async with world.database.writing() as session:
        return await people.admit(
            session, name=name, email=f"{name}@example.org", roles=[Role.EXPERT], by=ENGINE, now=NOW
        )


class Way(NamedTuple):
    """A way in: the table it asks, how somebody gets the row, and how they come in by it.

    `make` returns the name of the row, as `certify check` tells it; `enter` returns whose the way in was.
    """

    table: str
    make: Callable[[World, str], Awaitable[str]]
    enter: Callable[[World, str], Awaitable[str]]


async def _session(world: World, person: str) -> str:
    async with world.database.writing() as session:
        cookie = await sessions.begin(session, person=person, authn="session", now=NOW)
    world.held[person] = cookie
    return digest_of_secret(cookie)


async def _by_session(world: World, person: str) -> str:
    return (await gate.principal_of_session(world.database, world.held[person], NOW)).person


async def _token(world: World, person: str) -> str:
    ends = NOW + timedelta(days=2)
    async with world.database.writing() as session:
        made = await tokens.create(session, person=person, name="t", scopes=["read"], expires_at=ends, now=NOW)
    world.held[person] = made
    return made.split("_")[1]


async def _by_token(world: World, person: str) -> str:
    return (await gate.principal_of_token(world.database, world.held[person], LATER)).person


async def _link(world: World, person: str) -> str:
    async with world.database.writing() as session:
        made = await links.create_link(session, person=person, expires_at=NOW + timedelta(days=2))
    world.held[person] = made
    return digest_of_secret(made)


async def _by_link(world: World, person: str) -> str:
    async with world.database.writing() as session:
        return await links.use(session, world.held[person], purpose="demo", now=LATER)


async def _password(world: World, person: str) -> str:
    async with world.passwords.turn() as turn:
        hashed = await turn.hash(f"{PASSWORD} of {person}")
    async with world.database.writing() as session:
        people.set_hash(session, await session.get_one(people.Account, person), hashed)
    return person


async def _by_password(world: World, person: str) -> str:
    """With the person's password, or with that of whoever has come to write in the database."""
    name = "ada" if person == world.ada else "ben"
    typed = f"{PASSWORD} of {world.held.get('typed', person)}"
    cookie = await sign_in(world.database, world.passwords, email=f"{name}@example.org", password=typed, now=NOW)
    return (await gate.principal_of_session(world.database, cookie, NOW)).person


async def _passkey(world: World, person: str) -> str:
    world.held[person] = Authenticator(id=person.encode())
    return await register_key(world.database, person, world.held[person])


async def _by_passkey(world: World, person: str) -> str:
    async with world.database.writing() as session:
        asked = await begin_assertion(session, None, "sign_in", relying=RELYING, now=NOW)
    return await _answered(world, asked.id, world.held[person].sign(asked.options))


async def _answered(world: World, ceremony: str, answer: str) -> str:
    async with world.database.writing() as session:
        proof = await finish_assertion(
            session, ceremony, answer, person=None, purpose="sign_in", relying=RELYING, now=NOW
        )
    return proof.person


async def _challenge(world: World, person: str) -> str:
    """A question to sign in, with its answer, and what the passkey answered for a ballot, which everybody may read."""
    await _passkey(world, person)
    async with world.database.writing() as session:
        ballot = await begin_assertion(session, person, "ballot", b"b" * 32, relying=RELYING, now=NOW)
        asked = await begin_assertion(session, None, "sign_in", relying=RELYING, now=NOW)
    key = world.held[person]
    world.held |= {"ballot": key.sign(ballot.options), f"{person} is asked": (asked.id, key.sign(asked.options))}
    return asked.id


async def _by_challenge(world: World, person: str) -> str:
    asked, answer = world.held[f"{person} is asked"]
    return await _answered(world, asked, world.held.get("answer", answer))


async def _generator(world: World, person: str) -> str:
    async with world.database.writing() as session:
        world.held[person] = await totp.enrol(session, person=person, key=world.key)
    async with world.database.writing() as session:
        await totp.confirm(session, person=person, code=code(world, person, NOW), key=world.key, now=NOW)
    return person


def code(world: World, person: str, now: datetime) -> str:
    """What somebody's generator shows."""
    return totp.generator(world.held[person]).generate(int(now.timestamp())).decode()


async def _by_generator(world: World, person: str) -> str:
    shown = code(world, world.held.get("shown", person), LATER)
    async with world.database.writing() as session:
        await totp.use(session, person=person, code=shown, key=world.key, now=LATER)
    return person


async def _file_link(world: World, person: str) -> str:
    await _session(world, person)
    async with world.database.writing() as session:
        made = await file_links.make(session, cookie=world.held[person], subject="case", item="item", now=NOW)
    world.held[f"link of {person}"] = made
    return digest_of_secret(made)


async def _by_file_link(world: World, person: str) -> str:
    return (await file_links.use(world.database, world.held[f"link of {person}"], NOW))[1].person


WAYS = {
    "session": Way("signed_in", _session, _by_session),
    "token": Way("api_token", _token, _by_token),
    "link": Way("sign_in_link", _link, _by_link),
    "password": Way("account", _password, _by_password),
    "passkey": Way("passkey_use", _passkey, _by_passkey),
    "challenge": Way("authentication_challenge", _challenge, _by_challenge),
    "generator": Way("totp_secret", _generator, _by_generator),
    "file link": Way("file_link", _file_link, _by_file_link),
}


async def row_of(world: World, table: str, key: str) -> dict[str, Any]:
    """A row as it is stored."""
    found = SQLModel.metadata.tables[table]
    async with owned(world.database) as opened, opened.engine.begin() as owner:
        query = select(found).where(next(iter(found.primary_key)) == key)
        return dict((await owner.execute(query)).mappings().one())


async def write(world: World, table: str, key: str, **values: Any) -> None:
    """Change a row as an owner of the database does, who has no key."""
    found = SQLModel.metadata.tables[table]
    async with owned(world.database) as opened, opened.engine.begin() as owner:
        changed = await owner.execute(update(found).where(next(iter(found.primary_key)) == key).values(**values))
    assert changed.rowcount == 1


async def insert(world: World, table: str, **values: Any) -> None:
    """Insert a row as an owner of the database does, who has no key."""
    async with owned(world.database) as opened, opened.engine.begin() as owner:
        await owner.execute(SQLModel.metadata.tables[table].insert().values(**values))


CHALLENGE = challenges.AuthenticationChallenge
