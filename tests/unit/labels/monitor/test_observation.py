"""A monitor outside sees the log only grow, or keeps the proof that it did not (security, I10, T27; RFC 9162, 8.2)."""

from datetime import timedelta
from pathlib import Path

import pytest

from labels.log.checkpoints import signed
from labels.log.notes import parse
from labels.log.tiles import bundled, entries_in
from labels.monitor.memory import CHECKPOINT, Memory
from schemas.errors import CouldNotCheck
from tests.unit.labels.mirror.made import LOG, Made, key, later, witnessed
from tests.unit.labels.monitor.conftest import Visited, grown, said

CHECKPOINT_PATH, FIRST, LAST = "log/checkpoint", "log/tile/entries/000", "log/tile/entries/001.p/44"


def other_register(size: int) -> Made:
    """A register with the same keys that says something else from its fourth entry on."""
    other = Made()
    other.begin()
    other.grant("other")
    return grown(other, max(size, other.sequencer.size))


def tampered(content: bytes) -> bytes:
    return content[:-1] + bytes([content[-1] ^ 1])


# What holds


def test_the_first_visit_hashes_every_entry_and_remembers_the_checkpoint(visited: Visited) -> None:
    found = visited.observe()

    assert said(found) == ([], [])
    assert (found.since, found.size, found.entries, found.remembered) == (None, 300, 300, True)
    assert {FIRST, LAST} <= {*visited.server.asked}
    assert (visited.folder / CHECKPOINT).read_bytes() == visited.server.files[CHECKPOINT_PATH]


def test_a_later_visit_fetches_what_is_new_and_not_what_was_hashed_before(visited: Visited) -> None:
    visited.observe()
    visited.made.grant("two")
    visited.publishes()
    visited.server.asked.clear()
    found = visited.observe()

    assert said(found) == ([], [])
    assert (found.since, found.size, found.entries) == (300, 302, 2)
    assert FIRST not in visited.server.asked
    assert "log/tile/entries/001.p/46" in visited.server.asked


def test_a_log_at_rest_is_known_by_its_checkpoint_alone(visited: Visited) -> None:
    visited.observe()
    visited.publishes(seen_at=later(minutes=5))
    visited.server.asked.clear()
    found = visited.observe(later(minutes=6))

    assert said(found) == ([], [])
    assert visited.server.asked == [CHECKPOINT_PATH]
    assert visited.memory.checkpoint() is not None
    assert (visited.folder / CHECKPOINT).read_bytes() == visited.server.files[CHECKPOINT_PATH]


def test_a_partial_tile_that_became_full_meanwhile_is_read_from_the_full_one(visited: Visited) -> None:
    checkpoint = visited.server.files[CHECKPOINT_PATH]
    grown(visited.made, 600)
    visited.publishes()
    visited.server.files[CHECKPOINT_PATH] = checkpoint

    assert LAST not in visited.server.files
    assert said(visited.observe()) == ([], [])


# What contradicts what was signed


@pytest.mark.parametrize("size", [301, 300, 299, 10])
def test_a_fork_is_false_and_both_signed_checkpoints_are_kept(visited: Visited, size: int) -> None:
    visited.observe()
    before = visited.server.files[CHECKPOINT_PATH]
    visited.publishes(other_register(size), seen_at=later(minutes=1))
    found = visited.observe()

    assert said(found) == ((["log_forked"] if size >= 300 else ["log_shrunk"]), [])
    assert found.evidence is not None
    assert (found.evidence / "remembered").read_bytes() == before
    assert (found.evidence / "found").read_bytes() == visited.server.files[CHECKPOINT_PATH]
    assert (visited.folder / CHECKPOINT).read_bytes() == before


def test_a_smaller_fork_is_one_where_the_known_hashes_are_still_given_out(visited: Visited) -> None:
    visited.observe()
    visited.server.files[CHECKPOINT_PATH] = other_register(200).checkpoint().encode()

    assert said(visited.observe()) == (["log_forked"], [])


def test_a_fork_that_is_seen_twice_is_kept_once(visited: Visited) -> None:
    visited.observe()
    visited.publishes(other_register(301), seen_at=later(minutes=1))

    assert visited.observe().evidence == visited.observe().evidence
    assert len([*(visited.folder / "evidence").iterdir()]) == 1


def test_a_log_that_became_smaller_is_false_where_its_witness_saw_that_later(visited: Visited) -> None:
    smaller = Made()
    smaller.begin()
    smaller.grant("one")
    visited.observe()
    visited.publishes(smaller, seen_at=later(minutes=1))
    found = visited.observe()

    assert said(found) == (["log_shrunk"], [])
    assert found.evidence is not None
    assert found.evidence.name.startswith("log_shrunk-")


def test_a_checkpoint_without_the_signature_of_the_log_is_false(visited: Visited) -> None:
    note = parse(visited.server.files[CHECKPOINT_PATH])
    unsigned = type(note)(note.text, note.signatures[1:])
    visited.server.files[CHECKPOINT_PATH] = str(unsigned).encode()

    assert said(visited.observe()) == (["checkpoint_bad_signature"], [])
    assert visited.memory.checkpoint() is None


def test_a_checkpoint_that_fewer_witnesses_saw_than_the_policy_asks_for_is_false(visited: Visited) -> None:
    assert said(visited.observe(quorum=2)) == (["checkpoint_not_witnessed"], [])


def test_a_checkpoint_of_a_strange_witness_is_false(visited: Visited) -> None:
    head = visited.made.sequencer.head
    assert head is not None
    visited.server.files[CHECKPOINT_PATH] = witnessed(head, later(), key("stranger")).encode()

    assert said(visited.observe()) == (["checkpoint_not_witnessed"], [])


@pytest.mark.parametrize("path", [FIRST, LAST, "log/tile/0/000", "log/tile/0/001.p/44", "log/tile/1/000.p/1"])
def test_a_tile_or_bundle_of_other_bytes_than_were_signed_for_is_false(visited: Visited, path: str) -> None:
    visited.server.files[path] = tampered(visited.server.files[path])

    assert said(visited.observe()) == (["root_differs"], [])
    assert visited.memory.checkpoint() is None


def test_two_entries_that_changed_their_places_are_false(visited: Visited) -> None:
    entries = [*entries_in(visited.server.files[LAST])]
    entries[3], entries[4] = entries[4], entries[3]
    visited.server.files[LAST] = bundled(entries)

    assert said(visited.observe()) == (["root_differs"], [])


def test_a_bundle_that_lacks_an_entry_is_false(visited: Visited) -> None:
    visited.server.files[LAST] = bundled([*entries_in(visited.server.files[LAST])][:-1])

    assert said(visited.observe()) == (["tile_malformed"], [])


def test_a_signed_checkpoint_over_other_hashes_than_are_given_out_is_false(visited: Visited) -> None:
    visited.observe()
    visited.made.say()
    visited.publishes()
    head = signed(other_register(301).sequencer._checkpoint, LOG)
    visited.server.files[CHECKPOINT_PATH] = witnessed(head, later(minutes=1)).encode()

    assert said(visited.observe()) == (["root_differs"], [])


# What was not given out, or is old


def test_a_log_that_no_witness_saw_for_over_ten_minutes_is_not_checked(visited: Visited) -> None:
    assert said(visited.observe(later(minutes=10))) == ([], [])
    assert said(visited.observe(later(minutes=10, seconds=1))) == ([], ["checkpoint_stale"])
    assert said(visited.observe(later(hours=1), age=timedelta(hours=2))) == ([], [])


def test_a_checkpoint_of_a_time_to_come_is_not_checked(visited: Visited) -> None:
    assert said(visited.observe(later(minutes=-11))) == ([], ["checkpoint_ahead"])


def test_an_earlier_checkpoint_that_is_shown_again_accuses_nobody(visited: Visited) -> None:
    earlier = visited.server.files[CHECKPOINT_PATH]
    visited.made.grant("two")
    visited.publishes(seen_at=later(minutes=1))
    visited.observe()
    visited.server.files[CHECKPOINT_PATH] = earlier

    found = visited.observe()
    assert said(found) == ([], ["checkpoint_earlier"])
    known = visited.memory.checkpoint()
    assert known is not None
    assert known[0].size == 302


@pytest.mark.parametrize("path", [CHECKPOINT_PATH, FIRST, LAST, "log/tile/0/000"])
def test_what_is_not_given_out_is_not_checked_and_nothing_is_remembered(visited: Visited, path: str) -> None:
    del visited.server.files[path]
    code = "checkpoint_missing" if path == CHECKPOINT_PATH else "tile_missing"

    assert said(visited.observe()) == ([], [code])
    assert visited.memory.checkpoint() is None


def test_a_page_in_the_place_of_the_checkpoint_is_nobodys_word(visited: Visited) -> None:
    visited.server.files[CHECKPOINT_PATH] = b"<!doctype html><p>Please sign in to this network."

    assert said(visited.observe()) == ([], ["checkpoint_malformed"])


# What it remembers


def test_a_damaged_memory_is_never_begun_anew(visited: Visited) -> None:
    visited.observe()
    (visited.folder / CHECKPOINT).write_bytes(b"")

    with pytest.raises(CouldNotCheck) as refused:
        visited.observe()
    assert refused.value.code == "memory_unreadable"


def test_the_folder_of_another_log_is_refused(visited: Visited) -> None:
    folder = Path(visited.folder)
    folder.mkdir()
    note = visited.server.files[CHECKPOINT_PATH].decode().replace("v.example.eu", "v.example.org")
    (folder / CHECKPOINT).write_text(note)

    with pytest.raises(CouldNotCheck) as refused:
        visited.observe()
    assert refused.value.code == "other_log_remembered"


def test_a_larger_checkpoint_that_another_run_remembered_stays(visited: Visited) -> None:
    smaller = parse(visited.server.files[CHECKPOINT_PATH])
    visited.made.say()
    visited.publishes()
    visited.observe()
    Memory(visited.folder).remember(smaller)

    known = visited.memory.checkpoint()
    assert known is not None
    assert known[0].size == 301
