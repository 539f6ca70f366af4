"""`certify demo`: a real AI system is certified, every stage by real acts, and its label is scanned."""

import asyncio
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx2
import typer

from certify.config import Settings
from certify.procedure.institutions import Entrant, enter_organisation, organisation_id
from certify.programs.demo_case import DemoCase
from certify.programs.demo_people import Cast
from certify.programs.embedded import Tree, running, with_port
from certify.register import participants
from schemas.application import Application
from schemas.application_folder import ApplicationFolder, read_folder
from schemas.errors import Unacceptable
from schemas.label import Standing
from schemas.people import Role
from schemas.scheme import BUILT_IN, SchemeRules
from schemas.scheme_loading import load_scheme
from schemas.stages import Stage
from workflows.rules.risk import assess_tier

EXAMPLE = Path(__file__).parents[2] / "examples" / "digit-reader"
BODY_ADDRESS = {"body_address": "Example Square 1, Brussels", "body_address_ru": "Примерная площадь, 1, Брюссель"}
HOLDER_ADDRESS = "Example Street 12"
"""Invented, so in a demonstration only: `certify up` makes real labels and shows what its settings say."""
WITNESSED_WITHIN = 30.0
"""Seconds; a witness is asked every half second."""
WANTED = {False: Stage.GRANTED, True: Stage.REFUSED}


async def demo(
    stop: asyncio.Event,
    *,
    folder: Path | None,
    data: Path | None,
    port: int | None,
    refuse: bool,
    once: bool,
    as_json: bool,
) -> int:
    """Run the demonstration and return its exit code: 0 when the case ended as asked."""
    started = time.monotonic()
    read = read_folder(folder or EXAMPLE)
    settings = _settings(data, port, once=once)
    async with running(with_port(settings)) as tree:
        sys.stderr.write(f"Ready after {time.monotonic() - started:.1f} s: {tree.address}\n")
        cast = Cast(tree)
        try:
            result = await _play(tree, cast, read, refuse=refuse)
            if as_json:
                typer.echo(json.dumps(result, ensure_ascii=False))
            else:
                _tell(tree, cast, result, time.monotonic() - started)
            sys.stdout.flush()
            if not once:
                typer.echo("Serving until Ctrl-C.")
                await stop.wait()
        finally:
            await cast.close()
    return 0 if result["outcome"] == WANTED[refuse] else 1


def _settings(data: Path | None, port: int | None, *, once: bool) -> Settings:
    """Return settings that are a demonstration's: a folder and a database of its own, watermarks, a banner."""
    if data is None:
        data = Path(tempfile.mkdtemp(prefix="certify-demo-"))
        sys.stderr.write(f"State is kept in {data}\n")
    settings = Settings(data=data, demo=True, port=port if port is not None else (0 if once else 8080))
    if not settings.database_url.startswith("sqlite"):
        raise Unacceptable("demo_on_production", "A demonstration runs on its own SQLite database only.")
    is_addressed = settings.body_address or settings.body_address_ru
    return settings if is_addressed else settings.model_copy(update=BODY_ADDRESS)


async def _play(tree: Tree, cast: Cast, folder: ApplicationFolder, *, refuse: bool) -> dict[str, Any]:
    application, rules = folder.application, load_scheme(BUILT_IN).rules
    await cast.admit("Sofia Secretary", Role.SECRETARIAT)
    organisation = await organisation_of(tree, application)
    await cast.admit("Anna Applicant", Role.APPLICANT, organisation=organisation)
    await cast.admit_for(tier_of(application, rules), rules)
    case = DemoCase(cast, folder, rules, refuse=refuse)
    reading = await case.play()
    return {
        "application": case.id,
        "outcome": reading["stage"],
        "tier": reading["tier"],
        "decision": _decision(reading),
        **await _label(tree, reading),
        "seconds": case.seconds,
    }


def tier_of(application: Application, rules: SchemeRules) -> Any:
    """Return the tier that an application's own answers lead to."""
    answers = {question: answer.points for question, answer in application.answers.items()}
    return assess_tier(rules, answers, application.gates).tier


async def organisation_of(tree: Tree, application: Application) -> str:
    """Enter the organisation in the Register, unless it says itself that it has not joined (gate G3)."""
    entrant = Entrant(
        name=application.organisation.name,
        country=application.organisation.country,
        roles=application.organisation.roles,
        ethics_officer=application.ethics_officer.name,
        officer_contact=application.ethics_officer.email or application.ethics_officer.phone,
        address=HOLDER_ADDRESS,
    )
    organisation = organisation_id(entrant.name, entrant.country)
    async with tree.database.reading() as session:
        known = await participants.find(session, organisation)
    if known is None and application.gates.get("G3") != "no":
        await enter_organisation(tree.matters, tree.database, entrant)
    return organisation


def _decision(reading: dict[str, Any]) -> dict[str, Any] | None:
    decision = reading["decision"]
    if decision is None:
        return None
    tally = decision["tally"]
    return {
        "number": decision["number"],
        "outcome": decision["outcome"],
        "round": decision["round"],
        "base": tally["base"],
        "present": tally["present"],
        "for": tally["in_favour"],
        "against": tally["against"],
        "abstain": tally["abstain"],
        "quorum": decision["quorum"],
        "majority": decision["majority"],
        "manifest_digest": decision["manifest_digest"],
        "scheme_digest": decision["scheme_digest"],
    }


async def _label(tree: Tree, reading: dict[str, Any]) -> dict[str, Any]:
    """Fetch the label's pictures and keys as anybody can, and scan it."""
    label = reading["label"]
    if label is None:
        return {"label": None, "scan": None}
    folder = tree.settings.data / "labels"
    folder.mkdir(exist_ok=True)
    async with httpx2.AsyncClient(base_url=tree.address) as http:
        scan = await _scanned(http, label["token"])  # no picture is given out before a witness saw the label
        files = {}
        for name, address in {
            "svg": f"/{label['id']}.svg",
            "png": f"/{label['id']}.png",
            "keys": "/.well-known/jwks.json",
        }.items():
            path = folder / (f"{label['id']}.{name}" if name != "keys" else "keys.json")
            path.write_bytes((await http.get(address)).raise_for_status().content)
            files[name] = str(path)
    return {
        "label": {
            "id": label["id"],
            "url": f"{tree.settings.public_url}/{label['id']}",
            "token": label["token"],
            **files,
        },
        "scan": {"authenticity": scan["authenticity"], "standing": scan["standing"]},
    }


async def _scanned(http: httpx2.AsyncClient, token: str) -> dict[str, Any]:
    """Scan a label until a witness saw its issue: before that it is not in force for anybody."""
    ends = time.monotonic() + WITNESSED_WITHIN
    while True:
        scan: dict[str, Any] = (await http.get(f"/C/{token}", headers={"Accept": "application/json"})).json()
        if scan["standing"] != Standing.NOT_YET or time.monotonic() > ends:
            return scan
        await asyncio.sleep(0.2)


def _tell(tree: Tree, cast: Cast, result: dict[str, Any], seconds: float) -> None:
    lines = [f"Outcome: {result['outcome']} ({result['tier']} risk tier), {seconds:.1f} s after the start"]
    if result["label"]:
        lines += [
            f"Label:   {result['label']['url']}",
            f"Picture: {result['label']['png']}",
            f"Scan:    {result['scan']['authenticity']}, {result['scan']['standing']}",
        ]
    lines += ["", f"Look around: {tree.address}", "Sign in as:"]
    lines += [f"  {player.role.value:20} {player.name:16} {player.link}" for player in cast.players]
    typer.echo("\n".join(lines))
