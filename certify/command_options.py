"""What the commands share: where the data is, where the register is and who asks, and how they answer."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from certify.config import Settings

Data = Annotated[Path | None, typer.Option("--data", help="Data folder; CERTIFY_DATA, else ./certify-data.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]
Server = Annotated[str, typer.Option("--server", envvar="CERTIFY_SERVER", help="Address of the register.")]
TokenFile = Annotated[
    Path | None,
    typer.Option(
        "--token-file", envvar="CERTIFY_TOKEN_FILE", help="File that holds an API token.", exists=True, dir_okay=False
    ),
]
SERVER = "http://localhost:8080"


def settings_for(data: Path | None = None, **changes: Any) -> Settings:
    """Return the settings from the environment, with what the command line says instead."""
    given = {name: value for name, value in {"data": data, **changes}.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise typer.BadParameter(f"CERTIFY_{name}: {first['msg']}" if name else first["msg"]) from None


def token_in(file: Path | None) -> str:
    """Return the API token of a file, else of CERTIFY_TOKEN."""
    token = file.read_text().strip() if file else os.environ.get("CERTIFY_TOKEN", "")
    if not token:
        raise typer.BadParameter("give --token-file or CERTIFY_TOKEN")
    return token
