"""What is served of the published folder, and that nothing else can be asked of it."""

from pathlib import Path

import pytest

from certify.web.public.published import is_published, published_file

LABEL = "0123456789ABCDEF"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    here = tmp_path / "published" / "labels" / LABEL
    here.mkdir(parents=True)
    (here / "certificate.cose").write_bytes(b"signed")
    (tmp_path / "secret.pem").write_bytes(b"secret")
    return tmp_path / "published"


def test_a_file_is_returned_as_it_lies_there(folder: Path) -> None:
    assert published_file(LABEL, "certificate.cose", folder=folder) == b"signed"
    assert is_published(LABEL, "certificate.cose", folder=folder)


def test_what_is_not_there_is_none(folder: Path) -> None:
    for place in (folder, folder / "nowhere", folder / "labels" / LABEL / "certificate.cose"):
        assert published_file(LABEL, "open-badge.jwt", folder=place) is None
        assert not is_published(LABEL, "open-badge.jwt", folder=place)


@pytest.mark.parametrize(
    ("label_id", "name"),
    [
        ("..", "secret.pem"),
        ("0123456789abcdef", "certificate.cose"),
        (LABEL + "\n", "certificate.cose"),
        (f"../labels/{LABEL}", "certificate.cose"),
        (LABEL, "../../../secret.pem"),
        (LABEL, "/etc/passwd"),
        (LABEL, ".hidden"),
        (LABEL, "certificate.cose\n"),
        (LABEL, ""),
    ],
)
def test_a_name_that_leads_elsewhere_is_refused(folder: Path, label_id: str, name: str) -> None:
    with pytest.raises(ValueError, match="no published file"):
        published_file(label_id, name, folder=folder)
    with pytest.raises(ValueError, match="no published file"):
        is_published(label_id, name, folder=folder)
