"""The page on which a person signs an act: what exactly is signed, and the way without a passkey (ASVS 5.0, 7.5.3)."""

import json
from typing import Any, Final

from pydantic import JsonValue, ValidationError

from certify.procedure.bodies import BODIES
from certify.web.act_pages import Before, Typed
from schemas.errors import OutOfOrder, Unacceptable
from schemas.signed_acts import Countersigned
from workflows.rules.case.signed_acts import REPORT_KIND, countersignature, signed_round, signing_origin

_SHOWN: Final = 12
"""Hexadecimal digits by which people compare a digest on the page."""
_DIGEST: Final = 64


def proof_in(typed: Typed) -> object:
    """Return the receipt that the script put into the form, or the countersigned one; None where there is none."""
    written = typed.one("countersigned") or typed.one("proof")
    try:
        return json.loads(written) if written else None
    except ValueError:
        return written


async def signing(before: Before, kind: str, fields: dict[str, Any]) -> dict[str, object]:
    """Return what a page needs to have an act signed; nothing where the case asks for no signature.

    `asked` is what the passkey is asked, `countersigned` the receipt of the way without one, `unsigned` why neither
    can be used yet.
    """
    if signing_origin(before.opened.case, kind) is None:
        return {"signing": None}
    vouched = None if kind == REPORT_KIND else _countersigned(before)
    found: dict[str, object] = {"asked": None, "countersigned": vouched, "unsigned": None}
    try:
        body = BODIES[kind].model_validate({**fields, "proof": None})
        asked = await before.services.procedure.ask_signature(before.principal, kind, before.opened.reading.id, body)
    except (Unacceptable, OutOfOrder) as error:
        return {"signing": {**found, "unsigned": error.code}}
    except ValidationError:
        return {"signing": {**found, "unsigned": "malformed_form"}}
    shown = {name: _shown(value) for name, value in asked.statement.items()}
    return {"signing": {**found, "asked": asked, "statement": shown, "options": json.dumps(asked.options)}}


def _shown(value: JsonValue) -> JsonValue:
    return value[:_SHOWN] if isinstance(value, str) and len(value) == _DIGEST else value


def _countersigned(before: Before) -> str | None:
    """Return the receipt of somebody for whom the secretariat vouched and who gave a one-time code in this session."""
    case, given_at = before.opened.case, before.principal.code_given_at
    vote = signed_round(case)
    found = countersignature(case, before.principal.person, vote.number) if vote is not None else None
    if found is None or given_at is None:
        return None
    proof = Countersigned(countersigner=found.by, countersigned_at=found.at, authenticated_at=given_at)
    return proof.model_dump_json()
