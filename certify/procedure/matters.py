"""One verb for every act of a person in a matter beside the certifications, from the form and from the API alike."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError
from sqlmodel.ext.asyncio.session import AsyncSession

from certify.accounts.matter_clocks import matter_waiting_for
from certify.accounts.matter_parts import MatterPart, interest_in, parts_of
from certify.accounts.matter_reading import MatterReading, matter_reading
from certify.accounts.policy import admit
from certify.accounts.principal import Principal
from certify.accounts.strength import require_strong
from certify.procedure.attempts import keep_attempt
from certify.procedure.bodies import as_written
from certify.procedure.handed_on import hand_on_texts
from certify.procedure.matter_facts import with_matter_facts, with_stored
from certify.procedure.matter_kinds import KINDS, MatterKind
from certify.procedure.replaced_labels import reached_by
from certify.procedure.sending import Sending
from certify.register import matters, schemes
from certify.register.behind import OfTwo, behind
from certify.register.database import Database
from certify.vault.store import Vault
from schemas.act import Act
from schemas.clocks import Clock, Waiting
from schemas.errand import Errand
from schemas.errors import NotFound, NotPermitted, OutOfOrder, ProcedureError, Unacceptable, Unavailable
from schemas.identifiers import ENGINE, PUBLIC, WITHOUT_ACCOUNT, Identifier, MatterId
from schemas.identifiers import act_id as act_id_of
from schemas.label_acts import BeginLife
from schemas.matter import Matter
from schemas.people import PersonFacts
from schemas.records import Receipt
from schemas.scheme import BUILT_IN, Scheme
from workflows.options import matter_id, matter_stream
from workflows.rules.matters import ENDED

SCHEME = BUILT_IN.name
_FOR_OTHERS = frozenset({"role_missing", "not_the_organisation"})

After = Callable[[str, str], Awaitable[None]]
"""What is done about a matter once an act in it is recorded: its id, and the request it came with."""


class SentToMatter(BaseModel):
    """What became of an act: its receipt once it is recorded, None while that is still under way."""

    model_config = ConfigDict(frozen=True)

    act_id: str
    kind: str
    matter: str
    receipt: Receipt | None


class MatterWaiting(Waiting):
    """Who is waited for in one matter, `GET /api/{collection}/{matter}`."""

    collection: str
    matter: MatterId
    organisation: Identifier | None


def subject_of(person: str, kind: str, body: BaseModel, key: str) -> str:
    """Return the id of the matter that a person opens under a key: the same request reaches the same matter."""
    own = KINDS[kind].id_of
    return own(body) if own is not None else act_id_of(person, f"{kind}/{key}")


def vault_key(kind: str, subject: str) -> str:
    """Return under which key the texts of a matter are stored."""
    return f"{kind}-{subject}"


@dataclass(frozen=True, kw_only=True)
class Sender:
    """Who sends an act, how they came in, and under which key."""

    facts: PersonFacts
    authn: str
    key: str
    request_id: str


class Matters:
    """Sends acts to matters and reads them."""

    def __init__(
        self, sending: Sending, database: Database, vault: Vault, *, after: Mapping[str, After] | None = None
    ) -> None:
        """Send acts through `sending`; `after` says what else is done once an act of some kind is recorded."""
        self._sending, self._database, self._vault, self._after = sending, database, vault, after or {}

    async def act(
        self, principal: Principal, kind: str, act: str, subject: str, body: BaseModel, *, key: str,
        request_id: str = "none",
    ) -> SentToMatter:  # fmt: skip
        """Do one act in a matter; the act that opens one makes it.

        Raises:
            ProcedureError: the act is refused; only the stream `attempts` tells of it.
        """
        found = KINDS[kind]
        # The id of what was never opened names nothing, and each key makes another one.
        tried = found.about(body) if found.makes_id(act) else subject
        try:
            admit(principal, act).require()
            if act not in found.bodies and act not in found.elsewhere:
                raise NotPermitted("not_for_people", "Nobody who is signed in does this.")
            state, scheme = await self._found(found, subject)
            kept_out = await self._kept_out(found, state, principal)
            _require_known(found, state, principal, kept_out, opens=found.may_open(act))
            require_strong(principal, act, datetime.now(UTC))
            sender = Sender(facts=principal.facts, authn=principal.authn, key=key, request_id=request_id)
            sent = await self._act(sender, found, act, subject, body, state, scheme)
        except ProcedureError as error:
            await keep_attempt(self._database, principal.person, act, tried, error, request_id, authn=principal.authn)
            raise
        if act in self._after:
            await self._after[act](subject, request_id)
        return sent

    async def public_act(
        self, kind: str, act: str, subject: str, body: BaseModel, *, key: str, request_id: str = "none"
    ) -> SentToMatter:
        """Do one act of somebody without an account; no other act can be sent by this way.

        Raises:
            ProcedureError: the act is refused; only the stream `attempts` tells of it, without the matter.
        """
        found = KINDS[kind]
        try:
            state, scheme = await self._found(found, subject)
            if act not in found.public_bodies or (state is None and act != found.opens):
                raise NotFound("unknown_matter", "There is no such matter.")
            sender = Sender(
                facts=PersonFacts(person=PUBLIC), authn=WITHOUT_ACCOUNT, key=f"{subject}/{key}", request_id=request_id
            )
            return await self._act(sender, found, act, subject, body, state, scheme)
        except ProcedureError as error:
            # The id of a matter of the public is the secret of whoever opened it: no place for it among attempts.
            await keep_attempt(self._database, PUBLIC, act, None, error, request_id, authn=WITHOUT_ACCOUNT)
            raise

    async def _act(
        self, sender: Sender, kind: MatterKind, name: str, subject: str, body: BaseModel, state: Matter | None,
        scheme: Scheme,
    ) -> SentToMatter:  # fmt: skip
        model = kind.kernel.acts[name]
        written = as_written(model, body)
        act = _parsed(
            model,
            {**written.fields, "act_id": act_id_of(sender.facts.person, sender.key), "matter": subject,
             "actor": sender.facts, "authn": sender.authn, "request_id": sender.request_id,
             "scheme_in_force": _in_force(state, scheme)},
        )  # fmt: skip
        async with self._database.reading() as session:
            act = await with_stored(session, act, state)
        receipt = await self._sending.earlier(act)
        if receipt is None:
            async with self._database.reading() as session:
                stream = matter_stream(kind.kernel.name, subject)
                act = await with_matter_facts(session, self._vault, act, state, stream)
            _refuse_other_roles(kind, state, act, scheme)
            for text in written.texts:
                await self._vault.put_text(vault_key(kind.kernel.name, subject), text)
            await self._send(kind, act, state, scheme)
            receipt = await self._sending.recorded(act)
        return SentToMatter(act_id=act.act_id, kind=kind.kernel.name, matter=subject, receipt=receipt)

    def name_of(self, workflow_id: str) -> str:
        """Return the name of a workflow by its id."""
        return self._sending.name_of(workflow_id)

    async def engine_act(self, errand: Errand, *, sent_by: str) -> None:
        """Do an act of the engine in another matter, and wait until it is recorded.

        Raises:
            ProcedureError: refused; `not_recorded_yet` when the record is behind.
        """
        kind = KINDS.get(errand.to)
        if kind is None:
            raise NotFound("unknown_matter", "There is no such matter.")
        async with self._database.reading() as session:
            subject = await reached_by(session, errand)
        state, scheme = await self._found(kind, subject, pinned_to=errand.content.get("scheme_digest"))
        act = _parsed(
            kind.kernel.acts[errand.act],
            {**errand.content, "act_id": act_id_of(ENGINE, f"{sent_by}/{errand.key}"), "matter": subject,
             "actor": PersonFacts(person=ENGINE), "authn": ENGINE, "scheme_in_force": _in_force(state, scheme)},
        )  # fmt: skip
        if await self._sending.earlier(act) is not None:
            return
        async with self._database.reading() as session:
            act = await with_matter_facts(session, self._vault, act, state, matter_stream(kind.kernel.name, subject))
        if isinstance(act, BeginLife):
            told_by = vault_key("label", act.prolongs) if act.prolongs is not None else act.application
            await hand_on_texts(self._vault, act, told_by=told_by, to=vault_key(kind.kernel.name, subject))
        try:
            await self._send(kind, act, state, scheme)
        except OutOfOrder as error:
            if error.code == ENDED and state is not None and not state.is_over:
                raise Unavailable("not_recorded_yet", "It has just ended; the record does not say so yet.") from error
            raise
        if await self._sending.recorded(act) is None:
            raise Unavailable("not_recorded_yet", "The act was taken; the record does not hold it yet.")

    async def _send(self, kind: MatterKind, act: Act, state: Matter | None, scheme: Scheme) -> None:
        workflow_id, rules = matter_id(kind.kernel.name, act.subject), scheme.rules
        has_ended = state is not None and state.is_over
        if has_ended:
            # Its workflow has ended: what is still added to it is taken by a run of its own.
            kind.kernel.decide(state, act, datetime.now(UTC), rules)
        if has_ended or kind.lasts or (state is None and kind.may_open(act.kind)):
            file = kind.file(id=act.subject, rules=rules)
            if state is not None:
                file.put_state(state)
            await self._sending.to_new(act, kind.run, file, workflow_id)
            return
        await self._sending.to_running(
            act, workflow_id, when_gone=lambda: kind.kernel.decide(state, act, datetime.now(UTC), rules)
        )

    async def _found(
        self, kind: MatterKind, subject: str, *, pinned_to: JsonValue = None
    ) -> tuple[Matter | None, Scheme]:
        """Return a matter and the scheme it follows; one that begins may be pinned to the scheme of another."""
        async with self._database.reading() as session:
            state = await matters.find(session, kind.state, kind.kernel.name, subject)
            digest = state.scheme_digest if state else pinned_to
            scheme = await (schemes.pinned(session, str(digest)) if digest else schemes.in_force(session, SCHEME))
        return state, scheme

    async def read(self, principal: Principal, kind: str, subject: str) -> MatterReading:
        """Return a matter as somebody may see it.

        Raises:
            NotFound: `unknown_matter`, whether there is none or it is not for them.
            NotPermitted: `scope_missing`.
        """
        return (await self.opened(principal, kind, subject))[0]

    async def opened(self, principal: Principal, kind: str, subject: str) -> tuple[MatterReading, Scheme]:
        """Return a matter as somebody may see it, and the scheme it follows; raises as `read` does."""
        found = KINDS[kind]
        state, scheme = await self._found(found, subject)
        kept_out = await self._kept_out(found, state, principal)
        return _reading(found, state, principal, scheme, kept_out), scheme

    async def all_for(self, principal: Principal, kind: str, *, open_only: bool = False) -> list[MatterReading]:
        """Return the matters of a kind that somebody has a part in, newest first."""
        return [reading for reading, _ in await self.all_opened(principal, kind, open_only=open_only)]

    async def all_opened(
        self, principal: Principal, kind: str, *, open_only: bool = False
    ) -> list[tuple[MatterReading, Scheme]]:
        """Return the matters of a kind that somebody has a part in, each with its scheme, newest first.

        `open_only` leaves out those in which no person can do anything any more, however many there are.
        """
        admit(principal, "list_matters").require()
        found = KINDS[kind]
        return [
            (_reading(found, state, principal, scheme, kept_out), scheme)
            for state, scheme, kept_out in await self._of_kind(found, principal, open_only=open_only)
        ]

    async def waiting(self, principal: Principal, now: datetime) -> list[MatterWaiting]:
        """Return who waits for whom in the matters that somebody has a part in.

        Raises:
            NotPermitted: `scope_missing`.
        """
        admit(principal, "list_matters").require()
        return [
            MatterWaiting(**dict(one), collection=kind.collection, matter=state.id, organisation=state.organisation)
            for kind in KINDS.values()
            for state, scheme, kept_out in await self._of_kind(kind, principal, open_only=True)
            for one in matter_waiting_for(
                kind.kernel.name,
                state,
                principal.person,
                parts_of(kind.kernel.name, state, principal.facts, kept_out),
                _clocks(kind, state, scheme),
                now,
                kind.waits_for(state),
            )
        ]

    async def _of_kind(
        self, kind: MatterKind, principal: Principal, *, open_only: bool = False
    ) -> list[tuple[Matter, Scheme, str | None]]:
        """Return the matters of a kind that somebody has a part in, newest first.

        Each comes with its scheme, and with why what is behind it keeps the reader out.
        """
        async with self._database.reading() as session:
            states = await matters.every(session, kind.state, kind.kernel.name, open_only=open_only)
            in_force = await schemes.in_force(session, SCHEME)
            pinned = {
                digest: await schemes.pinned(session, digest)
                for digest in {state.scheme_digest for state in states}
                if digest is not None
            }
            found = [
                (state, await _kept_out_of(session, kind, state, principal))
                for state in states
                if parts_of(kind.kernel.name, state, principal.facts) - {MatterPart.OBSERVER}
            ]
        return [
            (state, pinned.get(state.scheme_digest or "", in_force), kept_out)
            for state, kept_out in found
            if parts_of(kind.kernel.name, state, principal.facts, kept_out)
        ]

    async def _kept_out(self, kind: MatterKind, state: Matter | None, principal: Principal) -> str | None:
        async with self._database.reading() as session:
            return await _kept_out_of(session, kind, state, principal)


async def _kept_out_of(
    session: AsyncSession, kind: MatterKind, state: Matter | None, principal: Principal
) -> str | None:
    """Return why a case or label behind a matter of two people keeps somebody out; None of any other matter.

    Of whoever has no part in it nothing is asked: their request takes no longer than one for a matter there is not.
    """
    if not isinstance(state, OfTwo) or not parts_of(kind.kernel.name, state, principal.facts):
        return None
    return (await behind(session, state)).keeps_out(principal.facts)


def _clocks(kind: MatterKind, state: Matter, scheme: Scheme) -> tuple[Clock, ...]:
    return tuple(kind.clocks(state, scheme.rules)) if not state.is_over else ()


def _reading(
    kind: MatterKind, state: Matter | None, principal: Principal, scheme: Scheme, kept_out: str | None
) -> MatterReading:
    clocks = _clocks(kind, state, scheme) if state is not None else ()
    return matter_reading(state, principal, kind.kernel, kind.readers, scheme.rules, clocks, kept_out)


def _in_force(state: Matter | None, scheme: Scheme) -> str | None:
    # Only what opens a matter asks for it, and computing it takes a tenth of a second.
    return scheme.digest if state is None else None


def _require_known(
    kind: MatterKind, state: Matter | None, principal: Principal, kept_out: str | None, *, opens: bool
) -> None:
    if opens and state is None:
        return
    if not parts_of(kind.kernel.name, state, principal.facts, kept_out):
        hides = interest_in(state, principal.facts, kept_out)
        raise NotFound("unknown_matter", "There is no such matter.", hides=hides)


def _parsed(model: type[Act], fields: dict[str, Any]) -> Act:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Unacceptable("malformed_act", f"{where}: {first['msg']}") from None


def _refuse_other_roles(kind: MatterKind, state: Matter | None, act: Act, scheme: Scheme) -> None:
    """Refuse whom the act is not for, before anything of theirs is stored; the rest is the matter's to judge."""
    try:
        kind.kernel.decide(state, act, datetime.now(UTC), scheme.rules)
    except NotPermitted as error:
        if error.code in _FOR_OTHERS:
            raise
    except ProcedureError:
        return
