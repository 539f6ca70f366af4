"""The acts of a label, by who does them, each with its page; rooms of several audiences take theirs from here."""

from datetime import date
from typing import Any

from certify.accounts.people import names_of
from certify.register import people as record
from certify.web.acting import Before
from certify.web.language import Language, day, marked
from certify.web.matters.label_forms import Options, line, number, one, page, several, text, worded
from certify.web.matters.label_terms import PARTS
from certify.web.matters.label_words import ground_words
from certify.web.matters.matter_pages import MatterPage
from certify.web.matters.open_matter import OpenMatter
from schemas.people import Role

OWN = "matters/label.html"
KIND = "label"
_REASONS = text("reasons", marked("Reasons"), marked("Give the reasons."))
_BECAUSE = marked("Why?")
_CHOOSE_REASON = marked("Choose a reason.")
_RESTORATION = text(
    "restoration",
    marked("How can it be restored?"),
    marked("Say how it can be restored."),
    marked("Everybody reads this on the page of the label"),
)
_PUT = marked("Put this to the vote")


def facts_of(before: Before[OpenMatter]) -> Any:
    """Return what the reader is told of the label, by the names of its fields."""
    return before.opened.reading.facts


def waits_for_two(interest: dict[str, Any]) -> bool:
    """Whether a reported interest, as a reader is told of it, waits for a second person."""
    return bool(interest.get("takes_two")) and interest.get("settled_by") is None


def asked_of_holder(before: Before[OpenMatter]) -> list[dict[str, Any]]:
    """Return the open surveillances for which the holder hands something in."""
    found = facts_of(before).get("surveillances", [])
    return [one for one in found if one.get("closed_at") is None and one["needs_holder"]]


async def _surveillances(before: Before[OpenMatter], language: Language) -> list[tuple[str, str]]:
    """Return the numbers of the surveillances that are open."""
    facts = facts_of(before)
    if "surveillances" not in facts:
        return [(number, number) for number, held in facts.get("asked_to_judge", {}).items() if held["is_open"]]
    return [
        (str(one["number"]), f"{one['number']}, {day(language, date.fromisoformat(one['opened_at'][:10]))}")
        for one in facts["surveillances"]
        if one.get("closed_at") is None
    ]


async def _own_items(before: Before[OpenMatter], _: Language) -> list[tuple[str, str]]:
    """Return the fresh evidence of the surveillances that are open, by the names of its files."""
    facts = facts_of(before)
    numbers = [item for one in asked_of_holder(before) for item in one.get("items", ())]
    return [(item, f"{item} {facts['items'][item]['file']}") for item in numbers if item in facts["items"]]


async def _criteria(before: Before[OpenMatter], language: Language) -> list[tuple[str, str]]:
    texts = before.opened.scheme.texts.criteria
    return [(key, f"{texts[key].title.in_language(language)} ({key})") for key in facts_of(before)["met"]]


async def _areas(before: Before[OpenMatter], language: Language) -> list[tuple[str, str]]:
    texts = before.opened.scheme.texts.areas
    return [(area, texts[area].in_language(language)) for area in facts_of(before)["areas"]]


async def _experts(before: Before[OpenMatter], _: Language) -> list[tuple[str, str]]:
    async with before.services.database.reading() as session:
        found = [one.person for one in await record.serving(session, Role.EXPERT)]
        names = await names_of(session, found)
    return sorted(((person, names.get(person, person)) for person in found), key=lambda pair: pair[1])


async def _judges(before: Before[OpenMatter], _: Language) -> list[tuple[str, str]]:
    """Return who said yes to judging a surveillance."""
    judging, names = facts_of(before).get("judging", {}), before.opened.names
    said_yes = {who for one in judging.values() for who, held in one["assignments"].items() if held.get("accepted")}
    return sorted(((person, names.get(person, person)) for person in said_yes), key=lambda pair: pair[1])


async def _people(before: Before[OpenMatter], _: Language) -> list[tuple[str, str]]:
    """Return who had a part in the case or the label, as far as the reader may know."""
    facts, names = facts_of(before), before.opened.names
    judges = {who for one in facts.get("judging", {}).values() for who in one["assignments"]}
    named = (person for field in ("shares", "electors", "took_part", "evaluators") for person in facts.get(field, ()))
    known = {*named, *judges}
    return sorted(((person, names.get(person, person)) for person in known), key=lambda pair: pair[1])


async def _of_the_body(before: Before[OpenMatter], language: Language) -> list[tuple[str, str]]:
    """Return whom a reader names who does not keep the label: who works for the body may know who sits where."""
    async with before.services.database.reading() as session:
        roles = (Role.COMMISSIONER, Role.SECRETARIAT)
        found = {one.person for role in roles for one in await record.with_role(session, role)}
        names = await names_of(session, sorted(found))
    known = dict(await _people(before, language)) | {person: names.get(person, person) for person in found}
    known.pop(before.principal.person, None)
    return sorted(known.items(), key=lambda pair: pair[1])


async def _reported(before: Before[OpenMatter], _: Language) -> list[tuple[str, str]]:
    """Return whose reported interest waits for a second person."""
    open_ones = [one["person"] for one in facts_of(before).get("reported_interests", ()) if waits_for_two(one)]
    return [(person, before.opened.names.get(person, person)) for person in open_ones]


async def _grounds(_: Before[OpenMatter], language: Language) -> list[tuple[str, str]]:
    return ground_words(language)


_SURVEILLANCE = one("surveillance", marked("Which surveillance?"), _surveillances, marked("Choose the surveillance."))
_DUE_REASON = one("because", _BECAUSE, _grounds, _CHOOSE_REASON)

_REPORT_BUILD = page(
    "report_build",
    marked("Report that another build is in use"),
    line("build_digest", marked("SHA-256 of the build in use"), marked("Enter the digest of the build.")),
    text("statement", marked("How was it found?"), marked("Say how it was found.")),
    button=marked("Report the build"),
)


def _report_interest(whose: Options) -> MatterPage:
    return page(
        "report_interest",
        marked("Report an interest found later"),
        one("person", marked("Of whom?"), whose, marked("Choose the person.")),
        text("statement", marked("What is the interest?"), marked("Say what the interest is.")),
        button=marked("Report the interest"),
        intro=marked(
            "Others judge again what this person had a hand in. They are kept out once a second person confirms it."
        ),
    )


_REPORTING = {"report-build": _REPORT_BUILD, "report-interest": _report_interest(_of_the_body)}
"""What whoever had a part in a label reports of it and does not keep it."""

_SETTLING = {
    "confirm-interest": page(
        "confirm_interest",
        marked("Confirm a reported interest"),
        one("person", marked("Of whom?"), _reported, marked("Choose the person.")),
        button=marked("Confirm"),
        intro=marked("The person leaves the open vote, and what they judge is judged by others."),
        waits=True,
    ),
    "reject-interest": page(
        "reject_interest",
        marked("Reject a reported interest"),
        one("person", marked("Of whom?"), _reported, marked("Choose the person.")),
        text("reasons", marked("Reasons"), marked("Give the reasons.")),
        button=marked("Reject"),
        intro=marked("The review of the label goes on."),
    ),
}

HOLDER = {
    "withdraw-fresh-evidence": page(
        "withdraw_fresh_evidence",
        marked("Take fresh evidence back"),
        _SURVEILLANCE,
        one("item", marked("Which item?"), _own_items, marked("Choose the item.")),
        button=marked("Take it back"),
    ),
    "report-change": page(
        "report_change",
        marked("Report a change of the product"),
        several("changed", marked("What changed?"), worded(PARTS), marked("Choose what changed.")),
        text("statement", marked("What is different now?"), marked("Say what is different.")),
        line("build_digest", marked("SHA-256 of the new build"), hint=marked("May be left empty")),
        button=marked("Report the change"),
        intro=marked("A rule decides which requirements are evaluated again. A new version needs a new certification."),
    ),
    "report-build": _REPORT_BUILD,
    "answer-notice-of-withdrawal": page(
        "answer_notice_of_withdrawal",
        marked("Answer the notice of withdrawal"),
        text("answer", marked("Your answer"), marked("Write your answer.")),
        button=marked("Send the answer"),
        waits=True,
    ),
    "end-label": page(
        "end_label",
        marked("End the label"),
        text("reasons", marked("Reasons"), hint=marked("May be left empty")),
        button=marked("End the label for good"),
        warning=marked("The label ends at once and for good. Its page stays and says so. There is no way back."),
    ),
}  # fmt: skip

KEEPER = {
    "declare-matter-interests": page(
        "declare_matter_interests",
        marked("I have an interest in this label"),
        text("statement", marked("What the interest is"), marked("Say in a sentence what the interest is.")),
        button=marked("Declare"),
        intro=marked("Another of the secretariat keeps the label from now on."),
        warning=marked("You then take no part in this label; this cannot be taken back"),
        fixed={"has_interest": True},
    ),
    "report-build": _REPORT_BUILD,
    "assign-surveillance-reviewer": page(
        "assign_surveillance_reviewer",
        marked("Ask an expert to judge a surveillance"),
        _SURVEILLANCE,
        one("reviewer", marked("Which expert?"), _experts, marked("Choose an expert.")),
        several("areas", marked("For which areas?"), _areas, marked("Choose at least one area.")),
        button=marked("Ask the expert"),
        waits=True,
    ),
    "relieve-surveillance-reviewer": page(
        "relieve_surveillance_reviewer",
        marked("Relieve somebody who said yes and does not judge"),
        _SURVEILLANCE,
        one("reviewer", marked("Who is relieved?"), _judges, marked("Choose whom to relieve.")),
        text("reasons", marked("Reasons"), marked("Give the reasons."), marked("Who keeps the label reads this")),
        button=marked("Relieve"),
        intro=marked("Another expert is asked. It is possible once the time to judge is over or their role has ended."),
        waits=True,
    ),
    "repeat-checks": page(
        "repeat_checks", marked("Repeat the automatic checks"), _SURVEILLANCE, button=marked("Repeat them")
    ),
    "put-maintain-to-vote": page(
        "put_maintain_to_vote", marked("Let a panel maintain the label"), _SURVEILLANCE, button=_PUT, waits=True
    ),
    "put-confirmation-to-vote": page(
        "put_confirmation_to_vote", marked("Let the Commission confirm the suspension"), button=_PUT, waits=True
    ),
    "put-restoration-to-vote": page(
        "put_restoration_to_vote", marked("Let the Commission restore the label"), _REASONS, button=_PUT
    ),
    "put-suspension-to-vote": page(
        "put_suspension_to_vote", marked("Let the Commission suspend the label"), _DUE_REASON, _REASONS, _RESTORATION,
        button=_PUT,
    ),
    "give-notice-of-withdrawal": page(
        "give_notice_of_withdrawal",
        marked("Give notice of a withdrawal or a reduction"),
        _DUE_REASON,
        text("reasons", marked("Reasons"), marked("Give the reasons."), marked("The holder reads this")),
        text("ground", marked("Why is life or health at risk?"),
             hint=marked("Only where that is the reason: the vote then need not wait for the holder")),
        text("scope", marked("What is it still to cover?"),
             hint=marked("Only where what it covers is to be reduced, and the label is not to be withdrawn")),
        button=marked("Give notice"),
        warning=marked("The holder is told at once what is intended."),
    ),
    "take-back-notice-of-withdrawal": page(
        "take_back_notice_of_withdrawal",
        marked("Take the notice to the holder back"),
        text("reasons", marked("Reasons"), marked("Give the reasons."), marked("The holder reads this")),
        button=marked("Take the notice back"),
        intro=marked("The holder is told at once that what the notice told of is not intended any more."),
        unlisted=("motion_is_open",),
    ),
    "record-holder-hearing": page(
        "record_holder_hearing",
        marked("Record that the holder was heard"),
        text("protocol", marked("Protocol"), marked("Write the protocol.")),
        button=marked("Record the hearing"),
    ),
    "put-withdrawal-to-vote": page(
        "put_withdrawal_to_vote", marked("Let the Commission withdraw the label"), button=_PUT, waits=True
    ),
    "put-scope-to-vote": page(
        "put_scope_to_vote",
        marked("Let the Commission reduce what the label covers"),
        text("scope", marked("What is it still to cover?"),
             hint=marked("Empty where the holder was told of a reduction: the vote is on what they were told")),
        text("reasons", marked("Reasons"), hint=marked("Empty where they are those that the holder was told")),
        button=_PUT,
    ),
    "put-prolongation-to-vote": page(
        "put_prolongation_to_vote",
        marked("Let a panel prolong the label"),
        number("days", marked("For how many days?"), marked("Enter a number of days."), marked("At most 90")),
        button=_PUT,
    ),
    "open-extraordinary-surveillance": page(
        "open_extraordinary_surveillance",
        marked("Look at the label again because of an incident"),
        text("reasons", marked("What happened?"), marked("Say what happened.")),
        several("criteria", marked("Which requirements are looked at?"), _criteria,
                hint=marked("Where none is chosen, five are drawn")),
        button=marked("Open the surveillance"),
        fixed={"cause": "incident"},
    ),
    "report-interest": _report_interest(_people),
    **_SETTLING,
}  # fmt: skip

MEMBER = {
    "propose-suspension": page(
        "propose_suspension",
        marked("Propose to suspend the label at once"),
        _DUE_REASON,
        _REASONS,
        _RESTORATION,
        button=marked("Propose it"),
        intro=marked("A second member confirms it; one of the two is the chair or the deputy."),
        unlisted=("interests_not_declared",),
    ),
    "confirm-suspension": page(
        "confirm_suspension",
        marked("Suspend the label at once"),
        button=marked("Suspend the label"),
        warning=marked(
            "The label is suspended at once, and everybody sees it. The Commission must confirm it in time."
        ),
        waits=True,
        unlisted=("interests_not_declared",),
    ),
    **_SETTLING,
    **_REPORTING,
}

JUDGE = {
    "answer-surveillance-assignment": page(
        "answer_surveillance_assignment",
        marked("Say whether you judge the surveillance"),
        _SURVEILLANCE,
        one("accepts", marked("Do you judge it?"), worded({"true": marked("Yes"), "false": marked("No")}),
            marked("Choose yes or no.")),
        text("reason", marked("Reason"), hint=marked("May be left empty")),
        button=marked("Send the answer"),
        intro=marked(
            "Declare your interests first if you want to say yes. You may still say no until you have judged."
        ),
        waits=True,
    ),
    "record-live-check": page(
        "record_live_check",
        marked("Record your check of the system in use"),
        _SURVEILLANCE,
        line("held_on", marked("On which day?"), marked("Say on which day it took place."),
             marked("Year, month and day, such as 2026-03-31")),
        text("participants", marked("Who took part?"), marked("Say who took part, by function."),
             marked("By function and without names")),
        text("shown", marked("What was run on the system?"), marked("Write what was run.")),
        text("observed", marked("What did you see of it?"), marked("Write what you saw of it.")),
        button=marked("Record the check"),
        intro=marked("You judge once this is recorded. It is neither changed nor taken back; "
                     "the holder reads it without your name once the findings have met."),
        waits=True,
    ),
    **_REPORTING,
}  # fmt: skip
