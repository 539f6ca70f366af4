"""The certification for search engines: present standing, and text that stays text wherever it is put."""

import json
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from labels.exports.schema_org import certification_jsonld
from schemas.attestation import Attestation
from schemas.errors import CouldNotCheck
from schemas.label import Standing
from tests.any_attestation import attestations
from tests.exports import attestation

ANSWERED = [one for one in Standing if one not in {Standing.UNKNOWN_NUMBER, Standing.COULD_NOT_CHECK}]
HOSTILE = "\"'</script><script>alert(1)</script><!--&lt;\\u003c\u2028\u2029😀"


class Blocks(HTMLParser):
    """What a browser takes for scripts, and what is in each."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.elsewhere: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "script":
            self.found.append("")

    def handle_data(self, data: str) -> None:
        if self.cdata_elem == "script":
            self.found[-1] += data
        else:
            self.elsewhere.append(data)


def in_a_page(document: bytes) -> list[str]:
    """The scripts of a page that a document was put into as it is."""
    blocks = Blocks()
    blocks.feed(f'<p>a</p><script type="application/ld+json">{document.decode()}</script><p>b</p>')
    assert blocks.elsewhere == ["a", "b"]
    return blocks.found


@pytest.mark.parametrize("standing", ANSWERED)
def test_only_a_label_in_force_is_active(standing: Standing) -> None:
    told = json.loads(certification_jsonld(attestation(), standing))
    word = "Active" if standing is Standing.IN_FORCE else "Inactive"

    assert told["certificationStatus"] == f"https://schema.org/Certification{word}"
    assert ("logo" in told) == (standing is Standing.IN_FORCE)


@pytest.mark.parametrize("standing", [Standing.UNKNOWN_NUMBER, Standing.COULD_NOT_CHECK])
def test_what_could_not_be_checked_is_neither_active_nor_inactive(standing: Standing) -> None:
    with pytest.raises(CouldNotCheck, match="standing_unknown"):
        certification_jsonld(attestation(), standing)


def test_it_names_the_label_the_body_and_the_product() -> None:
    told = json.loads(certification_jsonld(attestation(), Standing.IN_FORCE))

    assert told["@id"] == told["url"] == attestation().page
    assert told["certificationIdentification"] == "008J-4CT4-ANK7-F24S-N"
    assert told["issuedBy"]["name"] == "Commission for the AI Ethics Code"
    assert (told["about"]["@type"], told["about"]["softwareVersion"]) == ("SoftwareApplication", "2.1")
    assert (told["validFrom"], told["expires"]) == ("2026-11-22", "2028-11-22")
    assert [one["value"] for one in told["hasMeasurement"]] == [41, 3]


def test_it_gives_the_addresses_of_body_and_holder_and_none_where_there_is_none() -> None:
    addressed = attestation(holder_address="Sadama 1, Tallinn", issuer_address="Rue de la Loi 1, Brussels")
    told, bare = (json.loads(certification_jsonld(one, Standing.IN_FORCE)) for one in (addressed, attestation()))

    assert told["issuedBy"]["address"] == {"@type": "PostalAddress", "streetAddress": "Rue de la Loi 1, Brussels"}
    holder = {"@type": "PostalAddress", "addressCountry": "EE"}
    assert told["about"]["provider"]["address"] == {**holder, "streetAddress": "Sadama 1, Tallinn"}
    assert "address" not in bare["issuedBy"]
    assert bare["about"]["provider"]["address"] == holder


@settings(max_examples=50, deadline=None)
@given(attestations(), st.sampled_from(ANSWERED))
def test_any_facts_give_json_and_the_same_bytes_twice(facts: Attestation, standing: Standing) -> None:
    document = certification_jsonld(facts, standing)

    assert document == certification_jsonld(facts, standing)
    assert json.loads(document)["about"]["name"] == facts.product
    assert [json.loads(block) for block in in_a_page(document)] == [json.loads(document)]


def test_hostile_words_end_no_script_element_and_arrive_as_they_were() -> None:
    hostile = attestation().model_copy(update=dict.fromkeys(("product", "holder", "meaning", "issuer"), HOSTILE))
    document = certification_jsonld(hostile, Standing.IN_FORCE)

    (block,) = in_a_page(document)
    assert json.loads(block)["about"]["name"] == json.loads(document)["description"] == HOSTILE
    assert not {"<", ">", "&", "\u2028", "\u2029"} & set(document.decode())
