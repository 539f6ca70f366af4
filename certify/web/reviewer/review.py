"""Writing a review, checking it, handing it in: all findings at once, blind to the other reviewers (stage 5)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from uuid6 import uuid7

from certify.accounts.principal import Principal
from certify.accounts.reading import CaseReading
from certify.accounts.reading_parts import ProtocolReading
from certify.web import drafting
from certify.web.act_pages import Typed, typed_in
from certify.web.casework import OpenCase, lodged_application
from certify.web.errors import status_of
from certify.web.language import Language, language_of, marked, sentence
from certify.web.people import Someone
from certify.web.permissions import permission
from certify.web.reasons import refusal_in
from certify.web.rendering import render
from certify.web.reviewer.acts import ROOM
from certify.web.reviewer.draft import DraftFinding, ReviewDraft, draft_from, own_draft, subject_of
from certify.web.reviewer.waiting import REVIEW, why_not
from certify.web.services import Serviced, Services
from certify.web.work import send, signed_in_bar
from schemas.correction import Difference
from schemas.errors import ProcedureError
from schemas.evidence import EvidenceItem, TextRef
from schemas.identifiers import Identifier
from schemas.review import Finding
from workflows.rules.case.findings import is_earlier_result

router = APIRouter()

_NO_VERDICT = marked("%(criterion)s: give a verdict.")
_NO_RATIONALE = marked("%(criterion)s: say why.")
_NO_CITATION = marked("%(criterion)s: name the evidence it rests on.")
_NO_EVIDENCE = marked("%(criterion)s: %(items)s is not among the evidence handed in.")


@dataclass(frozen=True, kw_only=True)
class CriterionToJudge:
    """One criterion with what the applicant shows for it, and what is written about it so far.

    Attributes:
        reason: why it does not apply, where the applicant says so instead of showing something.
        protocols: on it, of demonstrations and interviews, that the reader may cite.
        has_earlier: an item is an earlier result of somebody else, which counts where its maker is relied on.
        earlier: the reader's finding on a version before, None the first time.
        difference: what the version in force changed under it, None for nothing.
    """

    id: str
    items: tuple[EvidenceItem, ...]
    reason: TextRef | None
    has_earlier: bool
    finding: DraftFinding
    protocols: tuple[ProtocolReading, ...] = ()
    earlier: Finding | None = None
    difference: Difference | None = None


@router.get("/{application}/review", dependencies=[permission("read_case")])
async def write(request: Request, application: Identifier, principal: Someone, services: Serviced) -> Response:
    """Show the review in writing, as it was last saved."""
    opened = await ROOM.open(services, principal, application)
    if (barred := _barred(opened)) is not None:
        return _not_now(request, principal, opened, barred, None)
    draft = await own_draft(services, principal, opened.reading)
    return _page(
        request,
        principal,
        opened,
        "write",
        draft=draft,
        areas=_by_area(opened, draft),
        lodged=await lodged_application(services, opened.reading),
    )


@router.post("/{application}/review", dependencies=[permission("write_draft")])
async def save(request: Request, application: Identifier, principal: Someone, services: Serviced) -> Response:
    """Save the draft, however incomplete, and go on writing or to the check."""
    opened = await ROOM.open(services, principal, application)
    typed = await typed_in(request)
    draft = draft_from(typed, opened.reading.own.outstanding)
    if (barred := _barred(opened)) is not None:
        return _not_now(request, principal, opened, barred, draft)
    await drafting.save(services, principal, subject_of(application), typed)
    here = f"{ROOM.path}/{application}/review"
    area = typed.one("save")
    place = f"#saved-{area}" if area in opened.scheme.rules.areas else ""
    return RedirectResponse(f"{here}{place}" if "save" in typed.values else f"{here}/check", status_code=303)


@router.get("/{application}/review/check", dependencies=[permission("read_case")])
async def check(request: Request, application: Identifier, principal: Someone, services: Serviced) -> Response:
    """Show all answers before they are handed in, and what is missing."""
    opened = await ROOM.open(services, principal, application)
    if (barred := _barred(opened)) is not None:
        return _not_now(request, principal, opened, barred, None)
    return _check_page(request, principal, opened, await own_draft(services, principal, opened.reading))


@router.post("/{application}/review/check", dependencies=[permission("submit_review")])
async def hand_in(request: Request, application: Identifier, principal: Someone, services: Serviced) -> Response:
    """Hand in exactly what the check showed; the draft stays until the case has taken it."""
    opened = await ROOM.open(services, principal, application)
    typed = await typed_in(request)
    draft = draft_from(typed, _asked(opened, typed))
    language = language_of(request, remembered=True)
    wrong = [(one, sentence(language, _NO_RATIONALE, criterion=one)) for one in _without_rationale(draft)]
    wrong += _not_evidence(language, opened.reading, draft)
    if wrong or not draft.judged:
        lacking = wrong or _lacking(language, draft)
        return await _refused(request, services, principal, opened, draft, status=422, errors=_anchored(lacking))
    try:
        fields = {
            "findings": draft.bodies(),
            "manifest_digest": typed.one("manifest_digest") or None,
            "idempotency_key": typed.one("idempotency_key"),
        }
        sent = await send(request, services, principal, REVIEW, application, fields)
    except ProcedureError as error:
        about = next((one for one in draft.findings if one in error.message), "")
        errors = _anchored([(about, refusal_in(language, error))])
        return await _refused(
            request, services, principal, opened, draft, status=status_of(error), errors=errors, code=error.code
        )
    await drafting.discard(services, principal, subject_of(application))
    return RedirectResponse(f"{ROOM.path}/{application}?done={sent.act_id}", status_code=303)


def _asked(opened: OpenCase, typed: Typed) -> list[str]:
    """Return the criteria the form asked about: sent twice, it asks about what is handed in by now."""
    own = opened.reading.own
    return [one for one in own.criteria if one in own.outstanding or f"verdict-{one}" in typed.values]


def _barred(opened: OpenCase) -> str | None:
    return opened.reading.may[REVIEW] or (None if opened.reading.own.outstanding else "wrong_stage")


async def _refused(
    request: Request,
    services: Services,
    principal: Principal,
    opened: OpenCase,
    draft: ReviewDraft,
    *,
    status: int,
    errors: Sequence[tuple[str, str]],
    code: str | None = None,
) -> Response:
    """Show the check again with why; the case may have moved meanwhile."""
    now = await ROOM.open(services, principal, opened.reading.id)
    if (barred := _barred(now)) is not None:
        return _not_now(request, principal, now, code or barred, draft)
    return _check_page(request, principal, now, draft, status=status, errors=errors, code=code)


def _check_page(
    request: Request,
    principal: Principal,
    opened: OpenCase,
    draft: ReviewDraft,
    *,
    status: int = 200,
    errors: Sequence[tuple[str, str]] = (),
    code: str | None = None,
) -> Response:
    language = language_of(request, remembered=True)
    return _page(
        request,
        principal,
        opened,
        "check",
        status=status,
        draft=draft,
        lacking=_anchored([*_lacking(language, draft), *_not_evidence(language, opened.reading, draft)]),
        errors=errors,
        code=code,
        key=str(uuid7()),
    )


def _page(
    request: Request, principal: Principal, opened: OpenCase, name: str, *, status: int = 200, **filled: Any
) -> Response:
    return render(
        request,
        f"reviewer/review_{name}.html",
        status,
        person=signed_in_bar(request, principal),
        room=ROOM.path,
        here=f"{ROOM.path}/{opened.reading.id}/review",
        **{"errors": (), "code": None, **opened.context, **filled},
    )


def _not_now(
    request: Request, principal: Principal, opened: OpenCase, code: str, draft: ReviewDraft | None
) -> Response:
    """Say why the review cannot go on, and give back what was written."""
    written = [finding.rationale for finding in draft.findings.values() if finding.rationale] if draft else []
    return render(
        request,
        "casework/not_now.html",
        409,
        person=signed_in_bar(request, principal),
        room=ROOM.path,
        why=why_not(language_of(request, remembered=True), code),
        code=code,
        written=written,
        **opened.context,
    )


def _by_area(opened: OpenCase, draft: ReviewDraft) -> list[tuple[str, list[CriterionToJudge]]]:
    """Return the reader's criteria under their areas, in the order of the scheme."""
    reading, rules = opened.reading, opened.scheme.rules
    found: dict[str, list[CriterionToJudge]] = {}
    for criterion in reading.own.outstanding:
        found.setdefault(rules.criteria[criterion].area, []).append(_to_judge(reading, criterion, draft))
    return list(found.items())


def _to_judge(reading: CaseReading, criterion: str, draft: ReviewDraft) -> CriterionToJudge:
    items = tuple(item for item in reading.evidence if criterion in item.criteria and item.id not in reading.set_aside)
    judged = reading.own.review.findings if reading.own.review else ()
    changed = next((one.differences for one in reversed(reading.differences) if one.handed_in), ())
    return CriterionToJudge(
        id=criterion,
        items=items,
        reason=reading.not_applicable.get(criterion),
        has_earlier=any(is_earlier_result(item, reading.clock.lodged_at) for item in items),
        finding=draft.findings[criterion],
        protocols=citable(reading, criterion),
        earlier=next((one for one in judged if one.criterion == criterion), None),
        difference=next((one for one in changed if one.criterion == criterion), None),
    )


def citable(reading: CaseReading, criterion: str) -> tuple[ProtocolReading, ...]:
    """Return the protocols on a criterion that the reader may cite: theirs, and those in force."""
    return tuple(
        one for one in reading.protocols if criterion in one.criteria and (one.in_force or one.recorded_by is not None)
    )


def _without_rationale(draft: ReviewDraft) -> Iterator[str]:
    return (criterion for criterion, one in draft.findings.items() if one.verdict and not one.rationale)


def _lacking(language: Language, draft: ReviewDraft) -> list[tuple[str, str]]:
    """Return what a review still needs, by criterion."""
    found = []
    for criterion, finding in draft.findings.items():
        asked = (
            _NO_VERDICT if not finding.verdict else
            _NO_RATIONALE if not finding.rationale else
            _NO_CITATION if finding.lacks_citation else None
        )  # fmt: skip
        if asked is not None:
            found.append((criterion, sentence(language, asked, criterion=criterion)))
    return found


def _not_evidence(language: Language, reading: CaseReading, draft: ReviewDraft) -> list[tuple[str, str]]:
    """Return the cited items that nobody handed in, by criterion: typed by hand, an item is easily mistyped."""
    known = {item.id for item in reading.evidence}.difference(reading.set_aside)
    found = []
    for criterion, one in draft.findings.items():
        unknown = ", ".join(item for item in one.items if item not in known)
        if unknown:
            found.append((criterion, sentence(language, _NO_EVIDENCE, criterion=criterion, items=unknown)))
    return found


def _anchored(lacking: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple((f"finding-{criterion}" if criterion else "main-content", text) for criterion, text in lacking)
