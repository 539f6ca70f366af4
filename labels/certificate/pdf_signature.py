"""The signature of a certificate: PAdES baseline B-B (ETSI EN 319 142-1), and nothing may be changed after it."""

import asyncio
import hashlib
import io
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from asn1crypto import x509
from asn1crypto.algos import SignedDigestAlgorithm
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign.fields import InvisSigSettings, MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner, Signer
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_signer import PdfSigningSession

from labels.certificate.seal import Seal
from labels.certificate.x509 import der_signature

FIELD = "Signature"

_LONGEST_DER = 72  # of r and s of P-256
_RESERVED = 2 * 4096  # two digits a byte; a signature with its certificate takes 1 500 bytes


def signed(document: bytes, seal: Seal, *, at: datetime) -> bytes:
    """Sign a PDF at a moment, as its author; the same document, key and moment give the same bytes.

    Raises:
        PreparationError: `wrong_algorithm`.
    """
    writer = _Writer(document)
    made = _in_a_loop_of_its_own(_Author(_Held(seal), at).async_sign_pdf(writer, bytes_reserved=_RESERVED))
    return bytes(made.getvalue())


def _in_a_loop_of_its_own(work: Coroutine[Any, Any, io.BytesIO]) -> io.BytesIO:
    """Carry out what the library offers as a coroutine only, also where a loop is running already."""
    with ThreadPoolExecutor(1) as own:
        return own.submit(asyncio.run, work).result()


class _Held(Signer):
    """A key held elsewhere, as the library wants to call it."""

    def __init__(self, seal: Seal) -> None:
        super().__init__(
            signing_cert=x509.Certificate.load(seal.x509),
            signature_mechanism=SignedDigestAlgorithm({"algorithm": "sha256_ecdsa"}),
        )
        self._signer = seal.signer

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: ARG002  # the library's call
        """Sign the attributes; a dry run only asks how long a signature may be."""
        return bytes(_LONGEST_DER) if dry_run else der_signature(self._signer, data)


class _Writer(IncrementalPdfFileWriter):
    """Writes after what is there, with no chance and no clock: the metadata stays as the document was made.

    The second half of the file's id is the digest of what is there.
    """

    def __init__(self, document: bytes) -> None:
        super().__init__(io.BytesIO(document))
        second = hashlib.sha256(document).digest()[:16]
        self._document_id = generic.ArrayObject([self._document_id[0], generic.ByteStringObject(second)])

    def _update_meta(self) -> None:
        pass


class _Author(PdfSigner):
    """Certifies a document (ISO 32000-1, 12.8.2.2) at a moment it is told."""

    def __init__(self, signer: Signer, at: datetime) -> None:
        metadata = PdfSignatureMetadata(
            field_name=FIELD,
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=MDPPerm.NO_CHANGES,
        )
        # PDF/A wants it printed and PDF/UA wants what is not tagged out of sight: its place is off the page.
        unseen = InvisSigSettings(set_print_flag=True, box_out_of_bounds=True)
        field = SigFieldSpec(FIELD, invis_sig_settings=unseen, readable_field_name=FIELD)
        super().__init__(metadata, signer, new_field_spec=field)
        self._at = at

    def register_extensions(self, pdf_out: BasePdfFileWriter, *, md_algorithm: str) -> None:  # noqa: ARG002  # as above
        """Name PAdES alone: ISO/TS 32002 for the curve asks for PDF 2.0, which is not PDF/A-3 any more."""
        pdf_out.register_extension(ESIC_EXTENSION_1)

    def init_signing_session(self, pdf_out: BasePdfFileWriter, existing_fields_only: bool = False) -> PdfSigningSession:
        """Begin, at the moment told instead of the clock's."""
        session = super().init_signing_session(pdf_out, existing_fields_only)
        session.system_time = self._at
        return session
