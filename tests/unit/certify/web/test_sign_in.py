"""Where a sign-in may lead: only on to this host."""

import pytest

from certify.web.sign_in import WORK, relative


@pytest.mark.parametrize("href", ["//evil.example", "//[", "/\\evil.example", "https://evil.example", "", "/a\nb", "x"])
def test_an_address_that_is_not_of_this_host_leads_to_ones_work(href: str) -> None:
    assert relative(href) == WORK


@pytest.mark.parametrize("href", ["/work", "/reviewer/case-1?done=x"])
def test_an_address_of_this_host_is_kept(href: str) -> None:
    assert relative(href) == href
