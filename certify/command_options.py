"""What the commands share: where the data is, and how they answer."""

from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

from certify.config import Settings

Data = Annotated[Path | None, typer.Option("--data", help="Data folder; CERTIFY_DATA, else ./certify-data.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]


def settings_for(data: Path | None = None, **changes: Any) -> Settings:
    """Return the settings from the environment, with what the command line says instead."""
    given = {name: value for name, value in {"data": data, **changes}.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise typer.BadParameter(f"CERTIFY_{name}: {first['msg']}" if name else first["msg"]) from None
