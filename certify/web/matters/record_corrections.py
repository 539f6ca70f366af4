"""Pages of corrections of the record, for the two rooms whose people correct it (procedure, rule 5)."""

from certify.web.language import marked
from certify.web.matters.chosen_entries import things_and_entries
from certify.web.matters.matter_pages import MatterPage

PROPOSING = MatterPage(
    kind="propose_correction",
    name=marked("Propose a correction"),
    template="matters/propose_correction.html",
    fields=lambda typed: {name: typed.one(name) for name in ("stream", "number", "text")},
    anchor="text",
    anchors={"unknown_entry": "number", "malformed_form": "number"},
    required={
        "stream": marked("Choose what the entry is about."),
        "number": marked("Choose the entry."),
        "text": marked("Say what is wrong and how it is to be read."),
    },
    more=things_and_entries,
    preset=("about", "stream", "number"),
)
SECOND = {
    "confirm-correction": MatterPage(
        kind="confirm_correction",
        name=marked("Confirm the correction"),
        template="matters/confirm_correction.html",
        fields=lambda _: {},
        anchor="main-content",
        unlisted=frozenset({"same_person"}),
    ),
    "reject-correction": MatterPage(
        kind="reject_correction",
        name=marked("Do not confirm it"),
        template="matters/reject_correction.html",
        fields=lambda typed: {"reasons": typed.one("reasons")},
        anchor="reasons",
        required={"reasons": marked("Give the reasons.")},
        is_optional=True,
        unlisted=frozenset({"same_person"}),
    ),
}
TITLE = marked("Corrections of the record")
INTRO = marked("An entry is never changed. Two different people say how it is to be read, and both entries stay.")
OWN = "matters/correction.html"
