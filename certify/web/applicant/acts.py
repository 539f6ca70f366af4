"""The acts of an applicant in a case, each with its page; files come in by `applicant.evidence`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from certify.register import participants
from certify.web.act_pages import ActPage, Before, Typed
from certify.web.applicant import public_statement
from certify.web.case_questions import ANSWER_QUESTION
from certify.web.language import language_of, marked
from certify.web.requirements import criterion_options
from schemas.application import Confidentiality, MakerKind
from schemas.correction import Grade
from schemas.errors import Unacceptable
from workflows.rules.case.fold_correction import DEADLINES_BIND_SINCE
from workflows.rules.case.rounds import unheard_of_in_register

_MAKERS = {
    MakerKind.APPLICANT: marked("Your organisation"),
    MakerKind.SUPPLIER: marked("A supplier"),
    MakerKind.INDEPENDENT_BODY: marked("An independent body"),
    MakerKind.ACCREDITED_LABORATORY: marked("An accredited laboratory"),
}
_CONFIDENTIALITY = {
    Confidentiality.PUBLIC: marked("Public"),
    Confidentiality.INTERNAL: marked("Internal"),
    Confidentiality.CONFIDENTIAL: marked("Confidential"),
    Confidentiality.SECRET: marked("Secret"),
}


def offered(typed: Typed) -> dict[str, Any]:
    """Return the fields of `offer_evidence` from what was typed; the file itself is stored by then."""
    maker = {"kind": typed.one("maker"), "name": typed.one("maker_name"), "accreditation": typed.one("accreditation")}
    return {
        "file": typed.one("file_name"),
        "digest_of_file": typed.one("digest"),
        "type": typed.one("type"),
        "criteria": typed.all("criteria"),
        "made_by": {key: value for key, value in maker.items() if value},
        "effective": typed.one("effective"),
        "expires": typed.one("expires") or None,
        "covers_version": typed.one("covers_version"),
        "confidentiality": typed.one("confidentiality"),
        "address": typed.one("address") or None,
        "saved_on": typed.one("saved_on") or None,
    }


FILE_DESCRIPTION: Mapping[str, object] = {"makers": _MAKERS, "confidentialities": _CONFIDENTIALITY}
"""What every form that takes a file offers to choose from, whatever the file shows."""


async def _offer_form(before: Before) -> dict[str, object]:
    opened, language = before.opened, language_of(before.request, remembered=True)
    types = opened.scheme.texts.evidence_types
    return {
        "types": [(kind, types[kind].in_language(language)) for kind in opened.scheme.rules.evidence_types],
        "criteria": criterion_options(language, opened.scheme, opened.reading),
        **FILE_DESCRIPTION,
    }


async def _unmet_in_register(before: Before) -> dict[str, object]:
    """Return what speaks against the label by the Register as it is now."""
    case, rules = before.opened.case, before.opened.scheme.rules
    async with before.services.database.reading() as session:
        entry = await participants.facts(session, case.lodged.organisation)
    return {"unmet": unheard_of_in_register(case, entry, datetime.now(UTC), rules)}


async def _criterion(before: Before) -> dict[str, object]:
    """Return the criterion on the page.

    Raises:
        Unacceptable: `unknown_criterion`.
    """
    criterion = before.typed.one("criterion")
    if criterion not in before.opened.scheme.rules.criteria:
        raise Unacceptable("unknown_criterion", marked("Choose the requirement on the page of the case."))
    return {"criterion": criterion}


async def _item(before: Before) -> dict[str, object]:
    """Return the item on the page.

    Raises:
        Unacceptable: `unknown_item`.
    """
    wanted = before.typed.one("item")
    reading = before.opened.reading
    found = next((item for item in reading.evidence if item.id == wanted and wanted not in reading.set_aside), None)
    if found is None:
        raise Unacceptable("unknown_item", "There is no such item; it may have been taken back.")
    return {"item": found}


def _reason(typed: Typed) -> dict[str, Any]:
    """Return the reason, none where it is taken back; an empty field is not taken for that.

    Raises:
        Unacceptable: `text_empty`.
    """
    if typed.one("step") == "take_back":
        return {"criterion": typed.one("criterion"), "reason": None}
    if not typed.one("reason"):
        raise Unacceptable("text_empty", marked("Say why the requirement does not apply."))
    return {"criterion": typed.one("criterion"), "reason": typed.one("reason")}


async def _nonconformity(before: Before) -> dict[str, object]:
    """Return the nonconformity on the page, how many days an extension gives, and whether it is the only one.

    Raises:
        Unacceptable: `no_nonconformity`.
    """
    wanted = before.typed.one("criterion")
    found = next((one for one in before.opened.reading.nonconformities if one.criterion == wanted), None)
    if found is None:
        raise Unacceptable("no_nonconformity", marked("There is no open nonconformity under this criterion."))
    days = before.opened.scheme.rules.clocks.correction_days
    in_all = before.opened.case.edition >= DEADLINES_BIND_SINCE
    return {"one": found, "days": days.major if found.grade == Grade.MAJOR else days.minor, "one_in_all": in_all}


OFFER = ActPage(
    kind="offer_evidence",
    template="applicant/offer_evidence.html",
    fields=offered,
    anchor="file",
    anchors={
        "unknown_criterion": "criteria",
        "unknown_evidence_type": "type",
        "address_missing": "address",
        "saved_on_missing": "saved_on",
        "saved_later": "saved_on",
    },
    required={
        "digest": marked("Choose a file."),
        "type": marked("Choose what kind of evidence it is."),
        "criteria": marked("Choose at least one requirement that it shows."),
        "maker": marked("Say who made it."),
        "effective": marked("Enter the day it is of."),
        "covers_version": marked("Enter the version of the system it covers."),
        "confidentiality": marked("Choose how confidential it is."),
    },
    more=_offer_form,
    preset=("criteria",),
)
PAGES = {
    "answer-question": ANSWER_QUESTION,
    "offer-evidence": OFFER,
    "withdraw-evidence": ActPage(
        kind="withdraw_evidence",
        template="applicant/withdraw_evidence.html",
        fields=lambda typed: {"item": typed.one("item")},
        anchor="main-content",
        more=_item,
        preset=("item",),
    ),
    "state-not-applicable": ActPage(
        kind="state_not_applicable",
        template="applicant/state_not_applicable.html",
        fields=_reason,
        anchor="reason",
        more=_criterion,
        preset=("criterion",),
    ),
    "make-public-statement": public_statement.PAGE,
    "submit-evidence": ActPage(
        kind="submit_evidence",
        template="applicant/submit_evidence.html",
        fields=lambda _: {},
        anchor="main-content",
    ),
    "submit-correction": ActPage(
        kind="submit_correction",
        template="applicant/submit_correction.html",
        fields=lambda _: {},
        anchor="main-content",
    ),
    "extend-correction": ActPage(
        kind="extend_correction",
        template="applicant/extend_correction.html",
        fields=lambda typed: {"criterion": typed.one("criterion"), "reasons": typed.one("reasons")},
        anchor="reasons",
        required={"reasons": marked("Say why you need more time.")},
        more=_nonconformity,
        preset=("criterion",),
    ),
    "end-correction": ActPage(
        kind="end_correction",
        template="applicant/end_correction.html",
        fields=lambda _: {},
        anchor="main-content",
    ),
    "ask-for-hearing": ActPage(
        kind="ask_for_hearing",
        template="applicant/ask_for_hearing.html",
        fields=lambda typed: {"statement": typed.one("statement")},
        anchor="statement",
        required={"statement": marked("Say what you want to be heard on.")},
    ),
    "waive-hearing": ActPage(
        kind="waive_hearing",
        template="applicant/waive_hearing.html",
        fields=lambda _: {},
        anchor="main-content",
        more=_unmet_in_register,
    ),
    "withdraw-application": ActPage(
        kind="withdraw_application",
        template="applicant/withdraw_application.html",
        fields=lambda typed: {"reasons": typed.one("reasons") or None},
        anchor="reasons",
        check="applicant/withdraw_application_check.html",
    ),
}
