"""The certificate read by somebody else's eyes: pyHanko's reader and validator, never our own writer."""

import io
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta

import pytest
from asn1crypto import x509
from pyhanko.pdf_utils.generic import EncryptedObjAccess
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from labels.certificate import Seal, certificate
from labels.certificate.document import document, pages_as_png
from labels.certificate.holder_image import reencoded
from labels.certificate.words import WORDS
from labels.encoding import from_base36
from labels.key_set import KeySet
from labels.reading import texts_in
from labels.verification import verify
from schemas.certificate import CertificateFacts
from schemas.errors import PreparationError
from schemas.label import Authenticity
from schemas.label_number import preview_id
from tests.unit.labels.certificate.conftest import MADE_AT, P256Key, picture, sealed_by
from tests.unit.labels.certificate.text_of_pdf import text_of

Facts = Callable[..., CertificateFacts]
HOSTILE = (
    '#panic("x")',
    "*_[]$",
    "#import",
    "</text>",
    "\\u{41}",
    "// not a comment",
    "<label>@ref",
    "= not a heading",
)


def opened(pdf: bytes) -> PdfFileReader:
    return PdfFileReader(io.BytesIO(pdf))


def status(pdf: bytes, seal: Seal) -> PdfSignatureStatus:
    trusted = x509.Certificate.load(seal.x509)
    context = ValidationContext(trust_roots=[trusted], moment=MADE_AT, allow_fetching=False)
    return validate_pdf_signature(opened(pdf).embedded_signatures[0], signer_validation_context=context)


def texts(pdf: bytes) -> str:
    return text_of(opened(pdf))


def squeezed(text: str) -> str:
    """A text without its spaces: where a line ends there is none on the page."""
    return "".join(text.split())


def test_the_signature_is_whole_covers_all_and_allows_no_change(certified: CertificateFacts, seal: Seal) -> None:
    found = status(certificate(certified, seal=seal, at=MADE_AT), seal)

    assert (found.intact, found.valid, found.trusted) == (True, True, True)
    assert found.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert found.modification_level == ModificationLevel.NONE
    assert found.docmdp_ok
    assert found.signer_reported_dt == MADE_AT


def test_it_is_a_pades_certification_by_the_only_signature(certified: CertificateFacts, seal: Seal) -> None:
    (signature,) = opened(certificate(certified, seal=seal, at=MADE_AT)).embedded_signatures

    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.docmdp_level == MDPPerm.NO_CHANGES
    attributes = {attribute["type"].native for attribute in signature.signer_info["signed_attrs"]}
    assert {"signing_certificate_v2", "message_digest", "content_type"} <= attributes
    assert "signing_time" not in attributes, "ETSI EN 319 142-1, 6.3: the time is in the dictionary alone"


def test_a_flipped_byte_breaks_the_signature(certified: CertificateFacts, seal: Seal) -> None:
    pdf = bytearray(certificate(certified, seal=seal, at=MADE_AT))
    place = pdf.index(b"endstream") - 20
    pdf[place] ^= 1

    found = status(bytes(pdf), seal)
    assert not found.intact


def test_another_key_of_the_same_name_is_not_trusted(certified: CertificateFacts, seal: Seal) -> None:
    other = sealed_by(P256Key("somebody else"))

    found = status(certificate(certified, seal=other, at=MADE_AT), seal)
    assert (found.intact, found.trusted) == (True, False)


def test_a_key_of_another_algorithm_signs_no_certificate(certified: CertificateFacts, seal: Seal) -> None:
    class Ed25519Key(P256Key):
        alg = "Ed25519"

    with pytest.raises(PreparationError, match="wrong_algorithm"):
        certificate(certified, seal=Seal(Ed25519Key("x"), seal.x509), at=MADE_AT)


def test_the_same_facts_time_and_key_give_the_same_bytes(certified: CertificateFacts, seal: Seal) -> None:
    first = certificate(certified, seal=seal, at=MADE_AT)

    assert certificate(certified, seal=seal, at=MADE_AT) == first
    assert certificate(certified, seal=seal, at=MADE_AT + timedelta(seconds=1)) != first


def test_whoever_only_shows_previews_does_not_wait_for_the_signing_library() -> None:
    shown = "import sys, labels.certificate.document; sys.exit('pyhanko' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", shown], check=False).returncode == 0


async def test_it_can_be_made_while_an_event_loop_runs(certified: CertificateFacts, seal: Seal) -> None:
    assert certificate(certified, seal=seal, at=MADE_AT).startswith(b"%PDF-1.7")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_it_is_tagged_titled_and_says_its_language(some_certificate: Facts, seal: Seal, language: str) -> None:
    root = opened(certificate(some_certificate({"language": language}), seal=seal, at=MADE_AT)).root

    assert root["/Lang"] == language
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"


def test_it_claims_pdf_a_3a_and_pdf_ua_1(certified: CertificateFacts, seal: Seal) -> None:
    reader = opened(certificate(certified, seal=seal, at=MADE_AT))
    xmp = reader.root["/Metadata"].data.decode()

    for claim in (
        "<pdfaid:part>3</pdfaid:part>",
        "<pdfaid:conformance>A</pdfaid:conformance>",
        "<pdfuaid:part>1</pdfuaid:part>",
    ):
        assert claim in xmp
    assert reader.input_version == (1, 7)
    assert "/Version" not in reader.root, "PDF/A-3 is PDF 1.7"


def test_the_picture_and_the_holder_s_image_are_told_to_those_who_do_not_see_them(
    certified: CertificateFacts, seal: Seal
) -> None:
    reader = opened(certificate(certified, seal=seal, at=MADE_AT, holder_image=reencoded(picture())))

    alts = [str(element["/Alt"]) for element in elements(reader.root["/StructTreeRoot"]) if "/Alt" in element]
    assert len(alts) == 2
    assert "Lighthouse Reader, version 2.1" in alts[0]
    assert "square code with the signed token and the address v.example.eu" in alts[0]
    assert alts[1] == "Image of the holder Northern Lights OÜ"


def test_headings_lists_and_paragraphs_are_told_apart(certified: CertificateFacts, seal: Seal) -> None:
    reader = opened(certificate(certified, seal=seal, at=MADE_AT))

    kinds = [str(element["/S"]) for element in elements(reader.root["/StructTreeRoot"])]
    assert {"/Document", "/H1", "/P", "/L", "/LI", "/Lbl", "/LBody", "/Figure"} <= set(kinds)
    assert kinds.count("/H1") == 5


def elements(node: object) -> list:
    found = []
    for child in as_list(node["/K"]):  # type: ignore[index]  # a dictionary of a PDF
        if hasattr(child, "get") and "/S" in child:
            found.append(child)
            if "/K" in child:
                found += elements(child)
    return found


def as_list(value: object) -> list:
    return [one.get_object() if hasattr(one, "get_object") else one for one in value] if isinstance(value, list) else [
        value
    ]  # fmt: skip


def test_the_signature_s_field_has_a_name_and_lies_off_the_page(certified: CertificateFacts, seal: Seal) -> None:
    reader = opened(certificate(certified, seal=seal, at=MADE_AT))
    (field,) = reader.root["/AcroForm"]["/Fields"]

    assert field.get_object()["/TU"] == "Signature"
    assert max(float(one) for one in field.get_object()["/Rect"]) < 0
    assert int(field.get_object()["/F"]) & 4, "printed: PDF/A-3, 6.3.2"


def test_the_token_lies_in_the_file_byte_for_byte(certified: CertificateFacts, seal: Seal, trusted: KeySet) -> None:
    reader = opened(certificate(certified, seal=seal, at=MADE_AT))
    (attached,) = reader.root["/AF"]
    specification = attached.get_object()
    embedded = specification["/EF"].raw_get("/F", decrypt=EncryptedObjAccess.RAW).get_object()

    assert embedded.data == from_base36(certified.label.token)
    assert verify(embedded.data, trusted, at=MADE_AT).authenticity == Authenticity.AUTHENTIC
    assert specification["/UF"] == f"label-{certified.label.id}.cose"
    assert specification["/AFRelationship"] == "/Data"
    assert embedded["/Subtype"] == "/application/cose"


@pytest.mark.parametrize("language", ["en", "ru"])
def test_it_says_all_that_a_certificate_must_say(some_certificate: Facts, seal: Seal, language: str) -> None:
    facts = some_certificate({"language": language})
    said = squeezed(texts(certificate(facts, seal=seal, at=MADE_AT)))

    for words in (
        *("008J-4CT4-ANK7-F24S-N", "Northern Lights OÜ, Estonia", "Sadama 1, Tallinn", "lights.example"),
        *("Commission for the AI Ethics Code", "Rue de la Loi 1, Brussels", "2026-11-22", "2028-11-22"),
        *("Lighthouse Reader for Small Print", "Reads small print aloud.", "On the phone of its owner."),
        *("English, Estonian", "1.0.0", "ab" * 32, "AI Ethics Code, 2021", "case-1/40", "v.example.eu"),
        *("the Commission found 24 of 26 requirements", WORDS[language].covers.format("2.1")),
        *(WORDS[language].no_standing, WORDS[language].check),
    ):
        assert squeezed(words) in said, words
    assert "valid" not in said


@pytest.mark.parametrize("text", HOSTILE)
def test_a_text_is_printed_letter_by_letter_and_never_carried_out(some_certificate: Facts, text: str) -> None:
    facts = some_certificate(
        {"product": text, "holder": text, "issuer": text, "scheme_title": text, "version": text},
        system=text, purpose=text, deployment=text, meaning=text, holder_address=text, code_edition=text,
        languages=(text,),
    )  # fmt: skip

    assert texts(document(facts, at=MADE_AT)).count(text) >= 10


def test_what_the_font_lacks_is_a_square_and_said_to_be(some_certificate: Facts, certified: CertificateFacts) -> None:
    said = texts(document(some_certificate(system="中文 Reader"), at=MADE_AT))

    assert "□□ Reader" in said
    assert WORDS["en"].undrawable in said
    assert "□" not in texts(document(certified, at=MADE_AT))


def test_the_longest_names_and_texts_still_make_a_certificate(some_certificate: Facts) -> None:
    text = ("Читает мелкий шрифт вслух. " * 80)[:2000]
    facts = some_certificate(
        {"product": "Щ" * 200, "holder": "Щ" * 200, "issuer": "W" * 200, "version": "9" * 60, "language": "ru"},
        system="Щ" * 200, purpose=text, deployment="x" * 2000, meaning=text, languages=("русский",) * 50,
        websites=tuple(f"{'a' * 60}.{'b' * 60}.{'c' * 60}.site-{place}.example" for place in range(10)),
    )  # fmt: skip

    assert opened(document(facts, at=MADE_AT)).root["/Pages"]["/Count"] <= 5


def test_the_code_on_the_page_is_read_as_the_label_s_address(certified: CertificateFacts) -> None:
    first, *_ = pages_as_png(certified, at=MADE_AT)

    assert texts_in(first) == (f"https://V.EXAMPLE.EU/C/{certified.label.token}",)


def test_a_preview_is_never_signed_and_carries_no_token(some_certificate: Facts, seal: Seal) -> None:
    facts = some_certificate({"id": preview_id(bytes(10))})
    with pytest.raises(PreparationError, match="preview_number"):
        certificate(facts, seal=seal, at=MADE_AT)

    reader = opened(document(facts, at=MADE_AT))
    assert not reader.embedded_signatures
    assert "/AF" not in reader.root
    assert "TEST-0000-0000-0000-" in texts(document(facts, at=MADE_AT))


@pytest.mark.parametrize(("language", "word"), [("en", "PREVIEW"), ("ru", "ОБРАЗЕЦ")])
def test_a_preview_says_so_across_every_page(some_certificate: Facts, language: str, word: str) -> None:
    facts = some_certificate({"id": preview_id(bytes(10)), "language": language})

    assert word in texts(document(facts, at=MADE_AT))
    assert "DEMO" in texts(document(some_certificate(), at=MADE_AT, watermark="DEMO"))
