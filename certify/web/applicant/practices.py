"""Practices that come from an organisation's own cases: it agrees to the publication, or not (Code, II-2.6)."""

from certify.accounts.matter_parts import MatterPart
from certify.web.applicant.desk import PATH
from certify.web.language import marked
from certify.web.matters.matter_pages import MatterPage, MatterRoom, routes_of

ROOM = MatterRoom(
    path=f"{PATH}/practices",
    kind="practice",
    parts=frozenset({MatterPart.PARTY}),
    title=marked("Practices from your applications"),
    intro=marked("Examples that were written from findings about your systems, without your name."),
    own="matters/practice.html",
    pages={
        "give-consent": MatterPage(
            kind="give_consent",
            name=marked("Agree to the publication"),
            template="applicant/give_consent.html",
            fields=lambda _: {},
            anchor="main-content",
            is_done=lambda reading: reading.facts.get("consented") is True,
            unlisted=frozenset({"already_published"}),
        ),
        "refuse-consent": MatterPage(
            kind="refuse_consent",
            name=marked("Do not agree"),
            template="applicant/refuse_consent.html",
            fields=lambda _: {},
            anchor="main-content",
            is_optional=True,
            is_done=lambda reading: reading.facts.get("consented") is False,
            unlisted=frozenset({"already_published"}),
        ),
    },
)
router = routes_of(ROOM)
