from pathlib import Path

import pytest

from certify.web.published import published_file
from schemas.label_number import MistypedNumber

LABEL = "0123456789ABCDEF"


def test_a_file_is_given_out_as_it_was_stored(tmp_path: Path) -> None:
    (tmp_path / "labels" / LABEL).mkdir(parents=True)
    (tmp_path / "labels" / LABEL / "certificate.en.pdf").write_bytes(b"%PDF")

    assert published_file(tmp_path, LABEL, "certificate.en.pdf") == b"%PDF"
    assert published_file(tmp_path, LABEL.lower(), "certificate.en.pdf") == b"%PDF"


def test_a_file_that_is_not_there_is_none(tmp_path: Path) -> None:
    assert published_file(tmp_path, LABEL, "certificate.en.pdf") is None
    assert published_file(tmp_path / "nothing", LABEL, "certificate.en.pdf") is None


def test_no_file_beside_the_label_s_can_be_reached(tmp_path: Path) -> None:
    (tmp_path / "labels" / LABEL).mkdir(parents=True)
    (tmp_path / "secret").write_bytes(b"secret")

    assert published_file(tmp_path, LABEL, "../../secret") is None
    for no_id in ("../..", "", f"{LABEL}/..", "labels"):
        with pytest.raises(MistypedNumber):
            published_file(tmp_path, no_id, "secret")
