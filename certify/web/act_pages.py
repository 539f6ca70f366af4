"""The pages of acts in a case: each audience has a room of them, reached by what a person is to the case."""

from dataclasses import dataclass
from typing import Any, ClassVar

from fastapi import Request

from certify.accounts.parts import Part
from certify.accounts.principal import Principal
from certify.web import acting
from certify.web.acting import ActRoom, Typed, show_act, take_act, typed_in, typed_of
from certify.web.casework import OpenCase, open_case
from certify.web.services import Services
from certify.web.work import send
from schemas.errors import NotFound
from schemas.records import Receipt
from workflows.options import case_stream
from workflows.rules.case.interests import acts_for_secretariat

__all__ = ["ActPage", "Before", "Room", "Typed", "receipt_shown", "show_act", "take_act", "typed_in", "typed_of"]

Before = acting.Before[OpenCase]
ActPage = acting.ActPage[OpenCase]


@dataclass(frozen=True, kw_only=True)
class Room(ActRoom[OpenCase]):
    """The pages of one audience about its cases.

    Attributes:
        parts: what a person must be to a case to find it here.
    """

    not_now: ClassVar[str] = "casework/not_now.html"

    parts: frozenset[Part]

    async def open(self, services: Services, principal: Principal, subject: str) -> OpenCase:
        """Return a case that somebody finds in this room.

        Raises:
            NotFound: `unknown_application`.
            ConflictOfInterest: `secretariat_tied`, for who would keep the case and is tied to the applicant.
        """
        opened = await open_case(services, principal, subject)
        if Part.SECRETARIAT in self.parts and Part.TIED_SECRETARIAT in opened.reading.parts:
            acts_for_secretariat(opened.case, principal.facts).require()
        if not self.parts & set(opened.reading.parts):
            raise NotFound("unknown_application", "There is no such application.")
        return opened

    async def send(self, before: Before, kind: str, fields: dict[str, Any], key: str) -> tuple[str, str]:
        """Do an act in a case; return the case and the act's id."""
        application = before.opened.reading.id
        fields = {**fields, "idempotency_key": key}
        sent = await send(before.request, before.services, before.principal, kind, application, fields)
        return application, sent.act_id


async def receipt_shown(request: Request, services: Services, application: str) -> Receipt | None:
    """Return the receipt of the act that led to this page, if it is recorded and belongs to this case."""
    done = request.query_params.get("done", "")[:64]
    receipt = await services.procedure.receipt(done) if done else None
    return receipt if receipt and receipt.stream == case_stream(application) else None
