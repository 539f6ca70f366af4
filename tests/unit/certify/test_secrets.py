"""T36: whoever prints an object by mistake prints no secret."""

from pathlib import Path

import pytest

from certify.config import Settings
from certify.vault.keys import FileKey, SubjectKey
from certify.vault.payload_keys import PayloadKeys

SECRET = b"this-is-a-secret-of-32-bytes-ok!"


@pytest.mark.parametrize(
    "holder",
    [SubjectKey("a", SECRET), FileKey("b", SECRET), PayloadKeys(SECRET * 2, {"c": SECRET})],
    ids=lambda one: type(one).__name__,
)
def test_a_key_is_not_printed(holder: object) -> None:
    assert "secret" not in f"{holder!r} {holder}"


@pytest.mark.parametrize("name", ["database_url", "signer_database_url", "vault_database_url", "evidence_url"])
def test_an_address_that_may_carry_a_password_is_not_printed(tmp_path: Path, name: str) -> None:
    settings = Settings(data=tmp_path, **{name: "postgresql+asyncpg://certify:hunter2@db/certify"})

    assert "hunter2" in getattr(settings, name)
    assert "hunter2" not in f"{settings!r} {settings}"
