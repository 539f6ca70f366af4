"""Scheme versions as the secretariat brings them before the Commission (procedure, Scheme change)."""

from certify.accounts.matter_parts import MatterPart
from certify.procedure.adoption import waiting_versions
from certify.web.acting import Before
from certify.web.language import language_of, marked
from certify.web.matters.choices import choose
from certify.web.matters.matter_pages import MatterPage, MatterRoom, routes_of
from certify.web.matters.open_matter import OpenMatter
from certify.web.matters.rehearsed_labels import rehearsed

_SHOWN = 12
"""So much of a digest tells two versions of one number apart."""


async def _versions(before: Before[OpenMatter]) -> dict[str, object]:
    """Return the versions that were handed in and can be proposed; by the digest whoever handed one in knows it."""
    services, typed = before.services, before.typed.one("digest_of_scheme")
    language = language_of(before.request, remembered=True)
    async with services.database.reading() as session:
        found = await waiting_versions(session, services.vault)
    named = [
        (one.digest, f"{one.texts.title.in_language(language)} {one.rules.version} ({one.digest[:_SHOWN]}…)")
        for one in found
    ]
    known = not typed or any(digest == typed for digest, _ in named)
    return {"versions": [choose(before), *named, *([] if known else [(typed, f"{typed[:_SHOWN]}…")])]}


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
            more=_versions,
            required={
                "digest_of_scheme": marked("Choose the version."),
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
