"""`certify apply`: a folder becomes a lodged application."""

import asyncio
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import Progress

from certify.programs.client import ApiClient, lodge_folder
from schemas.application_folder import read_folder

FINAL = {"granted", "refused", "declined", "lapsed", "withdrawn_by_applicant"}


async def apply(folder: Path, *, server: str, token: str, wait: bool) -> dict[str, Any]:
    """Lodge a folder, offer its files, and return the case as the applicant reads it.

    Raises:
        ProcedureError: the folder or the application is refused.
    """
    read = read_folder(folder)
    client = ApiClient(server, token)
    application = ""
    try:
        with Progress(console=Console(file=sys.stderr), transient=True) as progress:
            task = progress.add_task("Lodging", total=len(read.files) + 1)
            async for step in lodge_folder(client, read):
                application = application or step
                progress.update(task, advance=1, description=step[:40])
        reading = await client.application(application)
        while wait and reading["stage"] not in FINAL:
            await asyncio.sleep(1)
            reading = await client.application(application)
        return reading
    finally:
        await client.close()
