"""Acts in cases as a program sends them, each to a case in which exactly this act may be done (`ready.READY`)."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx2
import pytest
from pydantic import BaseModel

from certify.procedure.bodies import BODIES, FindingBody
from schemas.evidence import TextRef
from schemas.review import Finding
from schemas.scheme import Tier
from tests import builders
from tests.builders import EXPERTS, SECRETARY, THIRD_PARTY, Walk, text
from tests.pages.account import strong
from tests.pages.conftest import House
from tests.unit.workflows.rules.case.ready import READY, Ready

WORDS = "Because the evidence shows it."
"""What every text of a walk says."""


def _report() -> Ready:
    """As `ready` has it in a case that the pages show to a third party."""
    walk = Walk(Tier.CRITICAL).to_evaluation().act("declare_interests", THIRD_PARTY, has_interest=False)
    return walk, THIRD_PARTY, {"report": text(), "summary": text()}


def _declare() -> Ready:
    """As `ready` has it, by somebody who may know of the case already."""
    walk = Walk().to_planning().act("assign_reviewer", SECRETARY, reviewer=EXPERTS[0].person, areas=("ethics_or_law",))
    return walk, EXPERTS[0], {"has_interest": False}


def _protocol() -> Ready:
    """As `ready` has it, of today: the case of these tests begins today."""
    walk, who, content = READY["record_protocol"]()
    return walk, who, {**content, "held_on": datetime.now(UTC).date()}


READY_HERE = {
    **{kind: ready for kind, ready in READY.items() if kind in BODIES and kind != "offer_evidence"},
    "declare_interests": _declare,
    "record_third_party_report": _report,
    "record_protocol": _protocol,
}
"""Without what is sent as an application or with a file."""

BEGUN_DAYS_AGO = {"relieve_reviewer": 60}
"""Acts for which the time of a stage is over; the clocks of all others still run."""


def plain(value: Any) -> Any:
    """Return a part of an act as JSON has it, with a text in the place of each reference to one."""
    if isinstance(value, TextRef):
        return WORDS
    if isinstance(value, BaseModel):
        fields = (FindingBody if isinstance(value, Finding) else type(value)).model_fields
        return {name: plain(getattr(value, name)) for name in fields}
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, date) else getattr(value, "value", value)


async def do(house: House, kind: str, monkeypatch: pytest.MonkeyPatch) -> httpx2.Response:
    """Put a case on record that is ready for an act, and do it."""
    monkeypatch.setattr(builders, "START", datetime.now(UTC) - timedelta(days=BEGUN_DAYS_AGO.get(kind, 0)))
    walk, who, content = READY_HERE[kind]()
    await house.holds(walk)
    body = {name: plain(content[name]) for name in BODIES[kind].model_fields if name in content}
    address = f"/api/applications/case-1/{kind.replace('_', '-')}"
    return await (await strong(house, who)).post(address, json=body)
