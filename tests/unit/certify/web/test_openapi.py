"""The published description of the API is the API's own."""

import importlib.util
import json
from pathlib import Path

from certify.procedure.bodies import BODIES

ROOT = Path(__file__).parents[4]
_spec = importlib.util.spec_from_file_location("publish_openapi", ROOT / "scripts" / "publish_openapi.py")
assert _spec is not None
assert _spec.loader is not None
publish_openapi = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(publish_openapi)


def test_the_published_description_is_what_the_routes_say() -> None:
    assert publish_openapi.PUBLISHED.read_text() == publish_openapi.described()


def test_every_act_is_an_operation_of_its_own_name() -> None:
    published = json.loads(publish_openapi.PUBLISHED.read_text())
    operations = {one["operationId"] for path in published["paths"].values() for one in path.values()}

    assert {*BODIES, "lodge_application"} <= operations
