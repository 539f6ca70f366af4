"""Make the vectors of addresses: `python scripts/make_address_vectors.py` writes tests/vectors/addresses/{good,bad}."""

from collections.abc import Iterator
from typing import Any

from scripts.evidence_vectors import TOKEN, URL, Vector, status_list, texts_of, write


def addresses() -> Iterator[Vector]:
    """Yield what a picture may hold beside a bare token."""
    fresh: dict[str, Any] = {"lists": ((f"{URL}/s/0", status_list()),), "standing": "in_force"}
    for name, why, text in (
        ("capitals", "as the QR carries it", f"https://V.EXAMPLE.EU/C/{TOKEN}"),
        ("lower_case", "as a browser shows it", f"https://v.example.eu/c/{TOKEN.lower()}"),
        ("port", "with a port and a question", f"https://v.example.eu:443/C/{TOKEN}?lang=ru#top"),
        ("no_scheme", "as people type it", f"v.example.eu/C/{TOKEN}"),
        ("spaces_around", "pasted with its line end", f" {TOKEN}\n"),
    ):
        yield Vector(name, why, text, **fresh)
    for name, why, text in (
        ("other_host", "our genuine token at another host", f"https://evil.example/C/{TOKEN}"),
        ("other_host_in_front", "our host in front of another", f"https://v.example.eu.evil.example/C/{TOKEN}"),
        ("userinfo", "our host as the name of a user", f"https://v.example.eu@evil.example/C/{TOKEN}"),
        ("other_host_path", "our host in the path of another", f"https://evil.example/v.example.eu/C/{TOKEN}"),
        ("other_host_no_scheme", "another host without a scheme", f"evil.example/C/{TOKEN}"),
    ):
        yield Vector(name, why, text, is_other_host=True, **fresh)
    for name, why, text in (
        ("backslash", "browsers take it for a slash", f"https://evil.example\\@v.example.eu/C/{TOKEN}"),
        ("one_slash", "browsers add the other", f"https:/evil.example/C/{TOKEN}"),
        ("no_slash", "browsers add both", f"https:evil.example/C/{TOKEN}"),
        ("two_slashes", "another host by two slashes", f"//evil.example/C/{TOKEN}"),
        ("other_scheme", "no web address", f"ftp://v.example.eu/C/{TOKEN}"),
        ("space_within", "browsers leave it out", f"https://v.exam ple.eu/C/{TOKEN}"),
        ("other_path", "a token elsewhere in our register", f"https://v.example.eu/D/{TOKEN}"),
        ("not_ascii", "a Cyrillic letter in the host", f"https://v.ex\u0430mple.eu/C/{TOKEN}"),
        ("blank_not_ascii", "a space that is not ASCII in front", f"\u00a0{TOKEN}"),
        ("byte_order_mark", "a mark that some programs call a space", f"\ufeff{TOKEN}"),
        ("next_line", "a line end that some programs know", f"{TOKEN}\u0085"),
        ("separator", "a control character that some programs call a space", f"\u001c{TOKEN}"),
        ("other_token", "an address of ours with the token of nobody", "https://v.example.eu/C/ABC"),
    ):
        yield Vector(name, why, text, authenticity="malformed", standing=None)
    for name, why, text in (
        ("number", "a number carries no proof", "000G-40R4-0M30-E209-B"),
        ("number_address", "nor does its address", "https://v.example.eu/000G40R40M30E209"),
        ("number_as_typed", "in any case, with dashes and spaces", "000g 40r4-0m30 e2o9 b"),
        ("number_mistyped", "its check character is wrong, which the register tells", "000G-40R4-0M30-E209-C"),
        ("number_mistyped_address", "so in an address", "https://v.example.eu/000G40R40M30E209C?lang=ru"),
        ("number_impossible", "a letter no number has, which the register tells", "000G-40R4-0M30-E20U"),
    ):
        yield Vector(name, why, text, authenticity=None, code="number_only")
    for name, why, text in (
        ("number_short", "no number has 15 characters", "000G-40R4-0M30-E20"),
        ("number_long", "nor 18", "000G-40R4-0M30-E209-BB"),
        ("number_dotted", "nor a dot within", "000G.40R4.0M30.E209"),
        ("number_space_within", "a number at an address with a space in it", "https://v.exam ple.eu/000G40R40M30E209"),
        ("number_not_ascii", "letters that only become a number's in capitals", "000G-40R4-0M30-E20\u0131"),
    ):
        yield Vector(name, why, text, authenticity="malformed", standing=None)


def files() -> dict[str, str]:
    """Return every file by its place below the folder."""
    return texts_of(addresses())


if __name__ == "__main__":
    write("addresses", files())
