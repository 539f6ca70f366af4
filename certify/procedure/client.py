"""`Procedure`: one verb for every act of a person, from the form and from the API alike."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel
from temporalio.client import Client

from certify.accounts.policy import LODGING, permit, require_sendable
from certify.accounts.principal import Principal
from certify.accounts.strength import require_strong
from certify.procedure import institutions, lodging
from certify.procedure.acts import Sent, parsed, with_facts
from certify.procedure.attempts import keep_attempt
from certify.procedure.bodies import as_written
from certify.procedure.institutions import Entrant, ProposedEntry
from certify.procedure.matters import After, Matters
from certify.procedure.sending import Sending
from certify.procedure.signed_acts import SIGNED, Asked, Signatures, Signed
from certify.procedure.standing_ties import count_group
from certify.procedure.stored_files import with_stored_file
from certify.procedure.whole_record import WholeRecord
from certify.register import cases, labels, participants, schemes, streams
from certify.register.database import Database
from certify.vault.inspections import require_offerable
from certify.vault.store import Vault
from schemas.act import ActInCase
from schemas.acts import ACTS, DrawThirdParty, OpenRound
from schemas.application import Application
from schemas.case import Case
from schemas.errors import AlreadyDecided, NotPermitted, OutOfOrder, ProcedureError
from schemas.evidence_acts import OfferEvidence
from schemas.identifiers import act_id as act_id_of
from schemas.identifiers import application_id
from schemas.records import Receipt
from schemas.scheme import SchemeRules
from workflows import options
from workflows.casework import CaseFile
from workflows.certification import Certification
from workflows.rules.case.procedure import decide, may
from workflows.rules.case.signed_acts import signing_origin

AMENDING = "amend_application"
_FOR_OTHERS = frozenset({"role_missing", "not_the_applicant"})


class Procedure:
    """Sends acts to cases and answers when they are recorded."""

    def __init__(
        self,
        client: Client,
        database: Database,
        vault: Vault,
        *,
        whole: WholeRecord | None = None,
        signatures: Signatures | None = None,
    ) -> None:
        self._client = client
        self._database = database
        self._vault = vault
        self.signatures = signatures
        self.sending = Sending(client, database, *([whole.require_for_acts] if whole else []))
        self.matters = Matters(self.sending, database, vault, after=self.after)

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
            await self._keep_attempt(principal, kind, application, error, request_id)
            raise

    @property
    def after(self) -> Mapping[str, After]:
        """What is done once an act of some kind is recorded in a matter."""
        return {"declare_group": self._count_group}

    async def _count_group(self, organisation: str, request_id: str) -> None:
        await count_group(self, self._database, organisation, request_id)

    async def _act(
        self, principal: Principal, kind: str, application: str, body: BaseModel, key: str, request_id: str
    ) -> Sent:
        async with self._database.reading() as session:
            case = require_sendable(principal, kind, await cases.find(session, application))
            if not self._asks_signature(kind, case):
                require_strong(principal, kind, datetime.now(UTC))
            rules = (await schemes.pinned(session, case.lodged.scheme.digest)).rules
        written = as_written(ACTS[kind], body)
        act = parsed(kind, {**written.fields, **_who(principal, key, application, request_id)})
        if isinstance(act, OfferEvidence):
            async with self._database.reading() as session:
                act = await with_stored_file(session, application, act)
        earlier = await self._earlier(act)
        if earlier is not None:
            return earlier
        async with self._database.reading() as session:
            if isinstance(act, OfferEvidence):
                await require_offerable(session, application, digest=act.digest_of_file, name=act.file)
            act = await with_facts(session, act, case)
            act = self._where_it_is_signed(act)
        _refuse_other_roles(case, act, rules)
        await self._check_signature(principal, act, case, rules)
        for text in written.texts:
            await self._vault.put_text(application, text)
        await self._update(act, case, rules)
        return await self._sent(act)

    def _where_it_is_signed(self, act: ActInCase) -> ActInCase:
        if not isinstance(act, (OpenRound, DrawThirdParty)) or self.signatures is None:
            return act
        return act.model_copy(update={"origin": self.signatures.relying.origin})

    async def _check_signature(self, principal: Principal, act: ActInCase, case: Case, rules: SchemeRules) -> None:
        if self.signatures is not None and isinstance(act, Signed):
            # What the case would refuse anyway uses up no challenge.
            decide(case, act, datetime.now(UTC), rules)
            await self.signatures.check(principal, act, case)

    def _asks_signature(self, kind: str, case: Case) -> bool:
        """Whether an act is signed: that is the fresh proof of who acts, and no other is asked."""
        return self.signatures is not None and kind in SIGNED and signing_origin(case, kind) is not None

    async def _keep_attempt(
        self, principal: Principal, kind: str, application: str, error: ProcedureError, request_id: str
    ) -> None:
        await keep_attempt(
            self._database, principal.person, kind, application, error, request_id, authn=principal.authn
        )

    async def ask_signature(self, principal: Principal, kind: str, application: str, body: BaseModel) -> Asked:
        """Return what somebody signs who does an act; it is done by sending it with the receipt (`act`).

        Raises:
            ProcedureError: the act would be refused; `no_passkey`; `nothing_to_sign`.
        """
        async with self._database.reading() as session:
            case = require_sendable(principal, kind, await cases.find(session, application))
            rules = (await schemes.pinned(session, case.lodged.scheme.digest)).rules
        act = parsed(kind, {**as_written(ACTS[kind], body).fields, **_who(principal, "ask", application, "none")})
        may(kind, case, principal.facts, rules).require()
        if self.signatures is None or not isinstance(act, Signed):
            raise OutOfOrder("nothing_to_sign", "Nothing is signed in this case now.")
        return await self.signatures.ask(act, case)

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
            await self._keep_attempt(principal, LODGING, case_id, error, request_id)
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
            register = await lodging.register_facts(session, organisation)
            renewed = await labels.find(session, application.renews) if application.renews is not None else None
        if case is not None:
            return await self._lodged_before(case, application)
        lodging.check_renewal(application, renewed, organisation)
        lodging.check(application, scheme)
        fields = await lodging.lodging(self._vault, case_id, register, application, scheme)
        fields["edition"] = lodging.EDITION if self.signatures is not None else lodging.EDITION_UNSIGNED
        act = parsed("lodge_application", {**fields, **_who(principal, key, case_id, request_id)})
        earlier = await self._earlier(act)
        if earlier is not None:
            return earlier
        decide(None, act, datetime.now(UTC), scheme.rules)
        await self._start(act, scheme.rules)
        return await self._sent(act)

    async def amend(
        self, principal: Principal, case_id: str, application: Application, *, key: str, request_id: str = "none"
    ) -> Sent:
        """Correct what an application states; it stays the application of the same system under the same reference.

        Raises:
            ProcedureError: refused: nothing was asked, incomplete, or another application.
        """
        try:
            return await self._amend(principal, case_id, application, key, request_id)
        except ProcedureError as error:
            await self._keep_attempt(principal, AMENDING, case_id, error, request_id)
            raise

    async def _amend(
        self, principal: Principal, case_id: str, application: Application, key: str, request_id: str
    ) -> Sent:
        async with self._database.reading() as session:
            case = require_sendable(principal, AMENDING, await cases.find(session, case_id))
            scheme = await schemes.pinned(session, case.lodged.scheme.digest)
            lodging.check_name(application, await participants.find(session, case.lodged.organisation))
            register = await lodging.register_facts(session, case.lodged.organisation)
        refusal = may(AMENDING, case, principal.facts, scheme.rules).refusal
        if refusal is not None and refusal.code in _FOR_OTHERS:
            raise refusal
        lodging.check(application, scheme)
        fields = await lodging.lodging(self._vault, case_id, register, application, scheme)
        act = parsed(AMENDING, {**fields, **_who(principal, key, case_id, request_id)})
        earlier = await self._earlier(act)
        if earlier is not None:
            return earlier
        await self._update(act, case, scheme.rules)
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

    async def propose_entry(self, entrant: Entrant, *, by: Principal, request_id: str = "none") -> ProposedEntry:
        """Propose to enter an organisation in the Register; see `institutions.propose_entry`."""
        return await institutions.propose_entry(self.matters, self._database, entrant, by=by, request_id=request_id)

    async def is_reachable(self) -> bool:
        """Whether Temporal answers now."""
        return await self.sending.is_reachable()

    async def has_taken(self, application: str, act_id: str) -> bool:
        """Whether a case has accepted an act that the record may not hold yet."""
        return await self.sending.has_taken(options.certification_id(application), act_id)

    async def receipt(self, act_id: str) -> Receipt | None:
        """Return the receipt of a recorded act."""
        return await self.sending.receipt(act_id)

    async def _update(self, act: ActInCase, case: Case, rules: SchemeRules) -> None:
        await self.sending.to_running(
            act,
            options.certification_id(act.application),
            # The case has ended, or its workflow is missing: the rules tell which.
            when_gone=lambda: decide(case, act, datetime.now(UTC), rules),
        )

    async def _start(self, act: ActInCase, rules: SchemeRules) -> None:
        file = CaseFile(application=act.application, rules=rules)
        await self.sending.to_new(act, Certification.run, file, options.certification_id(act.application))

    async def _earlier(self, act: ActInCase) -> Sent | None:
        receipt = await self.sending.earlier(act)
        return Sent(act_id=act.act_id, application=act.application, receipt=receipt) if receipt else None

    async def _sent(self, act: ActInCase) -> Sent:
        receipt = await self.sending.recorded(act)
        return Sent(act_id=act.act_id, application=act.application, receipt=receipt)


def _who(principal: Principal, key: str, application: str, request_id: str) -> dict[str, Any]:
    return {
        "act_id": act_id_of(principal.facts.person, key),
        "application": application,
        "actor": principal.facts,
        "authn": principal.authn,
        "request_id": request_id,
    }


def _refuse_other_roles(case: Case, act: ActInCase, rules: SchemeRules) -> None:
    """Refuse whom the act is not for, before anything of theirs is stored; the rest is the case's to judge."""
    try:
        decide(case, act, datetime.now(UTC), rules)
    except NotPermitted as error:
        if error.code in _FOR_OTHERS:
            raise
    except ProcedureError:
        return
