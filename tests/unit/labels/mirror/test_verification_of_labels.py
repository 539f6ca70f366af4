"""What a mirror tells of a label is what was logged, signed and proved of it (label.md, 4 and 5; security, T21)."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from labels.encoding import to_base36
from labels.key_set import GRACE, KeySet, TrustedKey, Use
from labels.mirror.verification import verify_mirror
from labels.root import Root
from labels.signing import prepare, sign
from schemas.public_log import ParticipantStatement
from tests.unit.labels.mirror.asked import changed, codes, label_paths, path_of, verified
from tests.unit.labels.mirror.made import (
    DECIDED,
    EXPIRES,
    FIRST,
    KEYS,
    LABEL,
    ROOT,
    SEEN,
    Made,
    key,
    later,
    sealed,
    witnessed,
)

DAY = timedelta(days=1)


def test_the_proof_of_another_label_proves_nothing(mirror: Path, made: Made) -> None:
    proof = path_of(made, "one", mirror, "label.tlog-proof").read_bytes()
    path_of(made, "two", mirror, "label.tlog-proof").write_bytes(proof)

    assert verified(sealed(mirror)) == ["proof_not_valid"]


def test_the_proof_of_another_label_that_carries_this_ones_entry_proves_nothing(mirror: Path, made: Made) -> None:
    first, second = (path_of(made, name, mirror, "label.tlog-proof") for name in ("one", "two"))
    extra = next(line for line in second.read_text().splitlines() if line.startswith("extra "))
    lines = [extra if line.startswith("extra ") else line for line in first.read_text().split("\n")]
    second.write_text("\n".join(lines))

    assert verified(sealed(mirror)) == ["proof_not_valid"]


def test_a_label_without_its_proof_is_named(mirror: Path, made: Made) -> None:
    path_of(made, "one", mirror, "label.tlog-proof").unlink()

    assert verified(sealed(mirror)) == ["proof_missing"]


def test_a_proof_from_a_log_that_forked_is_named(made: Made, tmp_path: Path) -> None:
    """A stolen log key and a witness that lost its memory: the proof holds by itself, and leads to another log."""
    mirror = made.mirror(tmp_path)
    other = Made()
    other.begin()
    (other_label,) = [other.grant("one")]
    other.say(ParticipantStatement(organisation="new", name="New", country="EE", entered_at=DECIDED))
    index = other.history.labels[other_label].index
    path_of(made, "one", mirror, "label.tlog-proof").write_text(other.proof(index))

    assert verified(sealed(mirror)) == ["proof_differs"]


def test_a_proof_whose_only_witness_counts_no_more_cannot_be_checked(made: Made, tmp_path: Path) -> None:
    second = key("second witness")
    lost = KEYS.with_compromised(KEYS.of_use(Use.WITNESS).keys[0], DECIDED)
    made.publish_keys(KeySet((*lost.keys, TrustedKey(second.public_key, DECIDED.date(), EXPIRES.date(), Use.WITNESS))))
    made.checkpoint = lambda: witnessed(made.sequencer.head, made.seen_at, second)  # type: ignore[method-assign]
    report = verify_mirror(made.mirror(tmp_path), root=Root.of(ROOT))

    assert ([one.code for one in report.false], codes(report)) == ([], ["proof_not_witnessed"])


@pytest.mark.parametrize(
    "days", [(SEEN.date() + DAY, EXPIRES.date()), (FIRST, SEEN.date() - GRACE - DAY)], ids=["not yet", "no more"]
)
def test_a_label_that_witnesses_saw_when_its_key_was_not_in_use_is_not_authentic(
    made: Made, tmp_path: Path, days: tuple[date, date]
) -> None:
    (of_labels,) = KEYS.of_use(Use.LABEL).keys
    moved = replace(of_labels, valid_from=days[0], valid_to=days[1])
    made.publish_keys(KeySet(tuple(moved if one == of_labels else one for one in KEYS.keys)))

    assert verified(made.mirror(tmp_path)) == ["token_not_authentic"]


def compromised(made: Made, at: datetime) -> None:
    """Publish that the label key may be in other hands."""
    made.publish_keys(KEYS.with_compromised(KEYS.of_use(Use.LABEL).keys[0], at))


def test_a_label_that_witnesses_saw_before_its_key_was_stolen_stays_authentic(made: Made, tmp_path: Path) -> None:
    compromised(made, later(seconds=1))

    assert verified(made.mirror(tmp_path)) == []


def test_a_label_that_witnesses_saw_after_its_key_was_stolen_is_not_authentic(made: Made, tmp_path: Path) -> None:
    compromised(made, later(seconds=-1))

    assert verified(made.mirror(tmp_path)) == ["token_not_authentic"]


def test_a_label_signed_by_a_key_outside_the_key_set_is_not_authentic(made: Made, tmp_path: Path) -> None:
    made.decide("case-mine/9")
    made.issue("mine", decision="case-mine/9", signer=key("mine"))

    assert verified(made.mirror(tmp_path)) == ["token_not_authentic"]


def test_a_token_of_another_label_is_not_this_ones(made: Made, tmp_path: Path) -> None:
    token = to_base36(sign(prepare(made.tokens[next(iter(made.tokens))]), LABEL))
    made.decide("case-twin/9")
    made.issue("twin", decision="case-twin/9", token=token)

    assert verified(made.mirror(tmp_path)) == ["token_differs"]


def test_two_labels_with_one_place_in_the_status_list_are_named(made: Made, tmp_path: Path) -> None:
    made.decide("case-four/9")
    made.issue("four", decision="case-four/9", status_index=0)

    assert verified(made.mirror(tmp_path)) == ["number_twice"]


def test_a_label_told_as_in_force_while_log_and_list_say_suspended_is_named(mirror: Path, made: Made) -> None:
    path = path_of(made, "two", mirror).relative_to(mirror).as_posix()
    changed(mirror, path, lambda told: told.update(standing="in_force"))

    assert verified(mirror) == ["standing_differs"]


def test_a_step_that_was_left_out_of_what_is_told_is_named(mirror: Path, made: Made) -> None:
    path = path_of(made, "three", mirror).relative_to(mirror).as_posix()
    changed(mirror, path, lambda told: told["steps"].pop(1))

    assert verified(mirror) == ["standing_differs"]


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("facts", "purpose"), "Drives"),
        (("facts", "tally", "in_favour"), 5),
        (("facts", "met"), 3),
        (("facts", "holder"), "Someone Else"),
        (("facts", "version"), "2"),
        (("facts", "scheme", "digest"), "0" * 64),
        (("facts", "decided_at"), "2026-03-02T09:00:00Z"),
        (("tier",), "high"),
        (("number",), "0000"),
        (("expires_at",), "2029-02-28T23:59:59Z"),
        (("kid",), "00000000"),
    ],
)
def test_a_fact_that_is_told_otherwise_than_it_was_decided_or_signed_is_named(
    mirror: Path, made: Made, path: tuple[str, ...], value: object
) -> None:
    def change(told: Any) -> None:
        for step in path[:-1]:
            told = told[step]
        told[path[-1]] = value

    changed(mirror, path_of(made, "one", mirror).relative_to(mirror).as_posix(), change)

    assert verified(mirror) in (["label_differs"], ["paper_differs"], ["label_differs", "paper_differs"])


def test_an_account_of_a_label_that_the_log_has_not_is_named(mirror: Path) -> None:
    (mirror / "labels" / ("Z" * 16)).mkdir()
    (mirror / "labels" / ("Z" * 16) / "label.json").write_bytes(label_paths(mirror)[0].read_bytes())

    assert verified(sealed(mirror)) == ["label_not_logged"]


def test_a_label_of_the_log_that_is_not_told_is_missed(mirror: Path) -> None:
    label_paths(mirror)[0].unlink()

    assert verified(sealed(mirror)) == ["label_missing"]


def test_an_account_that_cannot_be_read_is_named(mirror: Path) -> None:
    label_paths(mirror)[0].write_text("{}")

    assert verified(sealed(mirror)) == ["label_unreadable"]


def test_the_certificate_of_another_label_is_not_this_ones(mirror: Path, made: Made) -> None:
    first, second = (path_of(made, name, mirror, "certificate.cose") for name in ("one", "two"))
    second.write_bytes(first.read_bytes())

    assert verified(sealed(mirror)) == ["paper_differs"]


def test_a_paper_whose_key_may_be_in_other_hands_is_named(made: Made, tmp_path: Path) -> None:
    made.publish_keys(KEYS.with_compromised(KEYS.of_use(Use.CERTIFICATE).keys[0], later(days=1)))

    assert verified(made.mirror(tmp_path)) == ["paper_key_compromised"]


def test_a_paper_that_nobody_signed_is_named(mirror: Path, made: Made) -> None:
    path = path_of(made, "one", mirror, "certificate.cose")
    path.write_bytes(path.read_bytes()[:-1] + b"\0")

    assert verified(sealed(mirror)) == ["paper_not_valid"]
