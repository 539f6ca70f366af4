"""A mirror proves labels, standing and history alone (issue 4; label.md, 4; security, T21, T27, I9, I18)."""

import json
import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from labels.key_set import KeySet, TrustedKey, Use
from labels.log.sequencer import HEAD
from labels.mirror.verification import verify_mirror
from labels.root import Root, RootSigners
from labels.signed_key_set import sign_key_set
from schemas.errors import CouldNotCheck
from schemas.label import Standing
from schemas.public_log import KeySetStatement, ParticipantStatement, StandingStatement
from tests.unit.labels.mirror.asked import changed, codes, label_paths, verified
from tests.unit.labels.mirror.made import (
    DECIDED,
    EXPIRES,
    KEYS,
    ORIGIN,
    ROOT,
    SCHEME_DIGEST,
    Made,
    key,
    later,
    sealed,
)

# What holds


def test_a_mirror_proves_itself_with_a_root_that_the_reader_pinned(mirror: Path, root: Root) -> None:
    report = verify_mirror(mirror, root=root, origin=ORIGIN)

    assert codes(report) == []
    assert report.standings == {"in_force": 1, "suspended": 1, "withdrawn": 1}
    assert (report.size, report.key_set_version, report.root_pinned) == (12, 1, True)
    assert len(report.proved) == 11


def test_without_a_pinned_root_the_report_says_whose_root_was_believed(mirror: Path, root: Root) -> None:
    report = verify_mirror(mirror)

    assert codes(report) == []
    assert (report.root_fingerprint, report.root_pinned) == (root.fingerprint, False)


def test_a_mirror_of_an_earlier_state_holds_years_later(mirror: Path) -> None:
    assert verify_mirror(mirror, root=Root.of(ROOT)).as_of == datetime(2026, 3, 2, 9, tzinfo=UTC)


def test_who_asks_about_another_day_is_told_that_its_lists_tell_nothing_of_it(mirror: Path) -> None:
    report = verify_mirror(mirror, root=Root.of(ROOT), moment=later(days=3))

    assert ([one.code for one in report.false], codes(report)) == ([], ["list_stale"])


def test_a_label_past_its_end_is_told_as_expired(made: Made, tmp_path: Path) -> None:
    made.seen_at = made.listed_at = datetime(2028, 3, 1, tzinfo=UTC)
    report = verify_mirror(made.mirror(tmp_path), root=Root.of(ROOT))

    assert codes(report) == []
    assert report.standings == {"expired": 2, "withdrawn": 1}


def test_files_that_nobody_mirrored_are_nobodys_business(mirror: Path) -> None:
    (mirror / "robots.txt").write_text("User-agent: *")

    assert verified(mirror) == []


# Whom to believe


def test_a_mirror_signed_by_another_root_than_the_pinned_one_cannot_be_checked(mirror: Path) -> None:
    stranger = Root.of(RootSigners(key("stranger"), ROOT.ml_dsa_65))

    with pytest.raises(CouldNotCheck) as refused:
        verify_mirror(mirror, root=stranger)
    assert refused.value.code == "wrong_root"


def test_a_folder_that_is_no_mirror_cannot_be_checked(tmp_path: Path) -> None:
    with pytest.raises(CouldNotCheck) as refused:
        verify_mirror(tmp_path)
    assert refused.value.code == "not_a_mirror"


def test_the_log_of_another_register_is_not_the_one_expected(mirror: Path) -> None:
    assert verified(mirror, origin="v.example.org/log") == ["checkpoint_other_log"]


def test_a_checkpoint_that_no_witness_saw_is_not_believed(mirror: Path, made: Made) -> None:
    (mirror / "log/checkpoint").write_bytes(made.log[HEAD])
    sealed(mirror)

    assert verified(mirror) == ["checkpoint_not_witnessed"]


def test_one_witness_is_not_two(mirror: Path) -> None:
    assert verified(mirror, quorum=2) == ["checkpoint_not_witnessed"]
    assert verify_mirror(mirror, quorum=2).false == [], "what another witness has not seen may yet be true"


def test_a_version_of_the_key_set_that_was_taken_out_is_missed(made: Made, tmp_path: Path) -> None:
    new = TrustedKey(key("label 2").public_key, datetime(2027, 1, 1, tzinfo=UTC).date(), EXPIRES.date())
    made.publish_keys(KeySet((*KEYS.keys, new)))
    mirror = made.mirror(tmp_path)
    assert verified(mirror) == []

    (mirror / "keys/key-set-1.cose").unlink()
    assert verified(sealed(mirror)) == ["key_set_missing"]


def test_the_last_version_of_the_key_set_cannot_be_hidden_behind_the_one_before(made: Made, tmp_path: Path) -> None:
    compromised = KEYS.with_compromised(KEYS.of_use(Use.STATUS).keys[0], DECIDED)
    first = made.key_sets[0]
    made.publish_keys(compromised)
    mirror = made.mirror(tmp_path)
    (mirror / "keys/key-set-2.cose").unlink()
    (mirror / ".well-known/label-keys").write_bytes(first.signed)
    (mirror / ".well-known/jwks.json").write_text(first.as_jwks())
    changed(mirror, "offline.bundle", lambda bundle: bundle.update(keys=json.loads(first.as_jwks())))

    assert verified(mirror) == ["key_set_missing"]


def test_a_key_set_that_the_log_never_named_is_not_taken_for_one_it_names(mirror: Path) -> None:
    other = sign_key_set(KEYS, version=1, issued_at=later(days=1), root=ROOT)
    for path, content in {
        "keys/key-set-1.cose": other.signed,
        ".well-known/label-keys": other.signed,
        ".well-known/jwks.json": other.as_jwks().encode(),
    }.items():
        (mirror / path).write_bytes(content)
    changed(mirror, "offline.bundle", lambda bundle: bundle.update(keys=json.loads(other.as_jwks())))

    assert verified(mirror) == ["key_set_differs"]


def test_a_jwk_set_with_a_key_more_is_not_made_from_the_signed_one(mirror: Path) -> None:
    more = KeySet((*KEYS.keys, TrustedKey(key("mine").public_key, DECIDED.date(), EXPIRES.date())))
    (mirror / ".well-known/jwks.json").write_text(more.as_json())

    assert verified(sealed(mirror)) == ["key_set_differs"]


# What lies in the log


@pytest.mark.parametrize("tile", ["log/tile/0/000.p/12", "log/tile/entries/000.p/12"])
def test_a_tile_that_is_missing_is_named(mirror: Path, tile: str) -> None:
    (mirror / tile).unlink()

    assert verified(sealed(mirror)) == ["tile_missing"]


def test_an_entry_whose_statement_was_changed_is_not_under_the_root(mirror: Path) -> None:
    path = mirror / "log/tile/entries/000.p/12"
    path.write_bytes(path.read_bytes().replace(b"Acme Vision", b"Acme Virion"))

    assert verified(sealed(mirror)) == ["root_differs"]


@pytest.mark.parametrize(
    ("lie", "expected"),
    [
        (lambda made: made.issue("one", decision="case-one/9"), ["issued_twice"]),
        (lambda made: made.issue("more", decision="case-one/9"), ["not_one_decision"]),
        (lambda made: made.issue("free", decision="none"), ["issue_without_decision"]),
        (lambda made: made.issue("on", decision="label/x/9", prolongs="0" * 16), ["issue_without_decision"]),
        (lambda made: made.decide("case-one/9"), ["decided_twice"]),
        (lambda made: made.step(next(iter(made.tokens)), Standing.SUSPENDED, version=3), ["step_skipped"]),
        (lambda made: made.step([*made.tokens][2], Standing.IN_FORCE), ["step_after_end"]),
        (
            lambda made: made.say(
                StandingStatement(
                    label="0" * 16, version=2, standing="suspended", because="mark_misused", at=DECIDED
                )
            ),
            ["step_without_issue"],
        ),
        (lambda made: made.say_bytes(b'{"digest": "of another spelling"}'), ["entry_unreadable"]),
        (lambda made: made.say(KeySetStatement(version=3, digest="0" * 64)), ["key_set_missing", "key_set_skipped"]),
    ],
)  # fmt: skip
def test_what_the_body_itself_logged_and_cannot_be_so_is_named(
    made: Made, tmp_path: Path, lie: Callable[[Made], object], expected: list[str]
) -> None:
    lie(made)

    assert verified(made.mirror(tmp_path)) == expected


def test_a_decision_under_a_scheme_that_was_not_adopted_is_named(tmp_path: Path) -> None:
    made = Made()
    made.publish_keys(KEYS)
    made.grant("one")

    assert verified(made.mirror(tmp_path)) == ["label_differs", "scheme_not_adopted"]


# Lists, scheme, Register


def test_a_list_that_tells_a_suspended_label_as_in_force_is_named(made: Made, tmp_path: Path) -> None:
    made.listed[[*made.tokens][1]] = Standing.IN_FORCE

    assert verified(made.mirror(tmp_path)) == ["status_differs"]


def test_an_older_list_beside_a_newer_log_is_named(made: Made, tmp_path: Path) -> None:
    made.listed_at = later(minutes=-16)

    assert verified(made.mirror(tmp_path)) == ["list_before_log"]


def test_a_list_that_is_missing_is_named(mirror: Path) -> None:
    (mirror / "s/0").unlink()

    assert verified(sealed(mirror)) == ["bundle_differs", "list_missing"]


def test_a_list_signed_by_a_status_key_that_was_stolen_is_not_believed(made: Made, tmp_path: Path) -> None:
    made.publish_keys(KEYS.with_compromised(KEYS.of_use(Use.STATUS).keys[0], DECIDED))

    assert verified(made.mirror(tmp_path)) == ["list_not_signed"]


def test_an_index_of_lists_of_another_register_is_named(mirror: Path) -> None:
    changed(mirror, "s/index.json", lambda told: told.update(status_lists=["https://v.example.org/s/0"]))

    assert verified(mirror) == ["list_index_differs"]


def test_a_scheme_that_was_changed_is_not_the_adopted_one(mirror: Path) -> None:
    (mirror / f"scheme/{SCHEME_DIGEST}/scheme.json").write_text('{"scheme":"large"}')

    assert verified(sealed(mirror)) == ["scheme_differs"]


def test_a_scheme_that_is_missing_is_named(mirror: Path) -> None:
    (mirror / f"scheme/{SCHEME_DIGEST}/scheme.json").unlink()

    assert verified(sealed(mirror)) == ["scheme_missing"]


def test_a_register_with_a_participant_more_is_named(mirror: Path) -> None:
    more = {"organisation": "b", "name": "B", "country": "EE", "entered_at": "2026-03-01T09:00:00Z"}
    changed(mirror, "register.json", lambda told: told["participants"].append({"kind": "participant", **more}))

    assert verified(mirror) == ["register_differs"]


def test_a_register_tells_what_was_said_last(made: Made, tmp_path: Path) -> None:
    left = {"organisation": "acme", "name": "Acme Vision", "country": "EE", "entered_at": DECIDED, "left_at": DECIDED}
    made.say(ParticipantStatement(**left))
    mirror = made.mirror(tmp_path)

    assert verified(mirror) == []
    (told,) = json.loads((mirror / "register.json").read_bytes())["participants"]
    assert told["left_at"] is not None


@pytest.mark.parametrize("change", [{"checkpoint": "none"}, {"status": {}}, {"notice": "whatever somebody says"}])
def test_a_bundle_that_is_not_made_of_the_mirror_is_named(mirror: Path, change: dict[str, object]) -> None:
    changed(mirror, "offline.bundle", lambda told: told.update(change))

    assert verified(mirror) == ["bundle_differs"]


# The folder


def test_a_manifest_of_another_checkpoint_is_named(mirror: Path) -> None:
    changed(mirror, "mirror.json", lambda told: told.update(size=11))
    document = json.loads((mirror / "mirror.json").read_bytes())
    (mirror / "mirror.json").write_text(json.dumps({**document, "size": 11}))

    assert verified(mirror) == ["manifest_differs"]


@pytest.mark.parametrize("path", ["../outside", "/etc/passwd", "a/../../b", "C:/x", "a\\b", "./a"])
def test_a_manifest_that_leads_out_of_the_folder_is_refused(mirror: Path, path: str) -> None:
    document = json.loads((mirror / "mirror.json").read_bytes())
    document["files"][path] = "0" * 64
    (mirror / "mirror.json").write_text(json.dumps(document))

    with pytest.raises(CouldNotCheck) as refused:
        verify_mirror(mirror)
    assert refused.value.code == "not_a_mirror"


def test_a_link_is_no_file_of_a_mirror(mirror: Path, tmp_path: Path) -> None:
    content = (mirror / "register.json").read_bytes()
    (tmp_path / "elsewhere").write_bytes(content)
    (mirror / "register.json").unlink()
    (mirror / "register.json").symlink_to(tmp_path / "elsewhere")

    assert verified(mirror) == ["file_missing", "register_unreadable"]


def test_every_single_byte_that_changes_in_what_was_published_is_found(mirror: Path) -> None:
    """Fifty of them, at places drawn with a seed, and with a manifest that was made to fit (security, F25)."""
    drawn = random.Random(2026)  # noqa: S311  # places to damage, the same in every run
    kinds = ("log/tile/*/000.p/12", "log/checkpoint", "labels/*/label.tlog-proof", "s/0", "labels/*/certificate.cose")
    files = sorted(path for kind in kinds for path in mirror.glob(kind))
    for number in range(50):
        path = files[number % len(files)]
        content = path.read_bytes()
        place = drawn.randrange(len(content))
        path.write_bytes(content[:place] + bytes([content[place] ^ drawn.randrange(1, 256)]) + content[place + 1 :])
        assert verified(sealed(mirror)) != [], (path, place)
        path.write_bytes(content)
    assert verified(sealed(mirror)) == []


def test_without_the_manifest_made_to_fit_any_damage_is_named_by_its_file(mirror: Path) -> None:
    path = label_paths(mirror, "certificate.cose")[0]
    path.write_bytes(path.read_bytes() + b"\0")

    report = verify_mirror(mirror, root=Root.of(ROOT))
    assert ("file_differs", path.relative_to(mirror).as_posix()) in [(one.code, one.where) for one in report.false]
