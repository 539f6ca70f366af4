import pytest
from pydantic import TypeAdapter, ValidationError

from schemas.case import SystemFacts
from schemas.websites import Websites, host_name, is_same_website, web_address
from tests.unit.schemas.test_application import application, problem_keys, system, written

WEBSITES: TypeAdapter[tuple[str, ...]] = TypeAdapter(Websites)
OLD = {"name": "A", "label_name": "A", "version": "1", "purpose": "P", "deployment": "D", "languages": ["en"]}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("example.org", "example.org"),
        (" Shop.Example.ORG. ", "shop.example.org"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("кодекс-ии.рф", "xn----gtbdmbs7a6e.xn--p1ai"),
        ("xn--bcher-kva.example", "xn--bcher-kva.example"),
    ],
)
def test_a_website_is_kept_in_one_spelling(typed: str, kept: str) -> None:
    if "рф" in typed:
        kept = typed.encode("idna").decode()
    assert host_name(typed) == kept


@pytest.mark.parametrize(
    "typed",
    ["https://example.org", "example.org/path", "example.org:8443", "localhost", "192.0.2.1", "[::1]", "-a.example",
     "a..example", "a b.example", "user@example.org", "*.example.org", "", "x" * 64 + ".example", "a_b.example"],
)  # fmt: skip
def test_what_is_no_host_name_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="name of a website alone"):
        host_name(typed)


def test_a_website_is_named_once_and_at_most_ten_are() -> None:
    with pytest.raises(ValidationError, match="twice"):
        WEBSITES.validate_python(["a.example", "A.example"])
    with pytest.raises(ValidationError, match="at most 10"):
        WEBSITES.validate_python([f"a{place}.example" for place in range(11)])


@pytest.mark.parametrize(
    ("host", "is_same"),
    [("acme.example", True), ("www.acme.example", True), ("shop.acme.example", False), ("xacme.example", False)],
)
def test_a_website_is_the_same_with_and_without_www(host: str, is_same: bool) -> None:
    assert is_same_website(host, "acme.example") is is_same
    assert is_same_website(host, "www.acme.example") is is_same


def test_an_application_may_name_its_websites() -> None:
    assert application(system=written()["system"] | {"websites": ["Acme.example"]}).system.websites == ("acme.example",)
    assert problem_keys(system(websites=["https://acme.example"])) == ["system.websites.0"]


def test_an_application_that_names_none_has_the_digest_it_always_had() -> None:
    without = application()

    assert "websites" not in without.system.model_dump()
    assert application(system=written()["system"] | {"websites": []}).digest == without.digest
    assert application(system=written()["system"] | {"websites": ["a.example"]}).digest != without.digest


def test_a_case_recorded_before_there_were_websites_is_read_and_written_as_it_was() -> None:
    facts = SystemFacts.model_validate(OLD)

    assert facts.websites == ()
    assert facts.model_dump(mode="json", exclude_none=True) == OLD


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org",
        "http://example.org:8080/a/b?c=d#e",
        "https://пример.рф/страница",
        "  https://example.org/ ",
    ],
)
def test_the_address_of_a_saved_page_is_kept_as_it_was_written(address: str) -> None:
    assert web_address(address) == address.strip()


@pytest.mark.parametrize(
    "address",
    ["example.org", "ftp://example.org/", "javascript:alert(1)", "https://", "https://a b.org/", "https://me:pw@example.org",
     "https://example.org/\u202ecod", "https://[::1", ""],
)  # fmt: skip
def test_what_is_no_address_of_a_page_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"address|control"):
        web_address(address)
