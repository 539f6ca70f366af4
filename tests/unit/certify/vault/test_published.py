"""Published files: whole or not there, and nothing else can be asked of them."""

from pathlib import Path

import pytest

from certify.vault.published import FolderFiles, label_file, published_files

LABEL = "0123456789ABCDEF"


@pytest.fixture(params=["folder", "store"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> object:
    """A folder of this machine, and an object store."""
    if request.param == "folder":
        return FolderFiles(tmp_path / "published")
    return published_files("memory:///")


def test_a_file_is_kept_as_it_was_written_and_takes_the_place_of_an_older_one(files) -> None:
    assert files.read("log/checkpoint") is None
    for content in (b"first", b"second", b""):
        files.write("log/checkpoint", content)
        assert files.read("log/checkpoint") == content


def test_a_folder_of_files_is_taken_away(files) -> None:
    for path in ("log/tile/0/000.p/1", "log/tile/0/000.p/2", "log/tile/0/000"):
        files.write(path, b"x")
    files.remove_folder("log/tile/0/000.p")
    files.remove_folder("log/tile/9")
    assert [files.read(path) for path in ("log/tile/0/000.p/1", "log/tile/0/000.p/2")] == [None, None]
    assert files.read("log/tile/0/000") == b"x"


def test_every_file_below_a_folder_is_listed(files) -> None:
    for path in ("log/tile/0/000", "log/tile/0/001.p/2", "log/checkpoint", "s/0"):
        files.write(path, b"x")
    assert sorted(files.paths("log/tile")) == ["log/tile/0/000", "log/tile/0/001.p/2"]
    assert list(files.paths("labels")) == []


def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = FolderFiles(tmp_path)
    files.write("s/0", b"old")

    def full(_: int) -> None:
        raise OSError("no space left")

    monkeypatch.setattr("certify.vault.published.os.fsync", full)
    with pytest.raises(OSError, match="space"):
        files.write("s/0", b"new")
    assert [path.name for path in (tmp_path / "s").iterdir()] == ["0"]
    assert files.read("s/0") == b"old"


def test_a_file_that_cannot_be_read_is_not_said_to_be_missing(tmp_path: Path) -> None:
    (tmp_path / "s" / "0").mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        FolderFiles(tmp_path).read("s/0")


def test_a_file_of_a_label_has_a_name() -> None:
    assert label_file(LABEL, "label.tlog-proof") == f"labels/{LABEL}/label.tlog-proof"
    assert label_file(LABEL, "certificate.en.pdf") == f"labels/{LABEL}/certificate.en.pdf"


@pytest.mark.parametrize(
    ("label_id", "name"),
    [
        ("..", "secret.pem"), ("0123456789abcdef", "certificate.cose"), (LABEL + "\n", "certificate.cose"),
        (f"../labels/{LABEL}", "certificate.cose"), (LABEL, "../../../secret.pem"), (LABEL, "/etc/passwd"),
        (LABEL, ".hidden"), (LABEL, "certificate.cose\n"), (LABEL, ""),
    ],
)  # fmt: skip
def test_a_name_that_leads_elsewhere_is_refused(label_id: str, name: str) -> None:
    with pytest.raises(ValueError, match="no published file"):
        label_file(label_id, name)
