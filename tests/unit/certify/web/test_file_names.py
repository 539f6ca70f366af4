"""A name becomes one file in one folder, and one value of one header, whatever it was (security T5, ASVS 5.4.1)."""

import re
import unicodedata
from email.message import Message
from random import Random
from urllib.parse import unquote

import pytest

from certify.vault.inspection.accepted import EXTENSIONS, kind_of
from certify.web.file_names import content_disposition, safe_name
from schemas.errors import Unacceptable

NASTY = (
    *(
        "\r\n",
        "\0",
        "\u202e",
        "\u2066",
        "../",
        "..\\",
        "/",
        "\\",
        '"',
        "'",
        ";",
        "%0d%0a",
        "CON",
        "nul.",
        "com1",
        "LPT9.",
    ),
    *(" ", ".", "\ufeff", "<script>", "\u00e9", "\u0416", "\U0001d4ea", "\x1b[2J", "filename=", "\ud800", "\u200b"),
    *("~", "$", "`", ".pdf", ".exe"),
)
RANDOM = Random(2026)  # noqa: S311  # names to try, no secrets


def a_name() -> str:
    """Nasty parts with any characters between, long ones too."""
    parts = (
        RANDOM.choice((*NASTY, chr(RANDOM.randrange(0x110000)), "a", "ab" * RANDOM.randrange(80))) for _ in range(8)
    )
    return "".join(list(parts)[: RANDOM.randrange(9)])


MANY = tuple(a_name() for _ in range(10_000))
RESERVED = re.compile(r"(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)


def test_ten_thousand_names_are_safe_on_any_system() -> None:
    for name in MANY:
        safe = safe_name(name)

        assert 0 < len(safe.encode()) <= 200
        assert not set(safe) & set('<>:"/\\|?*\r\n\0%;')
        assert not [one for one in safe if unicodedata.category(one) in {"Cc", "Cf", "Cs", "Zl", "Zp"}]
        assert safe == safe.strip(" .")
        assert not RESERVED.fullmatch(safe)
        assert safe_name(safe) == safe


def test_ten_thousand_names_make_a_header_that_says_one_thing() -> None:
    for name in MANY:
        header = content_disposition(name)
        plain, star = re.fullmatch(
            r"attachment; filename=\"([^\"\\]+)\"; filename\*=UTF-8''([A-Za-z0-9._~%-]+)", header
        ).groups()  # type: ignore[union-attr]

        assert header.isascii()
        assert header.isprintable()
        assert unquote(star) == safe_name(name)
        assert plain == safe_name(plain)
        read = Message()
        read["Content-Disposition"] = header
        assert read.get_content_disposition() == "attachment"


def test_ten_thousand_names_are_accepted_by_their_extension_or_refused() -> None:
    for name in MANY:
        endings = {f".{extension}": kind for kind, extensions in EXTENSIONS.items() for extension in extensions}
        stem, dot, extension = name.rpartition(".")
        kind = endings.get(f".{extension}".lower()) if stem and dot else None

        if kind is not None:
            assert kind_of(name) == kind
        else:
            with pytest.raises(Unacceptable, match="file_type_not_accepted"):
                kind_of(name)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("impact.md", "impact.md"),
        ("docs/Протокол № 3.pdf", "Протокол № 3.pdf"),
        ("C:\\fakepath\\a.pdf", "a.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\r\nSet-Cookie: x=1.pdf", "aSet-Cookie_ x=1.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("con.pdf", "_con.pdf"),
        ("", "file"),
        ("...", "file"),
        ("/", "file"),
        ("x" * 400 + ".pdf", "x" * 196 + ".pdf"),
    ],
)
def test_a_name_stays_what_it_was_as_far_as_it_may(name: str, safe: str) -> None:
    assert safe_name(name) == safe
