"""What was typed or scanned: the token in it, and the host that it leads to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labels.addresses import read_scanned, token_in
from schemas.errors import CouldNotCheck, VerificationError


def test_a_token_is_found_bare_or_in_an_address_in_any_case(token: str) -> None:
    for text in (
        token,
        token.lower(),
        f" {token}\n",
        f"https://V.EXAMPLE.EU/C/{token}",
        f"https://v.example.eu/c/{token.lower()}",
        f"http://localhost:8080/C/{token}",
        f"https://v.example.eu/C/{token}?x=1#y",
    ):
        assert token_in(text) == token


@pytest.mark.parametrize(
    "text",
    [
        "https://v.example.eu/",
        "https://v.example.eu/C",
        "//",
        "https://[/C/",
        "\u017f0",
        "знак",
        "https://v.example.eu/C/A/B",
    ],
)
def test_an_address_without_a_token_is_malformed(text: str) -> None:
    with pytest.raises(VerificationError) as refusal:
        token_in(text)

    assert refusal.value.code == "malformed"


@pytest.mark.parametrize("text", ["60RK-4CSM-6MV3-EE1S-F", "60rk4csm6mv3ee1s", "https://V.EXAMPLE.EU/60RK4CSM6MV3EE1S"])
def test_a_number_alone_cannot_be_checked_offline(text: str) -> None:
    with pytest.raises(CouldNotCheck) as refusal:
        token_in(text)

    assert refusal.value.code == "number_only"


@given(st.text(max_size=80))
def test_any_text_holds_a_token_or_is_refused(text: str) -> None:
    try:
        found = token_in(text)
    except (VerificationError, CouldNotCheck):
        return
    assert found.isascii()


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("ABC", None), ("/C/ABC", None),  ("https://V.Example.EU/C/ABC", "v.example.eu"),
        ("v.example.eu/C/ABC", "v.example.eu"), ("http://localhost:8080/C/ABC", "localhost"),
        ("https://v.example.eu@evil.example/C/ABC", "evil.example"),
        ("https://v.example.eu:8443@evil.example:1/C/ABC", "evil.example"),
        ("https://evil.example/C/ABC#@v.example.eu/", "evil.example"),
        ("https://evil.example/v.example.eu/C/ABC?v.example.eu", "evil.example"),
    ],
)  # fmt: skip
def test_the_host_is_the_one_a_browser_would_go_to(text: str, host: str | None) -> None:
    found = read_scanned(text)

    assert (found.token, found.host) == ("ABC", host)


@pytest.mark.parametrize(
    "text",
    [
        "https://evil.example\\@v.example.eu/C/ABC", "https:/evil.example/C/ABC", "https:evil.example/C/ABC",
        "//evil.example/C/ABC", "https://v.exam ple.eu/C/ABC", "ftp://v.example.eu/C/ABC", "https://v.example.eu:/C/A",
        "https://[::1]/C/ABC", "javascript://v.example.eu/C/ABC", "https://v.ex\tample.eu/C/ABC",
    ],
)  # fmt: skip
def test_an_address_that_browsers_read_in_another_way_is_none(text: str) -> None:
    with pytest.raises(VerificationError):
        read_scanned(text)
