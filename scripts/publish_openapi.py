"""Write docs/openapi.json from the routes. A maintainer runs it after changing the API; a test compares."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory

from certify.accounts.passwords import Passwords
from certify.config import Settings
from certify.procedure.client import Procedure
from certify.programs.vault import open_vault
from certify.register.database import Database
from certify.web.app import application
from certify.web.services import Services

PUBLISHED = Path(__file__).parents[1] / "docs" / "openapi.json"


def described() -> str:
    """Return the description of the API as published."""
    with TemporaryDirectory() as folder:
        settings = Settings(data=Path(folder))
        database, vault = Database(settings.database_url), open_vault(settings)
        # No act is sent: the description needs the routes alone, and so no client.
        procedure = Procedure(None, database, vault)  # type: ignore[arg-type]  # see above
        services = Services.of(settings, database, vault, procedure, Passwords())
        return json.dumps(application(services).openapi(), indent=1, ensure_ascii=False, sort_keys=True) + "\n"


if __name__ == "__main__":
    PUBLISHED.write_text(described())
