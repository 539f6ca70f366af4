"""Judging a surveillance on a page: one verdict, its reason and its evidence for every requirement."""

from typing import Any

from certify.register import cases
from certify.web.acting import Before, Typed
from certify.web.language import language_of, marked
from certify.web.matters.label_pages import facts_of
from certify.web.matters.matter_pages import MatterPage
from certify.web.matters.open_matter import OpenMatter
from schemas.errors import Unacceptable
from schemas.evidence import EvidenceItem
from workflows.rules.case.findings import is_earlier_result

_VERDICTS = (("met", marked("Met")), ("partly_met", marked("Partly met")), ("not_met", marked("Not met")))


def _findings(typed: Typed) -> dict[str, Any]:
    return {
        "surveillance": typed.one("surveillance"),
        "findings": [
            {
                "criterion": criterion,
                "verdict": typed.one(f"verdict-{criterion}"),
                "rationale": typed.one(f"rationale-{criterion}"),
                "cited": typed.all(f"cited-{criterion}"),
                "reliance": typed.one(f"reliance-{criterion}") or None,
            }
            for criterion in typed.all("criterion")
        ],
    }


async def _form(before: Before[OpenMatter]) -> dict[str, object]:
    """Return what there is to judge, with the items that can be cited for each requirement.

    Raises:
        Unacceptable: `nothing_to_judge`.
    """
    facts, language = facts_of(before), language_of(before.request, remembered=True)
    mine = {number: held for number, held in facts.get("asked_to_judge", {}).items() if _waits(held)}
    number = before.typed.one("surveillance") or next(iter(mine), "")
    if number not in mine:
        raise Unacceptable("nothing_to_judge", "There is nothing for you to judge now.")
    async with before.services.database.reading() as session:
        case = await cases.find(session, facts["application"])
    items = list(case.items.values()) if case is not None else []
    items += [EvidenceItem.model_validate(one) for one in facts.get("items", {}).values()]
    texts = before.opened.scheme.texts.criteria
    return {
        "number": number,
        "asks": next((one.get("asks", []) for one in facts["surveillances"] if str(one["number"]) == number), []),
        "check": mine[number].get("live_check"),
        "verdicts": _VERDICTS,
        "criteria": [
            (key, texts[key].title.in_language(language), [(one.id, one.file) for one in items if key in one.criteria])
            for key in mine[number]["criteria"]
        ],
        "earlier": {key for one in items if case is not None and is_earlier_result(one, case.lodged_at)
                    for key in one.criteria},
    }  # fmt: skip


def _waits(held: dict[str, Any]) -> bool:
    return bool(held["is_open"]) and held["assignment"].get("accepted") is True and not held["findings"]


PAGE = MatterPage(
    kind="judge_surveillance",
    name=marked("Judge the surveillance"),
    template="matters/judge_surveillance.html",
    fields=_findings,
    anchor="surveillance",
    more=_form,
    unlisted=frozenset({"not_assigned", "nothing_to_judge"}),
)
