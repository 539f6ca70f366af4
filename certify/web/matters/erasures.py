"""Pages of erasures, for the room that asks and the room that answers (security I17, I19)."""

from certify.web.language import marked
from certify.web.matters.chosen_cases import applications
from certify.web.matters.matter_pages import MatterPage

ASKING = MatterPage(
    kind="ask_erasure",
    name=marked("Ask for an erasure"),
    template="matters/ask_erasure.html",
    fields=lambda typed: {
        "case": typed.one("case"),
        "item": typed.one("item") or None,
        "files_only": typed.one("files_only") == "yes",
        "reasons": typed.one("reasons"),
    },
    anchor="reasons",
    anchors={
        "unknown_application": "case",
        "unknown_item": "item",
        "item_or_files": "item",
        "evidence_needed": "case",
        "evidence_held": "case",
        "legal_hold": "case",
        "malformed_form": "item",
    },
    required={
        "case": marked("Choose the application."),
        "reasons": marked("Say why it may be kept no longer."),
    },
    more=applications,
    preset=("case", "item", "files_only"),
)
ANSWERING = {
    "approve-erasure": MatterPage(
        kind="approve_erasure",
        name=marked("Approve the erasure"),
        template="matters/approve_erasure.html",
        fields=lambda _: {},
        anchor="main-content",
        unlisted=frozenset({"same_person", "erasure_approved"}),
    ),
    "refuse-erasure": MatterPage(
        kind="refuse_erasure",
        name=marked("Refuse the erasure"),
        template="matters/refuse_erasure.html",
        fields=lambda typed: {"reasons": typed.one("reasons")},
        anchor="reasons",
        required={"reasons": marked("Give the reasons.")},
        is_optional=True,
        unlisted=frozenset({"same_person", "erasure_approved"}),
    ),
}
TITLE = marked("Erasures")
INTRO = marked(
    "Two different people have the keys of evidence destroyed. Nobody can read it after that, from a backup neither; "
    "its digest stays in the record."
)
OWN = "matters/erasure.html"
