"""Draw the pictures of docs/label-pictures.md: `python scripts/draw_label_pictures.py`.

They are previews of a product that does not exist; afterwards look at them: a picture is a promise.
"""

from datetime import UTC, date, datetime
from pathlib import Path

from labels.artwork import png
from labels.badge import Badge, Sign, Tone, badge_svg
from labels.certificate.document import pages_as_png
from labels.layout import Form
from labels.preview import preview_token
from labels.signing import subject_digest
from schemas.certificate import CertificateFacts
from schemas.label import LabelFacts, LabelStatement
from schemas.label_number import preview_id

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
NUMBER = preview_id(bytes(range(10)))
AT = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)
PRODUCT, VERSION, HOST = "Lighthouse Reader", "2.1", "v.example.eu"


def a_badge(headline: str, tone: Tone, sign: Sign) -> Badge:
    """Return a badge of the product."""
    product = f"{PRODUCT} {VERSION}"
    return Badge(headline=headline, tone=tone, sign=sign, product=product, host=HOST, language="en")


BADGES = {
    "in-force": a_badge("Label in force", "good", "tick"),
    "expired": a_badge("Expired on 20 November 2028", "ended", "square"),
    "other-site": a_badge("Shown on another site than the holder's: open the register", "caution", "question"),
}


def label() -> LabelFacts:
    """Return what the picture says."""
    statement = LabelStatement(
        id=NUMBER,
        expires_at=datetime(2028, 11, 22, 23, 59, 59, tzinfo=UTC),
        tier="low",
        status_index=0,
        subject_digest=subject_digest(NUMBER, PRODUCT, VERSION, None),
        name_version=f"{PRODUCT} {VERSION}",
    )
    return LabelFacts(
        id=NUMBER,
        token=preview_token(statement),
        product=PRODUCT,
        version=VERSION,
        holder="Northern Lights OÜ",
        issuer="Commission for the AI Ethics Code",
        scheme_title="AI Ethics Code · Certification Scheme",
        tier_name="Low risk",
        issued_on=date(2026, 11, 22),
        ends_on=date(2028, 11, 22),
        url=f"https://{HOST}",
    )


def certificate() -> CertificateFacts:
    """Return what the certificate says."""
    return CertificateFacts(
        label=label(),
        system="Lighthouse Reader for Small Print",
        holder_country="Estonia",
        websites=("lights.example",),
        granted_on=date(2026, 11, 22),
        purpose="Reads small print aloud for people with low vision.",
        deployment="On the phone of its owner.",
        languages=("English", "Estonian"),
        scheme_version="1.0.0",
        scheme_digest="9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        code_edition="AI Ethics Code, 26 October 2021",
        decision_number="…",
        meaning="On … the Commission found … of … requirements for a system of low risk met and … not applicable.",
    )


def draw() -> None:
    """Write every picture."""
    PICTURES.joinpath("label-standard.png").write_bytes(png(label(), module_pixels=4))
    PICTURES.joinpath("label-mini.png").write_bytes(png(label(), form=Form.MINI, module_pixels=4))
    PICTURES.joinpath("certificate.png").write_bytes(pages_as_png(certificate(), at=AT)[0])
    for name, badge in BADGES.items():
        PICTURES.joinpath(f"badge-{name}.svg").write_text(badge_svg(badge), "utf-8")


if __name__ == "__main__":
    draw()
