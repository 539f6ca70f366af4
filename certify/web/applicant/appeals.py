"""Appeals as the party lodges them, is heard and reads how they were decided (ISO/IEC 17065, 7.13)."""

from typing import Any

from certify.accounts.matter_parts import MatterPart
from certify.web.acting import Before, Typed
from certify.web.applicant.desk import PATH
from certify.web.language import language_of, marked
from certify.web.matters.appeal_pages import OWN
from certify.web.matters.appeal_views import open_to_party, option_text
from certify.web.matters.matter_pages import MatterPage, MatterRoom, routes_of
from certify.web.matters.open_matter import OpenMatter


def _appeal(typed: Typed) -> dict[str, Any]:
    stream, _, number = typed.one("entry").rpartition(":")
    return {
        "stream": stream,
        "number": number,
        "grounds": typed.one("grounds"),
        "hearing_wanted": typed.one("hearing_wanted") == "yes",
    }


async def _open_to(before: Before[OpenMatter]) -> dict[str, object]:
    """Return what can still be appealed against."""
    language = language_of(before.request, remembered=True)
    found = await open_to_party(before.services, before.principal, language)
    return {"open_to": [(one.entry, option_text(language, one)) for one in found]}


ROOM = MatterRoom(
    path=f"{PATH}/appeals",
    kind="appeal",
    parts=frozenset({MatterPart.PARTY}),
    title=marked("Appeals"),
    intro=marked("Against an act of the body: people who took no part in it decide. The act stands meanwhile."),
    own=OWN,
    opening="lodge-appeal",
    pages={
        "lodge-appeal": MatterPage(
            kind="lodge_appeal",
            name=marked("Appeal against a decision"),
            template="applicant/lodge_appeal.html",
            fields=_appeal,
            anchor="grounds",
            anchors={"filing_time_over": "entry", "not_appealable": "entry", "already_appealed": "entry"},
            required={
                "entry": marked("Choose what you appeal against."),
                "grounds": marked("Say why it should be decided otherwise."),
            },
            more=_open_to,
            preset=("entry",),
        ),
        "waive-appeal-hearing": MatterPage(
            kind="waive_appeal_hearing",
            name=marked("Do without the hearing"),
            template="applicant/waive_appeal_hearing.html",
            fields=lambda _: {},
            anchor="main-content",
            is_optional=True,
            unlisted=frozenset({"no_hearing_due", "already_decided", "motion_is_open"}),
        ),
        "withdraw-appeal": MatterPage(
            kind="withdraw_appeal",
            name=marked("Take the appeal back"),
            template="applicant/withdraw_appeal.html",
            fields=lambda _: {},
            anchor="main-content",
            is_optional=True,
            unlisted=frozenset({"already_decided", "motion_is_open"}),
        ),
    },
)
router = routes_of(ROOM)
