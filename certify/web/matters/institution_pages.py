"""The pages of acts in the institutions, for the rooms that have them (Code, II-2.3)."""

from typing import Any

from certify.accounts import people
from certify.accounts.matter_reading import MatterReading
from certify.accounts.principal import Principal
from certify.web.acting import Before, Typed
from certify.web.language import Language, language_of, marked, sentence
from certify.web.matters.institution_words import BODIES, CAUSES, OFFICES, PURPOSES, SECTORS
from certify.web.matters.matter_pages import MatterPage
from certify.web.matters.open_matter import OpenMatter
from schemas.institution import ROLE_IN, THE_BODY, Body, Office
from workflows.rules.matter.working_groups import can_be_member

OUTSIDE_ROWS = 4
_OFFICE, _YES = "office_", "yes"
_RANKS = 9


def the_body(_: Principal) -> str:
    """Return the id of the one body there is."""
    return THE_BODY


def _options(language: Language, words: Any) -> list[tuple[str, str]]:
    return [(value.value, sentence(language, text)) for value, text in words.items()]


def _elected(typed: Typed) -> list[dict[str, str]]:
    """Return who was elected to which office; substitutes after the others, in the order of their rank."""
    term = {"since": typed.one("since"), "until": typed.one("until")}
    chosen = [(name, typed.one(name)) for name in typed.values if name.startswith(_OFFICE) and typed.one(name)]
    return [
        {"person": name.removeprefix(_OFFICE), "office": office.partition("-")[0], **term}
        for name, office in sorted(chosen, key=lambda one: one[1].partition("-")[2])
    ]


def _election(typed: Typed) -> dict[str, Any]:
    return {
        "body": typed.one("body"),
        "held_on": typed.one("held_on"),
        "seats": typed.one("seats"),
        "replaces": typed.one("replaces") == _YES,
        "elected": _elected(typed),
        "substitutes_step_up": typed.one("substitutes_step_up") == _YES,
        "protocol": typed.one("protocol"),
    }


def body_in(typed: Typed) -> Body:
    """Return the body that a form is about; the Commission where none was chosen."""
    return next((body for body in Body if body.value == typed.one("body")), Body.COMMISSION)


async def _candidates(before: Before[OpenMatter]) -> dict[str, object]:
    """Return who may be elected to the body: whoever holds its role."""
    language, body = language_of(before.request, remembered=True), body_in(before.typed)
    offices = [("", sentence(language, marked("Not elected"))), *_options(language, OFFICES)[:3]]
    if body == Body.COMMISSION:
        substitute = sentence(language, OFFICES[Office.SUBSTITUTE])
        offices += [(f"substitute-{rank}", f"{substitute} {rank}") for rank in range(1, _RANKS + 1)]
    else:
        offices = [offices[0], (Office.MEMBER.value, sentence(language, OFFICES[Office.MEMBER]))]
    async with before.services.database.reading() as session:
        listed = [one for one in await people.everyone(session) if one.facts.has(ROLE_IN[body])]
    return {
        "body": body.value,
        "bodies": _options(language, BODIES),
        "offices": offices,
        "candidates": [(f"{_OFFICE}{one.facts.person}", one.name) for one in listed],
    }


async def _words(before: Before[OpenMatter]) -> dict[str, object]:
    """Return the words that the forms about seats and groups offer, and the people who can sit in a group."""
    language = language_of(before.request, remembered=True)
    async with before.services.database.reading() as session:
        listed = [one for one in await people.everyone(session) if can_be_member(one.facts)]
    return {
        "bodies": dict(_options(language, BODIES)),
        "offices": dict(_options(language, OFFICES)),
        "causes": _options(language, CAUSES),
        "purposes": _options(language, PURPOSES),
        "sectors": _options(language, SECTORS),
        "everyone": [(one.facts.person, one.name) for one in listed],
        "rows": range(OUTSIDE_ROWS),
    }


def _seated(typed: Typed) -> dict[str, Any]:
    """Return who sits in a group, from inside and from outside."""
    outside = [
        {"sector": typed.one(f"sector_{row}"), "organisation": typed.one(f"organisation_{row}")}
        for row in range(OUTSIDE_ROWS)
        if typed.one(f"organisation_{row}")
    ]
    return {"members": typed.all("members"), "outside": outside}


def _group(typed: Typed) -> dict[str, Any]:
    return {**{name: typed.one(name) for name in ("name", "purpose", "mandate")}, **_seated(typed)}


def _numbered(kind: str, name: str, template: str, **more: Any) -> MatterPage:
    """Return the page of an act about one of several things that wait or exist, chosen by number."""
    return MatterPage(
        kind=kind,
        name=name,
        template=template,
        anchor="number",
        more=_words,
        required={"number": marked("Choose which one."), **more.pop("required", {})},
        **more,
    )


def _with(*fields: str) -> Any:
    return lambda typed: {"number": typed.one("number"), **{field: typed.one(field) for field in fields}}


_NOTHING = frozenset({"nothing_waits"})
_REASONS = {"reasons": marked("Say why it is set aside.")}
_PROTOCOL = {"protocol": marked("Write what the protocol says.")}

RECORDING = MatterPage(
    kind="record_election",
    name=marked("Record an election"),
    template="secretariat/record_election.html",
    fields=_election,
    anchor="seats",
    anchors={"not_held_yet": "held_on", "term_over": "until"},
    required={
        "held_on": marked("Give the day of the general meeting."),
        "seats": marked("Give the number of seats."),
        "since": marked("Give the first day of the term."),
        "until": marked("Give the last day of the term."),
        **_PROTOCOL,
    },
    more=_candidates,
    preset=("body",),
    is_optional=True,
)
VACATING = MatterPage(
    kind="vacate_seat",
    name=marked("Give up a seat, or record that one is vacant"),
    template="matters/vacate_seat.html",
    fields=lambda typed: {name: typed.one(name) for name in ("seat", "cause", "protocol")},
    anchor="seat",
    required={
        "seat": marked("Choose the seat."),
        "cause": marked("Choose the cause."),
        "protocol": marked("Write what the protocol or the letter of resignation says."),
    },
    more=_words,
    is_optional=True,
)
NAMING = MatterPage(
    kind="agree_to_be_named",
    name=marked("Agree to be named on the public page"),
    template="matters/agree_to_be_named.html",
    fields=lambda typed: {"name": typed.one("name") or None},
    anchor="name",
    is_optional=True,
    unlisted=frozenset({"no_seat"}),
)


def _reported(reading: MatterReading) -> bool:
    return bool(reading.facts.get("reports"))


KEEPING = {
    "record-election": RECORDING,
    "confirm-election": _numbered(
        "confirm_election",
        marked("Confirm an election"),
        "matters/confirm_election.html",
        fields=_with(),
        unlisted=_NOTHING,
    ),
    "reject-election": _numbered(
        "reject_election",
        marked("Set a recorded election aside"),
        "matters/reject_election.html",
        fields=_with("reasons"),
        required=_REASONS,
        is_optional=True,
        unlisted=_NOTHING,
    ),
    "vacate-seat": VACATING,
    "confirm-vacancy": _numbered(
        "confirm_vacancy",
        marked("Confirm that a seat is vacant"),
        "matters/confirm_vacancy.html",
        fields=_with(),
        unlisted=_NOTHING,
    ),
    "reject-vacancy": _numbered(
        "reject_vacancy",
        marked("Set a recorded vacancy aside"),
        "matters/reject_vacancy.html",
        fields=_with("reasons"),
        required=_REASONS,
        is_optional=True,
        unlisted=_NOTHING,
    ),
    "create-working-group": MatterPage(
        kind="create_working_group",
        name=marked("Create a working group"),
        template="secretariat/create_working_group.html",
        fields=_group,
        anchor="name",
        anchors={"nobody_in_group": "members", "applicant_in_group": "members"},
        required={
            "name": marked("Give the name of the working group."),
            "purpose": marked("Choose what the group is for."),
            "mandate": marked("Write the mandate of the group."),
        },
        more=_words,
        is_optional=True,
    ),
    "change-working-group": _numbered(
        "change_working_group",
        marked("Change who sits in a working group"),
        "secretariat/change_working_group.html",
        fields=lambda typed: {"number": typed.one("number"), **_seated(typed)},
        anchors={"nobody_in_group": "members", "applicant_in_group": "members"},
        preset=("number",),
        is_optional=True,
    ),
    "dissolve-working-group": _numbered(
        "dissolve_working_group",
        marked("Dissolve a working group"),
        "secretariat/dissolve_working_group.html",
        fields=_with("protocol"),
        required=_PROTOCOL,
        is_optional=True,
    ),
    "file-impartiality-report": MatterPage(
        kind="file_impartiality_report",
        name=marked("Report on impartiality"),
        template="secretariat/file_impartiality_report.html",
        fields=lambda typed: {"year": typed.one("year"), "text": typed.one("text")},
        anchor="year",
        required={"year": marked("Give the year."), "text": marked("Write the report.")},
        check="secretariat/file_impartiality_report_check.html",
        is_done=_reported,
        is_optional=True,
        unlisted=frozenset({"no_seat"}),
    ),
    "agree-to-be-named": NAMING,
}
"""What the secretariat, auditors and the impartiality committee find; each act says itself whose it is."""
OWN_SEAT = {"vacate-seat": VACATING, "agree-to-be-named": NAMING}
"""What whoever holds a seat finds."""
