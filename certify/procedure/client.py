"""`Procedure`: one verb for every act of a person, from the form and from the API alike."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from pydantic import BaseModel
from temporalio.client import (
    Client,
    WithStartWorkflowOperation,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import ApplicationError
from temporalio.service import RPCError, RPCStatusCode

from certify.accounts.policy import LODGING, permit, require_sendable
from certify.accounts.principal import Principal
from certify.procedure import institutions, lodging
from certify.procedure.acts import Sent, error_of, parsed, with_facts, with_stored_file
from certify.procedure.attempts import keep_attempt
from certify.procedure.bodies import as_written
from certify.procedure.institutions import Entrant
from certify.procedure.updating import send_update
from certify.register import cases, participants, schemes, streams
from certify.register.database import Database
from certify.vault.store import Vault
from schemas.acts import Act, OfferEvidence
from schemas.application import Application
from schemas.case import Case
from schemas.errors import AlreadyDecided, NotPermitted, ProcedureError, Unavailable
from schemas.identifiers import act_id as act_id_of
from schemas.identifiers import application_id
from schemas.records import Ack, Receipt
from schemas.scheme import SchemeRules
from workflows import options
from workflows.casework import REFUSED, CaseFile
from workflows.certification import Certification
from workflows.rules.procedure import decide

RECORDED_WITHIN = 2.0
IN_FLIGHT = 8
"""Temporal takes ten updates of a case at a time; further ones would hang instead of being refused."""
_WAIT_FOR_A_PLACE = 5.0
_ANSWERED_WITHIN = 10.0
"""A case without a worker never answers; an act that was not answered may be sent again under the same key."""
_QUERY_WITHIN = timedelta(seconds=5)
_UNREACHED = (RuntimeError, TimeoutError)
"""A client that has not connected yet says RuntimeError where a connected one says RPCError."""
_FOR_OTHERS = frozenset({"role_missing", "not_the_applicant"})
_GONE = {RPCStatusCode.NOT_FOUND}


class Procedure:
    """Sends acts to cases and answers when they are recorded."""

    def __init__(self, client: Client, database: Database, vault: Vault) -> None:
        self._client = client
        self._database = database
        self._vault = vault
        self._places: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(IN_FLIGHT))

    async def act(
        self, principal: Principal, kind: str, application: str, body: BaseModel, *, key: str, request_id: str = "none"
    ) -> Sent:
        """Do one act in a case.

        Args:
            principal: who acts.
            kind: which act (`schemas.acts.ACTS`).
            application: the case.
            body: what the person wrote (`certify.procedure.bodies.BODIES`).
            key: idempotency key; the same act under the same key is taken once.
            request_id: the request this came with, for the journal.

        Raises:
            ProcedureError: the act is refused; only the stream `attempts` tells of it.
        """
        try:
            return await self._act(principal, kind, application, body, key, request_id)
        except ProcedureError as error:
            await keep_attempt(self._database, principal.facts.person, kind, application, error.code, request_id)
            raise

    async def _act(
        self, principal: Principal, kind: str, application: str, body: BaseModel, key: str, request_id: str
    ) -> Sent:
        async with self._database.reading() as session:
            case = require_sendable(principal, kind, await cases.find(session, application))
            rules = (await schemes.pinned(session, case.lodged.scheme.digest)).rules
        written = as_written(kind, body)
        act = parsed(kind, {**written.fields, **_who(principal, key, application, request_id)})
        if isinstance(act, OfferEvidence):
            async with self._database.reading() as session:
                act = await with_stored_file(session, act)
        earlier = await self._recorded(act)
        if earlier is not None:
            return earlier
        async with self._database.reading() as session:
            act = await with_facts(session, act, case)
        _refuse_other_roles(case, act, rules)
        for text in written.texts:
            await self._vault.put_text(application, text)
        await self._update(act, case, rules)
        return await self._sent(act)

    async def lodge(
        self, principal: Principal, application: Application, *, key: str, request_id: str = "none"
    ) -> Sent:
        """Lodge an application for the principal's organisation; lodging the same again finds the same case.

        Raises:
            ProcedureError: refused: incomplete, not for this organisation, or `differs_from_lodged`.
        """
        organisation = principal.facts.organisation or "none"
        case_id = application_id(organisation, application.reference)
        try:
            return await self._lodge(principal, application, organisation, case_id, key, request_id)
        except ProcedureError as error:
            await keep_attempt(
                self._database, principal.facts.person, "lodge_application", case_id, error.code, request_id
            )
            raise

    async def _lodge(
        self, principal: Principal, application: Application, organisation: str, case_id: str, key: str, request_id: str
    ) -> Sent:
        permit(principal, LODGING).require()
        if principal.facts.organisation is None:
            raise NotPermitted("not_the_applicant", "You act for no organisation.")
        async with self._database.reading() as session:
            case = await cases.find(session, case_id)
            scheme = await schemes.in_force(session, application.scheme)
            lodging.check_name(application, await participants.find(session, organisation))
        if case is not None:
            return await self._lodged_before(case, application)
        lodging.check(application, scheme)
        fields = await lodging.lodging(self._vault, case_id, organisation, application, scheme)
        act = parsed("lodge_application", {**fields, **_who(principal, key, case_id, request_id)})
        earlier = await self._recorded(act)
        if earlier is not None:
            return earlier
        decide(None, act, datetime.now(UTC), scheme.rules)
        await self._start(act, scheme.rules)
        return await self._sent(act)

    async def _lodged_before(self, case: Case, application: Application) -> Sent:
        if case.lodged.digest != application.digest:
            raise AlreadyDecided(
                "differs_from_lodged",
                f"Reference {application.reference} was lodged before with other content; use another reference.",
            )
        async with self._database.reading() as session:
            first = (await streams.entries(session, options.case_stream(case.id)))[0]
            assert first.act_id is not None
            receipt = await streams.receipt_of(session, first.act_id)
        return Sent(act_id=first.act_id, application=case.id, receipt=receipt)

    async def enter_organisation(self, entrant: Entrant, *, by: str) -> str:
        """Enter an organisation in the Register; see `institutions.enter_organisation`."""
        try:
            async with asyncio.timeout(_ANSWERED_WITHIN):
                return await institutions.enter_organisation(self._client, self._database, entrant, by=by)
        except (RPCError, *_UNREACHED) as error:
            raise _unavailable() from error

    async def is_reachable(self) -> bool:
        """Whether Temporal answers now."""
        try:
            return await self._client.service_client.check_health(timeout=timedelta(seconds=1))
        except (RPCError, *_UNREACHED):
            return False

    async def has_taken(self, application: str, act_id: str) -> bool:
        """Whether a case has accepted an act that the record may not hold yet."""
        handle = self._client.get_workflow_handle(options.certification_id(application))
        try:
            return await handle.query(Certification.has_taken, act_id, rpc_timeout=_QUERY_WITHIN)
        except RPCError as error:
            if error.status in _GONE:
                return False
            raise _unavailable() from error
        except _UNREACHED as error:
            raise _unavailable() from error

    async def receipt(self, act_id: str) -> Receipt | None:
        """Return the receipt of a recorded act."""
        async with self._database.reading() as session:
            return await streams.receipt_of(session, act_id)

    async def _recorded(self, act: Act) -> Sent | None:
        async with self._database.reading() as session:
            same = await streams.is_recorded_act(session, act.act_id, act.digest)
            receipt = await streams.receipt_of(session, act.act_id)
        if receipt is None:
            return None
        if not same:
            raise _other_act()
        return Sent(act_id=act.act_id, application=act.application, receipt=receipt)

    async def _update(self, act: Act, case: Case, rules: SchemeRules) -> None:
        handle = self._client.get_workflow_handle(options.certification_id(act.application))
        try:
            await self._answer(
                act, lambda: send_update(lambda: handle.execute_update(act.kind, act, id=act.act_id, result_type=Ack))
            )
        except RPCError as error:
            if error.status in _GONE:
                # The case has ended, or its workflow is missing: the rules tell which.
                decide(case, act, datetime.now(UTC), rules)
            raise _unavailable() from error

    async def _start(self, act: Act, rules: SchemeRules) -> None:
        start = WithStartWorkflowOperation(
            Certification.run,
            CaseFile(application=act.application, rules=rules),
            id=options.certification_id(act.application),
            task_queue=options.QUEUE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            id_reuse_policy=WorkflowIDReusePolicy.ALLOW_DUPLICATE,
        )
        try:
            await self._answer(
                act,
                lambda: self._client.execute_update_with_start_workflow(
                    act.kind, act, start_workflow_operation=start, id=act.act_id, result_type=Ack
                ),
            )
        except RPCError as error:
            raise _unavailable() from error

    async def _answer(self, act: Act, send: Callable[[], Awaitable[Ack]]) -> None:
        """Send an act and wait for the case's answer, for a while."""
        try:
            async with self._place(act.application), asyncio.timeout(_ANSWERED_WITHIN):
                ack = await send()
        except _UNREACHED as error:
            raise _unavailable() from error
        except (WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError) as error:
            raise _refusal(error) from error
        if ack.digest != act.digest:
            # Temporal answers a known update id with its first answer, whatever was sent under it.
            raise _other_act()

    def _place(self, application: str) -> "_Place":
        return _Place(self._places[application])

    async def _sent(self, act: Act) -> Sent:
        """Wait until the record holds the act, for a while; what is accepted is on its way there."""
        until, pause = monotonic() + RECORDED_WITHIN, 0.01
        while (receipt := await self.receipt(act.act_id)) is None and monotonic() < until:
            await asyncio.sleep(pause)
            pause = min(pause * 1.5, 0.1)
        return Sent(act_id=act.act_id, application=act.application, receipt=receipt)


class _Place:
    """One of the places a case has for acts in flight."""

    def __init__(self, places: asyncio.Semaphore) -> None:
        self._places = places

    async def __aenter__(self) -> None:
        try:
            await asyncio.wait_for(self._places.acquire(), _WAIT_FOR_A_PLACE)
        except TimeoutError:
            raise Unavailable("too_many_acts", "This case is taking other acts; please try again.") from None

    async def __aexit__(self, *_: object) -> None:
        self._places.release()


def _who(principal: Principal, key: str, application: str, request_id: str) -> dict[str, Any]:
    return {
        "act_id": act_id_of(principal.facts.person, key),
        "application": application,
        "actor": principal.facts,
        "authn": principal.authn,
        "request_id": request_id,
    }


def _refuse_other_roles(case: Case, act: Act, rules: SchemeRules) -> None:
    """Refuse whom the act is not for, before anything of theirs is stored; the rest is the case's to judge."""
    try:
        decide(case, act, datetime.now(UTC), rules)
    except NotPermitted as error:
        if error.code in _FOR_OTHERS:
            raise
    except ProcedureError:
        return


def _other_act() -> AlreadyDecided:
    return AlreadyDecided("other_act_same_key", "This key was used for another act.")


def _refusal(error: WorkflowUpdateFailedError | WorkflowUpdateRPCTimeoutOrCancelledError) -> ProcedureError:
    cause = error.__cause__ if isinstance(error, WorkflowUpdateFailedError) else None
    if isinstance(cause, ApplicationError) and (cause.type or "").startswith(f"{REFUSED}."):
        kind, code = cause.details[0], cause.details[1]
        return error_of(kind, code, cause.message)
    return _unavailable()


def _unavailable() -> Unavailable:
    return Unavailable("procedure_unreachable", "The procedure cannot take acts now; please send this again.")
