"""What `.importlinter` cannot say: what a package may import, how long things are, and who reads a clock."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain
from pathlib import Path
from statistics import median

import grimp
import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("certify", "labels", "schemas", "workflows")
SOURCES = {path: ast.parse(path.read_text()) for package in PACKAGES for path in (ROOT / package).rglob("*.py")}

MAY_IMPORT = {
    "schemas": {"pydantic", "yaml", "rfc8785"},
    "labels": {"schemas", "cryptography", "cbor2", "qrcode", "PIL", "pkcs11", "zxingcpp", "zopfli"}
    | {"typst", "pyhanko", "asn1crypto", "webauthn", "pydantic"},
    "workflows": {"schemas", "temporalio", "pydantic"},
    "certify": {
        *("labels", "schemas", "workflows", "cbor2", "cryptography"),
        *(
            "alembic",
            "babel",
            "fastapi",
            "httpx2",
            "jinja2",
            "obstore",
            "pwdlib",
            "pydantic",
            "pydantic_core",
            "pydantic_settings",
        ),
        *("PIL", "defusedxml", "puremagic", "pypdf", "yaml"),  # readers of files, each in one place: ONLY_IN
        *("rich", "sqlalchemy", "sqlmodel", "starlette", "structlog", "temporalio", "typer", "uuid6", "uvicorn"),
        *("cachetools", "webauthn"),
    },
}
ONLY_IN = {
    "rfc8785": {"schemas.canonical"},
    "cachetools": {"certify.web.kept_answers"},
    "webauthn": {"certify.accounts.assertions", "certify.accounts.passkeys", "labels.receipts"},
    "zxingcpp": {"labels.reading"},
    "zopfli": {"labels.status"},
    "pkcs11": {"labels.hardware_keys"},
    "typst": {"labels.certificate.document"},
    "pyhanko": {"labels.certificate.pdf_signature"},
    "defusedxml": {"certify.vault.inspection.office"},
    "puremagic": {"certify.vault.inspection.looking"},
    "pypdf": {"certify.vault.inspection.pdf"},
    "asn1crypto": {"labels.certificate.pdf_reading", "labels.certificate.pdf_signature", "labels.certificate.x509"},
}
NAMES_OF_NOTHING = {"util", "utils", "helper", "helpers", "manager", "handler", "misc"}
CLOCK = re.compile(r"\b(?:datetime\.(?:now|utcnow|today)|date\.today|time\.(?:time|monotonic|perf_counter)(?:_ns)?)$")
CHANCE = {"os", "random", "secrets", "time"}


@pytest.fixture(scope="session")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES, include_external_packages=True, cache_dir=None)


@pytest.mark.parametrize("package", PACKAGES)
def test_a_package_imports_only_what_the_design_allows_it(graph: grimp.ImportGraph, package: str) -> None:
    modules = {package, *graph.find_descendants(package)}
    imported = {name.split(".")[0] for module in modules for name in graph.find_modules_directly_imported_by(module)}
    assert imported - set(sys.stdlib_module_names) - {package} <= MAY_IMPORT[package]


@pytest.mark.parametrize("library", ONLY_IN)
def test_a_library_with_one_room_is_imported_there_only(graph: grimp.ImportGraph, library: str) -> None:
    assert graph.find_modules_that_directly_import(library) == ONLY_IN[library]


OPENING = {
    "labels.keys.open": {"certify/programs/signing_keys.py"},
    "labels.keys.open_root": {"certify/programs/key_making.py"},
}


@pytest.mark.parametrize("function", OPENING)
def test_a_key_is_opened_in_one_place(function: str) -> None:
    short = function.removeprefix("labels.")
    opening = {
        path.relative_to(ROOT).as_posix()
        for path, tree in SOURCES.items()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Attribute) and ast.unparse(node) in {short, function})
        or (isinstance(node, ast.ImportFrom) and node.module == "labels.keys")
    }
    assert opening == OPENING[function]


def test_words_marks_and_rules_read_no_clock() -> None:
    found = {
        path.relative_to(ROOT).as_posix()
        for path, tree in SOURCES.items()
        if path.relative_to(ROOT).parts[0] != "certify"
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and CLOCK.search(ast.unparse(node))
    }
    assert found == {"labels/__main__.py"}, "the offline verifier is a program; the others are told what time it is"


@pytest.mark.parametrize("package", ["schemas", "workflows"])
def test_what_is_replayed_has_no_source_of_chance(graph: grimp.ImportGraph, package: str) -> None:
    for module in {package, *graph.find_descendants(package)}:
        assert not CHANCE & graph.find_modules_directly_imported_by(module), module


def test_no_file_is_longer_than_400_lines_and_half_are_short() -> None:
    tests = (ROOT / "tests").rglob("*.py")
    lengths = {path.relative_to(ROOT).as_posix(): len(path.read_text().splitlines()) for path in chain(SOURCES, tests)}
    assert {name: length for name, length in lengths.items() if length > 400} == {}
    assert median(lengths.values()) <= 120


def functions() -> Iterator[tuple[str, int]]:
    for path, tree in SOURCES.items():
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
                yield f"{path.relative_to(ROOT)}:{node.name}", node.end_lineno - node.lineno + 1


def test_half_of_the_functions_have_12_lines_at_most_and_nine_in_ten_40() -> None:
    lengths = sorted(length for name, length in functions() if "migrations/versions" not in name)
    assert median(lengths) <= 12
    assert lengths[len(lengths) * 9 // 10] <= 40


def test_a_name_says_what_it_is() -> None:
    for path in chain(SOURCES, (ROOT / "tests").rglob("*.py")):
        assert not NAMES_OF_NOTHING & set(path.stem.split("_")), path
    assert not [name for name, _ in functions() if re.search(r":_*(handle|process)_", name)]


def test_the_lock_names_versions_and_hashes_and_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    assert not re.search(r"^\s*(?:-i|-f|--\w*index\w*|--find-links)\b", lock, re.MULTILINE)


def test_the_tree_names_no_path_of_one_machine() -> None:
    place = re.compile(rb"(?<![\w./:-])(?:/(?:home|Users|root|workspace|mnt)/[\w.-]|%s\b)" % re.escape(bytes(ROOT)))
    assert place.search(b"data in %s/demo-data" % bytes(ROOT))
    files = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True).stdout
    paths = [ROOT / name.decode() for name in files.split(b"\0") if name]
    assert [path for path in paths if path.is_file() and place.search(path.read_bytes())] == []
