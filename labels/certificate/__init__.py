"""The PDF certificate of a label: PDF/A-3a and PDF/UA-1 at once, the token attached, signed with P-256.

This is the only room that knows typst and pyHanko. The signer makes the file once, at issue, and stores it; pages
only serve it. The same facts, time and key give the same bytes.

    document = certificate(facts, seal=Seal(signer, certificate_of(signer, …)), at=issued_at)
"""

from datetime import datetime

from labels.certificate.document import document
from labels.certificate.seal import Seal
from schemas.certificate import CertificateFacts
from schemas.errors import PreparationError
from schemas.label_number import is_preview

__all__ = ["Seal", "certificate"]


def certificate(
    facts: CertificateFacts,
    *,
    seal: Seal,
    at: datetime,
    holder_image: bytes | None = None,
    watermark: str | None = None,
) -> bytes:
    """Make the certificate of a label, in the language of its facts, and sign it.

    It takes tens of milliseconds of one processor: a program with an event loop calls it in a thread.

    Args:
        facts: what it says; the label's token is attached as it is in them.
        seal: the key, and the X.509 certificate over it.
        at: moment of the signature and of the file's making (aware, whole seconds).
        holder_image: PNG or JPEG as `labels.certificate.holder_image.reencoded` returns it.
        watermark: a word across its pages, `DEMO` where everything is an illustration.

    Raises:
        PreparationError: `preview_number` (a preview is never signed), `wrong_algorithm`, `url_unfit`,
            `certificate_unmakeable`.
    """
    if is_preview(facts.label.id):
        raise PreparationError("preview_number", "A preview is never signed.")
    # Only the signer signs, and pyHanko takes a second to import: pages that show previews start without it.
    from labels.certificate.pdf_signature import signed  # noqa: PLC0415  # as above

    return signed(document(facts, at=at, holder_image=holder_image, watermark=watermark), seal, at=at)
