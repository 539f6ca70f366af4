"""What of an account of a label is proved, and what the operator alone says (issue 4; label.md, 4; security, T21)."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from labels.mirror.folder import INFORMATION
from labels.mirror.labels import CERTIFIED, LOGGED, ONLY_TOLD, PAPERS, SIGNED
from labels.mirror.verification import verify_mirror
from labels.root import Root
from schemas.public_facts import PublicFacts
from tests.unit.labels.mirror.asked import changed, codes, path_of, verified
from tests.unit.labels.mirror.made import ROOT, Made, later, sealed


@pytest.fixture
def older(made: Made, tmp_path: Path) -> Path:
    """A mirror of two hours after its labels were seen."""
    made.seen_at = made.listed_at = later(hours=2)
    return made.mirror(tmp_path / "older")


def tell(made: Made, folder: Path, **facts: Any) -> None:
    """Tell other facts of a label."""
    path = path_of(made, "one", folder).relative_to(folder).as_posix()
    changed(folder, path, lambda told: told["facts"].update(facts))


def test_facts_without_papers_are_not_proved(older: Path, made: Made) -> None:
    assert verified(older) == []
    for name in PAPERS:
        path_of(made, "one", older, name).unlink()
    tell(made, older, purpose="Flies", met=3, not_applicable=0)

    report = verify_mirror(older, root=Root.of(ROOT))

    assert codes(report) == ["certificate_missing", "paper_missing"]
    assert len(report.false) == len(PAPERS)
    assert not [line for line in report.proved if line.startswith(("Accounts", "Certificates"))]


@pytest.mark.parametrize("name", PAPERS)
def test_each_paper_that_a_label_should_have_is_missed(older: Path, made: Made, name: str) -> None:
    path_of(made, "one", older, name).unlink()

    assert verified(sealed(older)) == ["certificate_missing" if name == "certificate.cose" else "paper_missing"]


def test_papers_of_a_label_of_the_last_hour_are_awaited_and_counted_as_lacking(mirror: Path, made: Made) -> None:
    for name in PAPERS:
        path_of(made, "one", mirror, name).unlink()

    report = verify_mirror(sealed(mirror), root=Root.of(ROOT))

    assert codes(report) == []
    assert [line for line in report.proved if line.startswith("Certificates: of 2 of 3 labels")]
    assert [line for line in report.told if line.startswith("1 labels of the last hour have no certificate yet")]


def test_a_label_whose_proof_is_gone_too_is_of_no_last_hour(mirror: Path, made: Made) -> None:
    for name in ("certificate.cose", "label.tlog-proof"):
        path_of(made, "one", mirror, name).unlink()

    assert verified(sealed(mirror)) == ["certificate_missing", "proof_missing"]


def test_every_fact_is_proved_by_something_or_named_as_only_told() -> None:
    counted = Counter((*LOGGED, *SIGNED, *CERTIFIED, *ONLY_TOLD))

    assert set(counted) == {*PublicFacts.model_fields, "holder_seats"}
    assert set(counted.values()) == {1}


def test_what_the_operator_alone_says_is_named_whatever_it_is(older: Path, made: Made) -> None:
    tell(made, older, experts=9, own_tests=2, governed_by="yes")

    report = verify_mirror(older, root=Root.of(ROOT))

    assert codes(report) == []
    (line,) = [one for one in report.told if one.startswith("The operator alone says")]
    assert all(name in line for name in ("experts", "own_tests", "governed_by", "websites"))
    assert all(name not in "".join(report.proved) for name in ONLY_TOLD)
    assert report.as_json()["told"] == report.told


@pytest.mark.parametrize("fact", CERTIFIED)
def test_what_a_certificate_says_cannot_be_told_otherwise(older: Path, made: Made, fact: str) -> None:
    other = {"languages": ["ru"], "total": 9, "met": 9, "not_applicable": 9}.get(fact, "Other")
    tell(made, older, **{fact: other})

    assert verified(older) == ["paper_differs"]


@pytest.mark.parametrize("scheme", [{"id": "large"}, {"version": "2"}])
def test_the_scheme_is_named_as_the_log_has_it(older: Path, made: Made, scheme: dict[str, str]) -> None:
    path = path_of(made, "one", older).relative_to(older).as_posix()
    changed(older, path, lambda told: told["facts"]["scheme"].update(scheme))

    assert "label_differs" in verified(older)


def test_files_that_are_there_to_be_read_alone_are_named_as_not_proved(mirror: Path) -> None:
    for name in INFORMATION:
        (mirror / name).write_text("whatever the operator says")

    report = verify_mirror(sealed(mirror), root=Root.of(ROOT))

    assert codes(report) == []
    (line,) = [one for one in report.told if one.startswith("For information")]
    assert all(name in line for name in INFORMATION)


def test_a_file_that_is_no_part_of_a_mirror_is_named_as_not_proved(mirror: Path, made: Made) -> None:
    folder = path_of(made, "one", mirror).parent
    for path in (mirror / "notice.html", folder / "label.png", mirror / "log" / "notes.txt"):
        path.write_text("whatever somebody says")

    report = verify_mirror(sealed(mirror), root=Root.of(ROOT))

    assert codes(report) == []
    (line,) = [one for one in report.told if one.startswith("Files that are no part of a mirror, 3: ")]
    assert all(name in line for name in ("notice.html", "label.png", "log/notes.txt"))
    assert [one for one in report.told if one.startswith("Certificates as PDF")]
