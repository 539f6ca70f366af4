"""docker-compose.yml and its neighbours, read for the tests."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent
TEXT = (ROOT / "docker-compose.yml").read_text()
DOCKERFILE = (ROOT / "Dockerfile").read_text()
GUIDE = (ROOT / "docs" / "operate" / "compose.md").read_text()

COMPOSE: dict[str, Any] = yaml.safe_load(re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", TEXT))
"""The file with every variable at its default."""

SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
ONE_SHOTS = {"scheme", "key-entries"} | {
    other
    for service in SERVICES.values()
    for other, how in service.get("depends_on", {}).items()
    if how["condition"] == "service_completed_successfully"
}
SET_UP = next(block for block in re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL) if "mkdir" in block)


def mounts(service: dict[str, Any]) -> dict[str, str]:
    """Return what is mounted where: target to source, `secret` for a secret."""
    volumes = {one.split(":")[1]: one.split(":")[0] for one in service.get("volumes", [])}
    return volumes | {f"/run/secrets/{name}": "secret" for name in service.get("secrets", [])}
