"""Settings: what is said wins, then what its file says, then the data folder."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from certify.config import Settings

FROM_FILES = ("database_url", "signer_database_url", "evidence_url")
ADDRESS = "postgresql+asyncpg://certify:secret@postgres:5432/certify"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "address"
    path.write_text(f"{ADDRESS}\n")
    return path


@pytest.mark.parametrize("name", FROM_FILES)
def test_an_address_is_read_from_the_file_its_variable_names(name: str, file: Path, monkeypatch) -> None:
    monkeypatch.setenv(f"CERTIFY_{name.upper()}_FILE", str(file))
    assert getattr(Settings(), name) == ADDRESS


@pytest.mark.parametrize("name", FROM_FILES)
def test_an_address_that_is_said_wins_over_its_file(name: str, file: Path, monkeypatch) -> None:
    monkeypatch.setenv(f"CERTIFY_{name.upper()}_FILE", str(file))
    monkeypatch.setenv(f"CERTIFY_{name.upper()}", "sqlite+aiosqlite:///other.db")
    assert getattr(Settings(), name) == "sqlite+aiosqlite:///other.db"


@pytest.mark.parametrize("name", FROM_FILES)
def test_an_empty_file_is_refused_and_never_taken_for_the_default(name: str, tmp_path: Path, monkeypatch) -> None:
    empty = tmp_path / "empty"
    empty.touch()
    monkeypatch.setenv(f"CERTIFY_{name.upper()}_FILE", str(empty))
    with pytest.raises(ValidationError, match=f"CERTIFY_{name.upper()} is empty"):
        Settings()


@pytest.mark.parametrize("name", FROM_FILES)
def test_a_missing_file_is_refused_naming_the_variable(name: str, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv(f"CERTIFY_{name.upper()}_FILE", str(tmp_path / "none"))
    with pytest.raises(ValidationError) as refusal:
        Settings()
    assert refusal.value.errors()[0]["loc"] == (f"{name}_file",)


def test_a_program_started_with_these_settings_has_the_same(file: Path, monkeypatch) -> None:
    settings = Settings(database_url_file=file)
    for name, value in settings.as_environment().items():
        monkeypatch.setenv(name, value)
    assert Settings() == settings


@pytest.mark.parametrize("address", ["Rue de la Loi 1\nBrussels", "x" * 201])
def test_a_postal_address_that_no_certificate_could_print_is_refused_at_the_start(address: str) -> None:
    with pytest.raises(ValidationError, match="body_address"):
        Settings(body_address=address)


def test_a_postal_address_left_empty_is_none() -> None:
    assert (Settings(body_address=" ").body_address, Settings().body_address_ru) == ("", "")


def test_without_addresses_everything_lies_under_the_data_folder(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    assert settings.database_url == f"sqlite+aiosqlite:///{tmp_path}/certify.db"
    assert settings.evidence_url == (tmp_path / "evidence").as_uri()
    assert settings.signer_database_url == ""


@pytest.mark.parametrize("address", ["javascript:1", "labels.example.org", "ftp://labels.example.org"])
def test_an_address_that_no_phone_opens_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="CERTIFY_PUBLIC_URL"):
        Settings(data=tmp_path, public_url=address)


@pytest.mark.parametrize(
    ("urls", "is_own"),
    [
        ("", True),
        ("https://witness.example", False),
        ("https://witness.example http://127.0.0.1:8090", True),
        ("http://127.0.0.1:8091", False),
    ],
)
def test_the_witness_of_this_machine_runs_unless_others_are_named_instead(
    tmp_path: Path, urls: str, is_own: bool
) -> None:
    assert Settings(data=tmp_path, witness_urls=urls).has_witness_of_its_own is is_own


@pytest.mark.parametrize(
    "files", ["https://register.example", "https://REGISTER.example:8443", "http://register.example:80/"]
)
def test_files_are_given_out_from_another_host_and_not_from_another_port(files: str, tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="CERTIFY_FILES_URL"):
        Settings(data=tmp_path, public_url="https://register.example", files_url=files)
    assert Settings(data=tmp_path, public_url="https://register.example", files_url="https://files.example").files_url
