"""Organisations that join, as the secretariat keeps them: applications and proposed entries (II-2.3, II-2.4)."""

from certify.accounts.matter_parts import MatterPart
from certify.web.language import marked
from certify.web.matters.matter_pages import MatterPage, routes_of
from certify.web.matters.organisation_pages import OrganisationRoom

_UNLISTED = frozenset({"nothing_applied_for", "motion_is_open", "voted_down", "not_voted_down"})
_NOTHING = frozenset({"nothing_waits"})

ROOM = OrganisationRoom(
    path="/secretariat/accessions",
    kind="organisation",
    parts=frozenset({MatterPart.KEEPER, MatterPart.AUDITOR}),
    title=marked("Organisations before the Code"),
    intro=marked("Who wants to join the Code, and who stands in the Register. A vote decides on each application."),
    own="matters/organisation.html",
    pages={
        "open-accession-vote": MatterPage(
            kind="open_accession_vote",
            name=marked("Let the Commission vote on the application"),
            template="secretariat/open_accession_vote.html",
            fields=lambda _: {},
            anchor="main-content",
            unlisted=_UNLISTED,
        ),
        "refuse-accession": MatterPage(
            kind="refuse_accession",
            name=marked("Tell the applicant why it was not let in"),
            template="secretariat/refuse_accession.html",
            fields=lambda typed: {"reasons": typed.one("reasons")},
            anchor="reasons",
            required={"reasons": marked("Write the reasons of the Commission.")},
            unlisted=_UNLISTED,
        ),
        "confirm-entry": MatterPage(
            kind="confirm_entry",
            name=marked("Confirm the proposed entry"),
            template="secretariat/confirm_entry.html",
            fields=lambda typed: {"number": typed.one("number")},
            anchor="main-content",
            unlisted=_NOTHING,
        ),
        "reject-entry": MatterPage(
            kind="reject_entry",
            name=marked("Reject the proposed entry"),
            template="secretariat/reject_entry.html",
            fields=lambda typed: {"number": typed.one("number"), "reasons": typed.one("reasons")},
            anchor="reasons",
            required={"reasons": marked("Say why it is set aside.")},
            is_optional=True,
            unlisted=_NOTHING,
        ),
    },
)
router = routes_of(ROOM)
