"""Write the JSON Schemas that are published beside the models they are made from.

python scripts/publish_schemas.py          writes schemas/published/
python scripts/publish_schemas.py --check  writes nothing; exits 1 if a file differs
"""

import json
import sys
from pathlib import Path
from typing import Any

from schemas.application import Application
from schemas.decision_record import DecisionRecord

PUBLISHED = Path(__file__).resolve().parent.parent / "schemas" / "published"


def application_schema() -> dict[str, Any]:
    """Return the schema of `application.yaml` as people write it."""
    schema = Application.model_json_schema(mode="validation")
    for filled_when_lodged in ("digest", "size"):
        del schema["$defs"]["EvidenceDeclaration"]["properties"][filled_when_lodged]
    schema["$defs"]["DeclaredMaker"] |= {
        "if": {"properties": {"kind": {"const": "accredited_laboratory"}}},
        "then": {"required": ["accreditation"]},
    }
    _keep_for_people(schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:certify:schema:application:1",
        **schema,
        "title": "Application for certification (application.yaml)",
    }


def decision_record_schema() -> dict[str, Any]:
    """Return the schema of a decision record as `certify decision verify` reads it."""
    schema = DecisionRecord.model_json_schema(mode="validation")
    _keep_for_people(schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:certify:schema:decision-record:1",
        **schema,
        "title": "Decision record",
    }


def _keep_for_people(schema: dict[str, Any]) -> None:
    """Cut each docstring to its first sentence, in which it says what a key is for."""
    for part in (schema, *schema["$defs"].values()):
        if "description" in part:
            part["description"] = part["description"].splitlines()[0]


SCHEMAS = {
    "application.schema.json": application_schema,
    "decision-record.schema.json": decision_record_schema,
}


def main() -> int:
    """Write or check every published schema."""
    checking = "--check" in sys.argv[1:]
    differing = []
    for name, make in SCHEMAS.items():
        text = json.dumps(make(), indent=2, ensure_ascii=False) + "\n"
        path = PUBLISHED / name
        if checking:
            if not path.is_file() or path.read_text("utf-8") != text:
                differing.append(name)
        else:
            path.write_text(text, "utf-8")
    for name in differing:
        print(f"{name} differs from its model: run python scripts/publish_schemas.py", file=sys.stderr)
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
