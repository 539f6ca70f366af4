"""An organisation's own place before the Code: joining, ethics officer, group, leaving (Code, II-2.1 to II-2.4)."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from certify.accounts.matter_parts import MatterPart
from certify.accounts.principal import Principal
from certify.register import labels, participants
from certify.web.acting import Before, Typed
from certify.web.applicant.desk import PATH
from certify.web.applicant.room import ROOM as CASES
from certify.web.casework import list_cases
from certify.web.countries import countries
from certify.web.language import language_of, marked
from certify.web.matters.matter_pages import MatterPage, routes_of
from certify.web.matters.open_matter import OpenMatter
from certify.web.matters.organisation_pages import OrganisationRoom
from certify.web.services import Services
from schemas.label_number import format_number
from schemas.relations import RELATIONS_MAX, RelationKind

_YES = "yes"
_PARTICIPANT = frozenset({"not_in_register"})
_UNDECIDED = frozenset({"nothing_applied_for", "motion_is_open", "voted_down"})
_GROUP = {kind: f"{kind.value}_ids" for kind in RelationKind}


def _organisation(principal: Principal) -> str:
    return principal.facts.organisation or "none"


def _contact(typed: Typed) -> dict[str, Any]:
    """Return the contact where the applicant wants it: in the Register, or with the Commission only."""
    contact, published = typed.one("contact") or None, typed.one("contact_published") == _YES
    return {"public_contact": contact if published else None, "private_contact": None if published else contact}


def _application(typed: Typed) -> dict[str, Any]:
    return {
        "name": typed.one("name"),
        "country": typed.one("country"),
        "address": typed.one("address") or None,
        "roles": typed.all("roles"),
        "text": typed.one("text"),
        "officer": typed.one("officer") or None,
        "has_ethics_commission": typed.one("has_ethics_commission") == _YES,
        **_contact(typed),
    }


def _relations(typed: Typed) -> dict[str, Any]:
    return {
        "relations": [
            {"organisation": other, "is_a": kind.value} for kind, name in _GROUP.items() for other in typed.all(name)
        ]
    }


async def _lists(before: Before[OpenMatter]) -> dict[str, object]:
    language = language_of(before.request, remembered=True)
    roles = before.opened.scheme.texts.roles.items()
    return {
        "countries": list(countries(language).items()),
        "roles": [(role, text.in_language(language)) for role, text in roles],
    }


async def _ending(before: Before[OpenMatter]) -> dict[str, object]:
    """Return the labels that leaving ends, by their numbers."""
    async with before.services.database.reading() as session:
        found = await labels.not_ended(session, before.opened.reading.id, datetime.now(UTC))
    return {"ending": [(label, format_number(label)) for label in found]}


async def _others(before: Before[OpenMatter]) -> dict[str, object]:
    """Return the organisations of the Register that the group can be stated of."""
    async with before.services.database.reading() as session:
        entries = await participants.every(session)
    others = [(one.organisation, one.name) for one in entries if one.organisation != before.opened.reading.id]
    return {"others": others[:RELATIONS_MAX]}


@dataclass(frozen=True, kw_only=True)
class OwnRoom(OrganisationRoom):
    """The room of an organisation itself, which can see how a certificate would look."""

    async def preview_for(self, services: Services, principal: Principal) -> str | None:
        """Return the preview of the certificate of the newest case that is still open."""
        listed = await list_cases(services, principal, where=lambda case: not case.stage.is_final)
        own = (one.reading.id for one in listed if CASES.parts & set(one.reading.parts))
        return next((f"{CASES.path}/{application}/label-preview.pdf" for application in own), None)


IMAGE = MatterPage(
    kind="choose_holder_image",
    name=marked("Choose the image on the certificates"),
    template="applicant/choose_holder_image.html",
    fields=lambda _: {},
    anchor="image",
    required={"image": marked("Choose the file of the image.")},
    is_optional=True,
    unlisted=_PARTICIPANT,
)
ROOM = OwnRoom(
    path=f"{PATH}/organisation",
    kind="organisation",
    parts=frozenset({MatterPart.PARTY}),
    title=marked("Joining the Code"),
    intro=marked("Your organisation before the Code: its application, its place in the Register, its ethics officer."),
    own="matters/organisation.html",
    opening="apply-to-join",
    begun_as=_organisation,
    pages={
        "apply-to-join": MatterPage(
            kind="apply_to_join",
            name=marked("Apply to join the Code"),
            template="applicant/apply_to_join.html",
            fields=_application,
            anchor="name",
            anchors={"contact_missing": "contact", "officer_missing": "officer"},
            required={
                "name": marked("Give the name of the organisation."),
                "country": marked("Choose the country."),
                "roles": marked("Choose at least one role."),
                "text": marked("Write to the Commission why you join."),
            },
            more=_lists,
            unlisted=frozenset({"already_entered", "application_pending"}),
        ),
        "name-officer": MatterPage(
            kind="name_officer",
            name=marked("Name the ethics officer"),
            template="applicant/name_officer.html",
            fields=lambda typed: {"officer": typed.one("officer"), **_contact(typed)},
            anchor="officer",
            anchors={"contact_missing": "contact"},
            required={
                "officer": marked("Give the name of the ethics officer."),
                "contact": marked("Tell how the ethics officer is reached."),
            },
            is_done=lambda reading: reading.facts.get("officer") is not None,
            unlisted=_PARTICIPANT,
        ),
        "name-ethics-commission": MatterPage(
            kind="name_ethics_commission",
            name=marked("Name an internal ethics commission"),
            template="applicant/name_ethics_commission.html",
            fields=lambda typed: {"name": typed.one("name") or None},
            anchor="name",
            is_optional=True,
            unlisted=_PARTICIPANT,
        ),
        "declare-group": MatterPage(
            kind="declare_group",
            name=marked("State parents and subsidiaries"),
            template="matters/declare_group.html",
            fields=_relations,
            anchor="parent_ids",
            more=_others,
            is_optional=True,
        ),
        "choose-holder-image": IMAGE,
        "take-back-application": MatterPage(
            kind="take_back_application",
            name=marked("Take the application back"),
            template="applicant/take_back_application.html",
            fields=lambda _: {},
            anchor="main-content",
            is_optional=True,
            unlisted=_UNDECIDED,
        ),
        "leave-code": MatterPage(
            kind="leave_code",
            name=marked("Leave the Code"),
            template="applicant/leave_code.html",
            fields=lambda typed: {"reasons": typed.one("reasons") or None},
            anchor="reasons",
            check="applicant/leave_code_check.html",
            more=_ending,
            is_optional=True,
            unlisted=_PARTICIPANT,
        ),
    },
)
router = routes_of(ROOM)
