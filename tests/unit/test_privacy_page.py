"""docs/privacy.md says what there is: every table, every class, every setting that names a place, and real commands."""

import re
from pathlib import Path

from sqlmodel import SQLModel

from certify.config import Settings
from certify.procedure.data_inventory import PLACES, TABLES
from certify.procedure.retention_classes import CLASSES
from certify.programs.act_addresses import act_addresses
from certify.register.schema import load_tables
from certify.register.tables import WORKING
from certify.vault import key_tables
from scripts.publish_privacy import with_tables
from tests.unit.certify.test_verbs import verbs

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "privacy.md").read_text(encoding="utf-8")
DPIA = (ROOT / "docs" / "operate" / "dpia.md").read_text(encoding="utf-8")


def test_every_table_stands_in_the_inventory_once() -> None:
    load_tables()
    names = [one.name for one in TABLES]
    assert sorted(names) == sorted({*SQLModel.metadata.tables, *key_tables.METADATA.tables})


def test_every_working_table_has_a_class_of_its_own_or_says_how_long() -> None:
    for one in TABLES:
        assert one.kept in CLASSES or " " in one.kept, one.name
    classed = {one.name for one in TABLES if one.kept in CLASSES}
    kept_otherwise = {"image_handed_in", "scan_count"}
    assert WORKING - classed == kept_otherwise


def test_every_class_has_something_in_it() -> None:
    used = {one.kept for one in (*TABLES, *PLACES)} | {name for name in CLASSES if f"(class {name})" in PAGE}
    assert set(CLASSES) - used == set()


def test_the_page_is_what_the_code_says() -> None:
    assert with_tables(PAGE) == PAGE
    for one in TABLES:
        assert f"| `{one.name}` |" in PAGE
    for name in CLASSES:
        assert f"| `{name}` |" in PAGE


def test_every_place_that_settings_name_is_told() -> None:
    places = {
        f"CERTIFY_{name.upper()}"
        for name in Settings.model_fields
        if name.endswith(("_url", "_urls", "_uri", "_file")) and not name.endswith("_url_file")
    }
    told = set(re.findall(r"CERTIFY_\w+", PAGE))
    public = {"CERTIFY_PUBLIC_URL", "CERTIFY_FILES_URL", "CERTIFY_WITNESS_KEY_URI", "CERTIFY_WITNESS_PASSPHRASE_FILE"}
    keys = {f"CERTIFY_{name}" for name in ("KEYS_PASSPHRASE_FILE", "SIGNING_KEYS_FILE", "KEY_SET_FILE", "ROOT_FILE")}
    keys.add("CERTIFY_SIGNED_KEY_SET_FILE")
    assert places - told == public | keys
    assert told - places == {"CERTIFY_DATA"}


def test_every_command_that_the_page_names_is_there() -> None:
    known = {*verbs()}
    named = set(re.findall(r"certify ((?:audit|vault|keys) \w+(?:-\w+)*|retention|check|act|up)", PAGE))
    assert named
    assert {one for one in named if one not in known} == set()


def test_ended_workflows_are_kept_for_thirty_days_at_most() -> None:
    hours = re.findall(r"--retention (\d+)h", (ROOT / "docker-compose.yml").read_text() + PAGE)
    assert hours
    assert {int(one) <= 30 * 24 for one in hours} == {True}


def test_every_act_of_a_hold_that_the_page_names_is_there() -> None:
    known = {one.word for one in act_addresses() if one.collection == "holds"}
    named = set(re.findall(r"certify act holds (?:ID )?([\w-]+)", PAGE))
    assert named == {"ask-hold", "confirm-hold", "ask-lifting", "lift-hold"}
    assert named <= known


def test_both_laws_are_named_on_both_pages_and_the_clock_has_both_hours() -> None:
    for page in (PAGE, DPIA):
        assert {"GDPR", "152-FZ"} <= {*re.findall(r"GDPR|152-FZ", page)}
    assert "**24 h**" in PAGE
    assert "**72 h**" in PAGE
