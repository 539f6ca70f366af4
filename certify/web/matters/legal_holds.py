"""Pages of legal holds, for the room that asks and the room that answers (security.md, 8)."""

from collections.abc import Mapping
from typing import Final

from certify.web.acting import Before
from certify.web.language import marked
from certify.web.matters.choices import Applications, Labels, Organisations, People, Source, chosen_from
from certify.web.matters.matter_pages import MatterPage
from certify.web.matters.open_matter import OpenMatter
from schemas.legal_hold import HeldKind

_NOT_NOW = frozenset({"same_person", "hold_confirmed", "hold_unconfirmed", "lifting_asked", "no_lifting_asked"})
_SOURCES: Final[Mapping[str, Source]] = {
    HeldKind.CASE: Applications(),
    HeldKind.LABEL: Labels(),
    HeldKind.ORGANISATION: Organisations(),
    HeldKind.PERSON: People(),
}


async def _choices(before: Before[OpenMatter]) -> dict[str, object]:
    """Return what can be held of the kind that was chosen, None while none was."""
    source = _SOURCES.get(before.typed.one("about"))
    return {"held": await chosen_from(before, "held", source) if source is not None else None}


ASKING = {
    "ask-hold": MatterPage(
        kind="ask_hold",
        name=marked("Ask for a hold"),
        template="matters/ask_hold.html",
        fields=lambda typed: {name: typed.one(name) for name in ("about", "held", "reasons")},
        anchor="held",
        anchors={"malformed_form": "held"},
        required={
            "about": marked("Say of which kind it is."),
            "held": marked("Choose what is held."),
            "reasons": marked("Say why it must be kept."),
        },
        more=_choices,
        preset=("about", "held"),
    ),
    "ask-lifting": MatterPage(
        kind="ask_lifting",
        name=marked("Ask that the hold be lifted"),
        template="matters/ask_lifting.html",
        fields=lambda typed: {"reasons": typed.one("reasons")},
        anchor="reasons",
        required={"reasons": marked("Say why it need not be kept any longer.")},
        is_optional=True,
        unlisted=_NOT_NOW,
    ),
}


def _answer(kind: str, name: str) -> MatterPage:
    """Return the page of an answer that needs no words."""
    return MatterPage(
        kind=kind,
        name=name,
        template="matters/answer_hold.html",
        fields=lambda _: {},
        anchor="main-content",
        unlisted=_NOT_NOW,
    )


def _reasoned(kind: str, name: str) -> MatterPage:
    """Return the page of an answer that gives its reasons."""
    return MatterPage(
        kind=kind,
        name=name,
        template="matters/answer_hold.html",
        fields=lambda typed: {"reasons": typed.one("reasons")},
        anchor="reasons",
        required={"reasons": marked("Give the reasons.")},
        is_optional=True,
        unlisted=_NOT_NOW,
    )


ANSWERING = {
    "confirm-hold": _answer("confirm_hold", marked("Confirm the hold")),
    "refuse-hold": _reasoned("refuse_hold", marked("Refuse the hold")),
    "lift-hold": _answer("lift_hold", marked("Lift the hold")),
    "keep-hold": _reasoned("keep_hold", marked("Keep the hold")),
}
TITLE = marked("Legal holds")
INTRO = marked(
    "What is held is not erased, by nobody and by no job. Two different people set a hold, and two lift it; it counts "
    "from the moment somebody asks for it."
)
OWN = "matters/legal_hold.html"
