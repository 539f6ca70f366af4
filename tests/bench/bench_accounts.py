"""What a sign-in costs beside the bare hash, and what 200 of them at once do to whoever scans a label.

`python -m tests.bench.bench_accounts` prints one JSON object. The programs run as they do in earnest, argon2 with its
real parameters; each of the 200 comes from a network of its own, or the limits of one would answer most of them.
"""

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx2
from pwdlib import PasswordHash

from certify.accounts import people
from certify.accounts.passwords import Passwords
from certify.accounts.sign_in import accept_invitation, sign_in
from certify.config import Settings
from certify.programs.demo import EXAMPLE, organisation_of, tier_of
from certify.programs.demo_case import DemoCase
from certify.programs.demo_people import Cast
from certify.programs.embedded import Tree, running, with_port
from certify.programs.record import open_record
from certify.register.database import Database
from schemas.application_folder import read_folder
from schemas.people import Role
from schemas.scheme import BUILT_IN
from schemas.scheme_loading import load_scheme

PASSWORD = "a long enough secret"  # of nobody
AT_ONCE, STORMS, ROUNDS, IN_PEACE = 200, 5, 15, 200


async def measure() -> dict[str, Any]:
    """Return medians in milliseconds, their ratio, and the 99th percentile of scans in peace and in the storm."""
    async with _granted() as (tree, label):
        database = await open_record(tree.settings)
        for number in range(AT_ONCE):
            await _invite(database, number)
        whole, bare = await _beside_the_hash(database)
        async with httpx2.AsyncClient(base_url=tree.address, timeout=60) as client:
            peace = [await _scan(client, label) for _ in range(IN_PEACE)]
            during, answered = [], []
            for _ in range(STORMS):
                process = await _storm_begins(tree.address)
                storm = asyncio.create_task(process.communicate())
                while not storm.done():
                    during.append(await _scan(client, label))
                answered += json.loads((await storm)[0])
        await database.close()
        return {
            "sign_in_ms": round(whole, 1),
            "bare_hash_ms": round(bare, 1),
            "sign_in_times_bare_hash": round(whole / bare, 2),
            "scans_in_peace_p99_ms": round(_p99(peace), 1),
            "scans_in_the_storm": len(during),
            "scans_in_the_storm_median_ms": round(statistics.median(during) * 1000, 1),
            "scans_in_the_storm_p99_ms": round(_p99(during), 1),
            "sign_ins_answered": dict(Counter(answered)),
        }


@asynccontextmanager
async def _granted() -> AsyncIterator[tuple[Tree, str]]:
    """Run all programs, and grant a label."""
    read, rules = read_folder(EXAMPLE), load_scheme(BUILT_IN).rules
    folder = Path(tempfile.mkdtemp(prefix="certify-bench-"))
    async with running(with_port(Settings(data=folder, demo=True, port=0))) as tree:
        cast = Cast(tree)
        await cast.admit("Sofia Secretary", Role.SECRETARIAT)
        organisation = await organisation_of(tree, read.application)
        await cast.admit("Anna Applicant", Role.APPLICANT, organisation=organisation)
        await cast.admit_for(tier_of(read.application, rules), rules)
        reading = await DemoCase(cast, read, rules, refuse=False).play()
        await cast.close()
        yield tree, str(reading["label"]["id"])


async def _invite(database: Database, number: int) -> None:
    """Make an account; all but the first have no password, which costs a sign-in as much."""
    async with database.writing() as session:
        invited = await people.invite(
            session, name="Ada", email=_email(number), roles=[Role.APPLICANT], organisation="org-1", by="engine",
            now=datetime.now(UTC),
        )  # fmt: skip
    if number == 0:
        await accept_invitation(database, Passwords(), token=invited.token, password=PASSWORD, now=datetime.now(UTC))


def _email(number: int) -> str:
    return f"ada{number}@example.org"


async def _beside_the_hash(database: Database) -> tuple[float, float]:
    """Median milliseconds of a sign-in and of the bare hash, taken in turn in the same run."""
    hasher, passwords = PasswordHash.recommended(), Passwords()
    stored = hasher.hash(PASSWORD)
    whole, bare = [], []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        await asyncio.to_thread(hasher.verify_and_update, PASSWORD, stored)
        bare.append(time.perf_counter() - started)
        started = time.perf_counter()
        await sign_in(database, passwords, email=_email(0), password=PASSWORD, now=datetime.now(UTC))
        whole.append(time.perf_counter() - started)
    return statistics.median(whole) * 1000, statistics.median(bare) * 1000


async def _scan(client: httpx2.AsyncClient, label: str) -> float:
    started = time.perf_counter()
    response = await client.get(f"/{label}")
    assert response.status_code == httpx2.codes.OK, response.status_code
    return time.perf_counter() - started


async def _storm_begins(address: str) -> asyncio.subprocess.Process:
    """Let a program that shares nothing with who measures send its sign-ins; return when it begins."""
    command = [sys.executable, "-m", "tests.bench.bench_accounts", "storm", address]
    process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    await process.stdout.readline()
    return process


def _clients(address: str) -> list[httpx2.AsyncClient]:
    """Return one client for each network, made before anything is measured; nothing here is encrypted."""
    transports = [
        httpx2.AsyncHTTPTransport(local_address=f"127.0.{number + 1}.1", verify=False) for number in range(AT_ONCE)
    ]
    return [httpx2.AsyncClient(base_url=address, timeout=120, transport=one) for one in transports]


async def _storm(clients: list[httpx2.AsyncClient]) -> list[int]:
    """Return what so many sign-ins at once are answered; say when they begin."""
    print(flush=True)  # noqa: T201  # for who waits
    return list(await asyncio.gather(*(_sign_in(client, number) for number, client in enumerate(clients))))


async def _sign_in(client: httpx2.AsyncClient, number: int) -> int:
    form, headers = {"mail": _email(number), "password": PASSWORD}, {"Sec-Fetch-Site": "same-origin"}
    return (await client.post("/sign-in", data=form, headers=headers)).status_code


def _p99(seconds: list[float]) -> float:
    return statistics.quantiles(seconds, n=100)[98] * 1000


if __name__ == "__main__":
    found = _storm(_clients(sys.argv[2])) if sys.argv[1:2] == ["storm"] else measure()
    print(json.dumps(asyncio.run(found)))  # noqa: T201  # the result
