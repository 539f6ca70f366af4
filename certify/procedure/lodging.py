"""From an application as a person writes it to the act that lodges it."""

from dataclasses import dataclass
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import participants
from certify.register.labels import LabelRecord
from certify.vault.store import Vault
from schemas.application import Application, check_against
from schemas.canonical import canonical_json
from schemas.case import DeclaredFile, Lodged, SchemePin, SystemFacts
from schemas.decision_record import EDITION_KNOWN
from schemas.errors import NotFound, NotPermitted, Unacceptable
from schemas.scheme import Scheme

EDITION = EDITION_KNOWN
"""Edition of the procedure that new cases follow (decision 12)."""
EDITION_UNSIGNED = 2
"""The same where the body has its people sign neither ballots nor releases (`CERTIFY_SIGNED_BALLOTS`)."""
NOT_STATED = 3
"""Value of a statement the form leaves open: as an unknown answer (Code, I-2.3)."""


@dataclass(frozen=True, kw_only=True)
class RegisterFacts:
    """What an application takes over from the Register instead of asking again.

    Attributes:
        group: the other organisations of the applicant's group, sorted.
        address: as published, or as the application to join has it.
    """

    organisation: str
    group: tuple[str, ...]
    address: str | None


async def register_facts(session: AsyncSession, organisation: str) -> RegisterFacts:
    """Return what the Register says of an applicant now."""
    group = set(await participants.group_of(session, organisation)) - {organisation}
    address = await participants.address_of(session, organisation)
    return RegisterFacts(organisation=organisation, group=tuple(sorted(group)), address=address)


def check(application: Application, scheme: Scheme) -> None:
    """Refuse an application that names what the scheme does not have.

    Raises:
        Unacceptable: `application_invalid`, naming key and problem.
    """
    rules = scheme.rules
    problems = check_against(
        application,
        criteria_ids=rules.criteria,
        evidence_types=rules.evidence_types,
        question_ids=rules.questions,
        gate_ids=[gate.id for gate in rules.gates],
        text_gate_ids=[gate.id for gate in rules.gates if gate.kind == "text"],
    )
    if problems:
        raise Unacceptable("application_invalid", "; ".join(str(problem) for problem in problems[:20]))


def check_name(application: Application, entry: participants.ParticipantRecord | None) -> None:
    """Refuse a name that is not the one under which the organisation stands in the Register."""
    if entry is not None and entry.name != application.organisation.name:
        raise Unacceptable("organisation_differs", f"The Register has your organisation as {entry.name}.")


def check_renewal(application: Application, label: LabelRecord | None, organisation: str) -> None:
    """Refuse a renewal of a label that there is not, or that another organisation holds.

    Raises:
        NotFound: `unknown_label`; whose it is can be read by everybody.
        NotPermitted: `not_the_holder`.
    """
    if application.renews is None:
        return
    if label is None:
        raise NotFound("unknown_label", "There is no such label to renew.")
    if label.organisation != organisation:
        raise NotPermitted("not_the_holder", "Only the organisation that holds a label can renew it.")


async def lodging(
    vault: Vault, key: str, register: RegisterFacts, application: Application, scheme: Scheme
) -> dict[str, Any]:
    """Return what an act says of an application; texts and the application itself are stored first."""
    written = canonical_json(application.model_dump(mode="json", exclude_none=True))
    stored = await vault.put_bytes(key, written)
    reasons = {criterion: await vault.put_text(key, reason) for criterion, reason in application.not_applicable.items()}
    return {
        "lodged": _lodged(stored, register, application, scheme),
        "not_applicable": reasons,
    }


def _lodged(digest: str, register: RegisterFacts, application: Application, scheme: Scheme) -> Lodged:
    system = application.system
    return Lodged(
        organisation=register.organisation,
        organisation_name=application.organisation.name,
        country=application.organisation.country,
        reference=application.reference,
        digest=digest,
        scheme=SchemePin(id=scheme.rules.id, version=scheme.rules.version, digest=scheme.digest),
        system=SystemFacts(**system.model_dump()),
        roles=tuple(role.value for role in application.organisation.roles),
        ethics_officer=application.ethics_officer.name,
        gates={gate: str(answer) for gate, answer in application.gates.items()},
        answers={question: answer.points for question, answer in application.answers.items()},
        statements=_statements(application, scheme),
        declared=_declared(application),
        agreement_accepted=application.agreement.accepted,
        kept_away=application.kept_away or (),
        group=register.group,
        renews=application.renews,
        organisation_address=register.address,
    )


def _declared(application: Application) -> tuple[DeclaredFile, ...]:
    """Return each announced file once, also where it is listed under several types."""
    digests = {one.file: one.digest for one in application.evidence if one.digest is not None}
    return tuple(DeclaredFile(file=file, digest=digest) for file, digest in digests.items())


def _statements(application: Application, scheme: Scheme) -> dict[str, int]:
    stated = application.statements.model_dump() if application.statements else {}
    return {name: int(stated[name]) if name in stated else NOT_STATED for name in scheme.rules.statements}
