"""The files of a label in the formats of others: what each is called, and which of them there are."""

from collections.abc import Mapping
from dataclasses import dataclass

from certify.web.language import Language, marked, sentence
from certify.web.rendering import Link
from certify.web.services import PublicServices


@dataclass(frozen=True, kw_only=True)
class Export:
    """A file of the published folder: its name there, its media type, and what people read of it."""

    file: str
    media_type: str
    text: str


EXPORTS: Mapping[str, Export] = {
    "vc.jwt": Export(
        file="open-badge.jwt", media_type="application/vc+jwt", text=marked("For wallets (Open Badge, signed)")
    ),
    "dcc.jwt": Export(
        file="conformity.jwt",
        media_type="application/vc+jwt",
        text=marked("For supply chains (conformity credential, signed)"),
    ),
    "cose": Export(
        file="certificate.cose",
        media_type='application/cose; cose-type="cose-sign1"',  # RFC 9052, 2
        text=marked("The full certificate for programs (COSE, signed)"),
    ),
}


async def links(services: PublicServices, label_id: str, language: Language) -> tuple[Link, ...]:
    """Return links to the exports there are of a label; the signed ones once they are published."""
    are_there = await services.are_published(label_id, (export.file for export in EXPORTS.values()))
    found = [
        Link(text=sentence(language, export.text), href=f"/{label_id}.{suffix}")
        for (suffix, export), is_there in zip(EXPORTS.items(), are_there, strict=True)
        if is_there
    ]
    json_ld = sentence(language, marked("For search engines (JSON-LD)"))
    return (Link(text=json_ld, href=f"/{label_id}.jsonld"), *found)
