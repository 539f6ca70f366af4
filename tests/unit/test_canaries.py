import base64
from pathlib import Path

import pytest

from tests.canaries import Canary, beyond, hits

SECRET = Canary.new("secret")
PLAIN = SECRET.text.encode()
HIDDEN = {
    "plain": PLAIN,
    "utf-16": SECRET.text.encode("utf-16"),
    "hex": PLAIN.hex().encode(),
    "upper hex": PLAIN.hex().upper().encode(),
    **{f"base64 after {n}": base64.b64encode(b"x" * n + PLAIN + b"more") for n in range(7)},
    **{f"base64url after {n}": base64.urlsafe_b64encode(b"\xff" * n + PLAIN) for n in range(7)},
    "base64 at the end": base64.b64encode(PLAIN),
}


@pytest.mark.parametrize("form", HIDDEN)
def test_a_secret_is_found_in_whatever_form(tmp_path: Path, form: str) -> None:
    (tmp_path / "file").write_bytes(b"\0\xff before " + HIDDEN[form] + b" after \0")

    assert {hit.canary for hit in hits([SECRET], tmp_path)} == {"secret"}


def test_a_secret_is_found_in_the_name_of_a_file(tmp_path: Path) -> None:
    (tmp_path / f"{SECRET.text}.log").write_bytes(b"")
    assert hits([SECRET], tmp_path)


def test_where_it_is_not_it_is_not_found(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(base64.b64encode(b"nothing of the kind" * 100))
    assert hits([SECRET], tmp_path) == []


def test_it_may_be_where_it_lawfully_is_and_nowhere_else(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    for name in ("certify.db", "temporal.db"):
        (folder / name).write_bytes(PLAIN)

    found = hits([SECRET], folder)

    assert [hit.file for hit in beyond(found, {"secret": r"data/certify\.db"})] == ["data/temporal.db"]
    assert len(beyond(found, {})) == 2
