"""Scheme versions as the secretariat brings them before the Commission (procedure, Scheme change)."""

from certify.accounts.matter_parts import MatterPart
from certify.web.language import marked
from certify.web.matters.matter_pages import MatterPage, MatterRoom, routes_of
from certify.web.matters.rehearsed_labels import rehearsed

ROOM = MatterRoom(
    path="/secretariat/schemes",
    kind="adoption",
    parts=frozenset({MatterPart.KEEPER, MatterPart.AUDITOR}),
    title=marked("Scheme versions"),
    intro=marked("A version is handed in, rehearsed over the labels that stand, and adopted by the Commission."),
    own="matters/adoption.html",
    more=rehearsed,
    below="matters/rehearsal.html",
    opening="propose-scheme",
    pages={
        "propose-scheme": MatterPage(
            kind="propose_scheme",
            name=marked("Propose a version"),
            template="secretariat/propose_scheme.html",
            fields=lambda typed: {name: typed.one(name) for name in ("digest_of_scheme", "reasons")},
            anchor="digest_of_scheme",
            required={
                "digest_of_scheme": marked("Give the digest of the version that was handed in."),
                "reasons": marked("Say why the scheme should change."),
            },
        ),
        "put-scheme-to-vote": MatterPage(
            kind="put_scheme_to_vote",
            name=marked("Let the Commission vote on the version"),
            template="secretariat/put_scheme_to_vote.html",
            fields=lambda _: {},
            anchor="main-content",
            is_done=lambda reading: reading.facts.get("adopted") is not None,
            unlisted=frozenset({"motion_is_open", "already_decided"}),
        ),
        "take-back-scheme-proposal": MatterPage(
            kind="take_back_scheme_proposal",
            name=marked("Take the proposal back"),
            template="secretariat/take_back_scheme_proposal.html",
            fields=lambda _: {},
            anchor="main-content",
            is_optional=True,
            unlisted=frozenset({"motion_is_open", "already_decided", "not_the_proposer"}),
        ),
    },
)
router = routes_of(ROOM)
