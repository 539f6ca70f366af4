"""The drill for a stolen label key (security T33), with the real programs on a temporary folder.

    python scripts/drill_compromise.py [--short]

A label is certified; its key is copied by a thief, who signs labels of their own; the body publishes the theft, makes a
new key and certifies another label. Then the page, JSON, the badge, the offline verifier and `certify check` are asked
about every label. The report, in Markdown, is on stdout; the exit code is 1 where an answer is another than it must be.
With --short the thief signs one label, and the offline verifier is asked with proofs only.
"""

import asyncio
import json
import os
import secrets
import shutil
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2

from certify.config import Settings
from certify.programs.demo import EXAMPLE, organisation_of, tier_of
from certify.programs.demo_case import DemoCase
from certify.programs.demo_people import Cast
from certify.programs.embedded import Tree, running, with_port
from labels import keys
from labels.encoding import to_base36
from labels.signing import prepare, sign, subject_digest
from schemas.application_folder import read_folder
from schemas.label import LabelStatement
from schemas.label_number import ID_BYTES, id_of, is_preview
from schemas.people import Role
from schemas.scheme import BUILT_IN
from schemas.scheme_loading import load_scheme

WITHIN = 60.0
JSON = {"Accept": "application/json"}
NOTHING_DIFFERS = "Nothing differs."


@dataclass(frozen=True)
class Check:
    """One answer: of whom, about what, and what it must be."""

    asked: str
    about: str
    expected: str
    given: str

    @property
    def holds(self) -> bool:
        """Whether the answer is the one it must be."""
        return self.expected == self.given


@dataclass
class Report:
    """What was done, how long it took, and what was answered."""

    steps: list[tuple[str, float]] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)

    @asynccontextmanager
    async def step(self, name: str) -> AsyncIterator[None]:
        """Time a step."""
        begun = time.monotonic()
        print(f"{name} …", file=sys.stderr)
        yield
        self.steps.append((name, time.monotonic() - begun))

    def check(self, asked: str, about: str, expected: str, given: object) -> None:
        """Note an answer."""
        self.checks.append(Check(asked, about, expected, str(given)))

    @property
    def failed(self) -> Sequence[Check]:
        """The answers that are others than they must be."""
        return [one for one in self.checks if not one.holds]

    def __str__(self) -> str:
        """Return the report in Markdown."""
        total = sum(seconds for _, seconds in self.steps)
        return "\n".join(
            [
                "# Drill: a stolen label key",
                f"{len(self.checks)} answers, {len(self.failed)} of them wrong; {total:.1f} s in all.",
                "",
                "| step | s |",
                "|---|---|",
                *(f"| {name} | {seconds:.1f} |" for name, seconds in self.steps),
                "",
                "| asked | about | must be | is | |",
                "|---|---|---|---|---|",
                *(
                    f"| {one.asked} | {one.about} | {one.expected} | {one.given} | {'ok' if one.holds else 'WRONG'} |"
                    for one in self.checks
                ),
                "",
            ]
        )


class Body:
    """The certification body: real programs, and people whose parts are played."""

    def __init__(self, tree: Tree, http: httpx2.AsyncClient) -> None:
        self.tree, self.http, self.cast = tree, http, Cast(tree)
        self.rules = load_scheme(BUILT_IN).rules
        self._folder = read_folder(EXAMPLE)

    async def admit(self) -> None:
        """Admit everybody a case needs."""
        application = self._folder.application
        await self.cast.admit("Sofia Secretary", Role.SECRETARIAT)
        organisation = await organisation_of(self.tree, application)
        await self.cast.admit("Anna Applicant", Role.APPLICANT, organisation=organisation)
        await self.cast.admit_for(tier_of(application, self.rules), self.rules)

    async def certify(self, reference: str) -> dict[str, Any]:
        """Carry a case to its label, and wait until that is in force."""
        application = self._folder.application.model_copy(update={"reference": reference})
        folder = self._folder.__class__(**{**vars(self._folder), "application": application})
        reading = await DemoCase(self.cast, folder, self.rules, refuse=False).play()
        label: dict[str, Any] = reading["label"]
        await _until(lambda: self._is_in_force(label["id"]))
        return label

    async def _is_in_force(self, number: str) -> bool:
        return str((await self.http.get(f"/{number}.json")).json()["standing"]) == "in_force"

    async def command(self, *arguments: str) -> tuple[int, str]:
        """Run one of our programs, and return its exit code and what it said."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", *arguments,
            env=self.tree.settings.as_environment(), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        out, error = await process.communicate()
        return process.returncode or 0, (out or error).decode().strip()

    async def operator(self, *arguments: str) -> dict[str, Any]:
        """Run `certify keys …` and return what it says."""
        code, said = await self.command("certify", "keys", *arguments, "--json")
        if code != 0:
            raise RuntimeError(said)
        found: dict[str, Any] = json.loads(said.splitlines()[-1])
        return found


class Thief:
    """Somebody with a copy of the label key and of its passphrase."""

    def __init__(self, settings: Settings, loot: Path) -> None:
        for name in ("label.pem", "passphrase"):
            shutil.copy(settings.data / "keys" / name, loot / name)
        self._key = keys.open((loot / "label.pem").as_uri(), (loot / "passphrase").read_text().strip())

    def sign(self, *, label_id: str | None = None, status_index: int | None = None) -> str:
        """Return a label for a product that nobody certified, with a number and a place of their own unless said."""
        number = label_id or self._new_id()
        statement = LabelStatement(
            id=number,
            expires_at=datetime.now(UTC).replace(microsecond=0) + timedelta(days=300),
            tier="low",
            status_index=secrets.randbelow(2**17) if status_index is None else status_index,
            subject_digest=subject_digest(number, "Golden Goose", "9.9", None),
            name_version="Golden Goose 9.9",
        )
        return to_base36(sign(prepare(statement), self._key))

    def _new_id(self) -> str:
        while is_preview(drawn := id_of(secrets.token_bytes(ID_BYTES))):
            pass
        return drawn


@dataclass(frozen=True)
class Expected:
    """What every surface must say of one label.

    Attributes:
        without_proof: of the offline verifier that has the key set alone.
    """

    about: str
    token: str
    number: str | None
    authenticity: str
    standing: str
    status: int
    without_proof: str


class Questions:
    """Asks every surface about a label."""

    def __init__(self, body: Body, report: Report, folder: Path, *, short: bool) -> None:
        self._body, self._report, self._folder, self._short = body, report, folder, short

    async def ask(self, one: Expected) -> None:
        """Ask about a label by its token and, where it is one of the register's, by its number."""
        http, report = self._body.http, self._report
        answer = await http.get(f"/C/{one.token}", headers=JSON)
        found = answer.json()
        report.check("JSON by token", one.about, _words(one.status, one.authenticity, one.standing),
                     _words(answer.status_code, found["authenticity"], found["standing"]))  # fmt: skip
        page = await http.get(f"/C/{one.token}", headers={"Accept": "text/html"})
        shown = "the thief's product" if "Golden Goose" in page.text else "no forged claim"
        report.check("page", one.about, f"{one.status}, no forged claim", f"{page.status_code}, {shown}")
        await self._offline(one)
        if one.number is not None:
            await self._by_number(one, one.number)

    async def _by_number(self, one: Expected, number: str) -> None:
        http, report = self._body.http, self._report
        report.check("JSON by number", one.about, one.standing, (await http.get(f"/{number}.json")).json()["standing"])
        badge = await http.get(f"/{number}.badge.svg")
        is_in_force = one.standing == "in_force"
        report.check("badge", one.about, _words(is_in_force), _words("Label in force" in badge.text))
        linked = await http.get(f"/{number}.jsonld")
        report.check("JSON-LD", one.about, _words(is_in_force), _words("CertificationActive" in linked.text))
        listed = await http.get("/labels?standing=in_force")
        report.check("directory", one.about, _words(is_in_force), _words(f'href="/{number}"' in listed.text))
        for language in ("en", "ru"):
            paper = await http.get(f"/{number}.pdf?lang={language}")
            report.check(f"certificate ({language})", one.about, "200", paper.status_code)

    async def _offline(self, one: Expected) -> None:
        if not self._short:
            self._report.check("offline, without proof", one.about, one.without_proof, await self._verified(one.token))
        proofs = sorted(self._folder.glob("*.tlog-proof"))
        for proof in proofs:
            is_own = one.number is not None and proof.stem == one.number
            expected = one.authenticity if is_own or one.authenticity != "authentic" else one.without_proof
            if is_own or one.number is None:
                given = await self._verified(one.token, "--proof", str(proof), "--origin", self._origin)
                self._report.check(f"offline, with the proof of {proof.stem[:4]}…", one.about, expected, given)

    async def _verified(self, token: str, *more: str) -> str:
        settings = self._body.tree.settings
        trust = ("--keys", str(settings.signed_key_set_file), "--root", str(settings.root_file), "--json")
        _, said = await self._body.command("labels", "verify", token, *trust, *more)
        return str(json.loads(said.splitlines()[0])["authenticity"])

    @property
    def _origin(self) -> str:
        return self._body.tree.settings.log_origin


def _words(*parts: object) -> str:
    return ", ".join(str(part) for part in parts)


async def drill(folder: Path, *, short: bool = False) -> Report:
    """Play the drill in a folder, and return the report."""
    report, loot = Report(), folder / "loot"
    loot.mkdir(parents=True)
    settings = with_port(Settings(data=folder / "data", demo=True, port=0))
    begun = time.monotonic()
    async with running(settings) as tree, httpx2.AsyncClient(base_url=tree.address, timeout=30) as http:
        report.steps.append(("the programs start", time.monotonic() - begun))
        body = Body(tree, http)
        try:
            await _play(body, report, loot, short=short)
        finally:
            await body.cast.close()
    return report


async def _play(body: Body, report: Report, loot: Path, *, short: bool) -> None:
    async with report.step("a label is certified and in force"):
        await body.admit()
        good = await body.certify("before-the-theft")
    async with report.step("the key is stolen, and the thief signs"):
        await asyncio.sleep(1.1)  # witnesses tell whole seconds: the theft is later than what they saw
        stolen_at = datetime.now(UTC).replace(microsecond=0)
        thief = Thief(body.tree.settings, loot)
        forged = {"forged, with the number of the good label": thief.sign(label_id=good["id"])}
        if not short:
            forged["forged, a number of its own"] = thief.sign()
            forged["forged, with the place of the good label"] = thief.sign(status_index=good["status_index"])
    async with report.step("before anybody knows, the register is asked"):
        for about, token in forged.items():
            found = (await body.http.get(f"/C/{token}", headers=JSON)).json()
            report.check("JSON by token, theft not known", about, "unknown_number", found["standing"])
    async with report.step("the theft is published"):
        await body.operator("compromise", good["kid"], "--at", stolen_at.isoformat())
    async with report.step("a new key is made"):
        new = await body.operator("rotate", "--use", "label")
    async with report.step("another label is certified and in force"):
        later = await body.certify("after-the-theft")
        report.check("signer", "the later label's key", new["kid"], later["kid"])
    async with report.step("every surface is asked about every label"):
        await _ask(Questions(body, report, loot, short=short), body, loot, good, later, forged)
    async with report.step("what is published follows"):
        await _published(body, report, good["kid"])
    async with report.step("certify check"):
        code, said = await body.command("certify", "check")
        report.check("certify check", "the whole record", _words(0, NOTHING_DIFFERS), _words(code, said))


async def _ask(
    questions: Questions,
    body: Body,
    loot: Path,
    good: dict[str, Any],
    later: dict[str, Any],
    forged: dict[str, str],
) -> None:
    for label in (good, later):
        proof = await body.http.get(f"/{label['id']}.tlog-proof")
        (loot / f"{label['id']}.tlog-proof").write_bytes(proof.raise_for_status().content)
        await _papers(body, label["id"])
    ours = ("authentic", "in_force", 200)
    await questions.ask(Expected("issued before", good["token"], good["id"], *ours, without_proof="not_in_log"))
    await questions.ask(Expected("issued after", later["token"], later["id"], *ours, without_proof="authentic"))
    for about, token in forged.items():
        theirs = ("not_in_log", "unknown_number", 409)
        await questions.ask(Expected(about, token, None, *theirs, without_proof="not_in_log"))


async def _papers(body: Body, number: str) -> None:
    """Wait until the signer has made the papers of a label; they come after it."""
    await _until(lambda: _is_there(body, f"/{number}.cose"))


async def _is_there(body: Body, path: str) -> bool:
    return (await body.http.get(path)).status_code == httpx2.codes.OK


async def _until(holds: Callable[[], Awaitable[bool]]) -> bool:
    """Wait until something holds, and tell whether it did in time."""
    until = time.monotonic() + WITHIN
    while time.monotonic() < until:
        if await holds():
            return True
        await asyncio.sleep(0.2)
    return False


async def _published(body: Body, report: Report, stolen: str) -> None:
    """Look whether the key sets and the bundle tell of the theft."""
    signed = (await body.http.get("/.well-known/label-keys")).content
    kept = body.tree.settings.signed_key_set_file
    assert kept is not None
    report.check("/.well-known/label-keys", "the last version", "True", signed == kept.read_bytes())
    report.check("/.well-known/jwks.json", "the stolen key", "True",
                 _tells((await body.http.get("/.well-known/jwks.json")).json(), stolen))  # fmt: skip

    async def bundle_tells() -> bool:
        return _tells((await body.http.get("/offline.bundle")).json()["keys"], stolen)

    report.check("/offline.bundle", "the stolen key", "True", await _until(bundle_tells))


def _tells(key_set: dict[str, Any], stolen: str) -> bool:
    return any(one["kid"] == stolen and "compromised_at" in one for one in key_set["keys"])


async def main() -> int:
    """Run the drill, print the report, and return the exit code."""
    os.environ.pop("CERTIFY_DATA", None)
    with tempfile.TemporaryDirectory(prefix="certify-drill-", ignore_cleanup_errors=True) as folder:
        report = await drill(Path(folder), short="--short" in sys.argv)
    print(report)
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
