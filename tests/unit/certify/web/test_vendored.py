"""The look we build on, without the brand that is not ours."""

import hashlib
import json
import re

import pytest

from certify.web.rendering import STATIC
from scripts.vendor_assets import unbranded

VENDOR = STATIC / "vendor"
MANIFEST = json.loads((VENDOR / "manifest.json").read_text())
FILES = sorted(path for path in STATIC.rglob("*") if path.is_file())

FORBIDDEN = {
    "typeface": r"GDS Transport|@font-face",
    "crown": r"crown|crest",
    "logotype": r"govuk-logo|logotype|gov\.uk",
    "brand blue": r"#1d70b8|#1a65a6|#003078|29,\s*112,\s*184",
    "outside address": r"url\(|@import|https?://\w|sourceMappingURL",
}


@pytest.mark.parametrize("part", FORBIDDEN)
def test_no_style_sheet_has_a_part_of_their_brand(part: str) -> None:
    sheets = [path for path in FILES if path.suffix == ".css"]

    assert len(sheets) == 4
    assert [path.name for path in sheets if re.search(FORBIDDEN[part], path.read_text(), flags=re.IGNORECASE)] == []


@pytest.mark.parametrize("part", ["typeface", "crown", "brand blue"])
def test_no_script_or_picture_has_a_part_of_their_brand(part: str) -> None:
    others = [path for path in FILES if path.suffix in (".js", ".svg")]

    assert [path.name for path in others if re.search(FORBIDDEN[part], path.read_text(), flags=re.IGNORECASE)] == []


def test_only_kinds_of_file_that_we_need_are_served() -> None:
    assert {path.suffix or path.name for path in FILES} == {".css", ".js", ".svg", ".json", "LICENSE"}


@pytest.mark.parametrize("package", MANIFEST, ids=lambda package: package["folder"])
def test_vendored_files_are_those_of_the_manifest(package: dict[str, object]) -> None:
    folder = VENDOR / str(package["folder"])

    digests = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.name != "LICENSE"
    }

    assert digests == package["sha256"]
    assert "MIT" in (folder / "LICENSE").read_text().split("\n", maxsplit=1)[0]


def test_the_manifest_names_versions_and_no_address() -> None:
    assert {(package["name"], package["version"]) for package in MANIFEST} == {
        ("govuk-frontend", "6.6.0"),
        ("@ministryofjustice/frontend", "11.1.0"),
    }
    assert "//" not in re.sub(r'"sha512": "[^"]*"', "", (VENDOR / "manifest.json").read_text())


def test_a_style_sheet_loses_their_brand_and_keeps_its_rules() -> None:
    theirs = (
        '@charset "UTF-8";/*! their font */@font-face{font-family:GDS Transport;src:url(a.woff)}'
        ".wanted,.other:not(.a,.b){color:#1d70b8;font-family:GDS Transport,arial,sans-serif}"
        "@media print{.other{color:red}.wanted{color:#000}}.wanted--crest{background:url(crest.svg)}"
    )

    ours = unbranded(theirs, lambda selector: "wanted" in selector)

    assert ours.split("\n") == [
        ".wanted{color:#1f5a63;font-family:var(--certify-font)}",
        "@media print{.wanted{color:#000}}",
        "",
    ]
