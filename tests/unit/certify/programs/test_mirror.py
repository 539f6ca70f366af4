"""`certify mirror export`: everything public, once, whole, and in no other folder (issue 4; security, F24, I9)."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from certify.programs import mirror_sources
from certify.programs.mirror import export
from certify.programs.mirror_writing import MirrorWriter, move, renewing
from labels.mirror.folder import COMPLETE, INFORMATION, NEXT
from labels.mirror.verification import verify_mirror
from labels.root import Root
from schemas.errors import Unacceptable, Unavailable
from schemas.record_events import TiesDeclared
from schemas.ties import Tie, TieKind
from tests.builders import APPLICANT, MEMBERS, ORGANISATION
from tests.unit.certify.programs.public_body import ORIGIN, PublicBody, with_two_labels_and_papers
from tests.unit.certify.register.recorded_labels import lived, record
from tests.unit.certify.register.records import go_on
from tests.unit.labels.mirror.made import ROOT


@pytest.fixture(scope="module")
async def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return await with_two_labels_and_papers(tmp_path_factory.mktemp("kept") / "data")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "mirror"


def wrong(folder: Path) -> list[str]:
    """What is wrong with a mirror."""
    report = verify_mirror(folder, root=Root.of(ROOT), origin=ORIGIN)
    return [str(one) for one in (*report.false, *report.unchecked)]


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def told_of(folder: Path) -> list[dict]:
    """What a mirror tells of each label."""
    return [json.loads(path.read_text()) for path in folder.glob("labels/*/label.json")]


def keep(path: Path, text: str) -> None:
    """Write a file in a folder of its own."""
    path.parent.mkdir()
    path.write_text(text)


async def test_what_is_exported_proves_itself(public: PublicBody, folder: Path) -> None:
    done = await export(public.settings, folder)

    assert wrong(folder) == []
    assert (done.labels, done.origin, done.written) == (2, ORIGIN, done.files)
    assert len(contents(folder)) == done.files + 1
    assert not (folder / NEXT).exists()


async def test_everything_public_is_in_it_under_the_addresses_of_the_register(public: PublicBody, folder: Path) -> None:
    done = await export(public.settings, folder)

    names = {path.partition("/")[0] for path in contents(folder)}
    assert names == {
        ".well-known", "index.html", "index.ru.html", "keys", "labels", "log", "mirror.css", "mirror.json",
        "offline.bundle", "practices.json", "register.json", "s", "scheme", "statistics.json",
    }  # fmt: skip
    assert {*INFORMATION} < names, "what is there to be read alone is named as not proved"
    for label in (folder / "labels").iterdir():
        assert {path.name for path in label.iterdir()} == {
            "label.json", "label.tlog-proof", "certificate.cose", "certificate.en.pdf", "certificate.ru.pdf",
            "conformity.jwt", "open-badge.jwt",
        }  # fmt: skip
    assert sorted(path.name for path in (folder / "log" / "tile" / "0" / "000.p").iterdir()) == [str(done.size)]


async def test_nothing_private_is_in_it(public: PublicBody, folder: Path) -> None:
    await export(public.settings, folder)

    everything = b"".join(contents(folder).values())
    assert f'"{ORGANISATION}"'.encode() in everything
    for secret in (b"eva", b"edda", b"member-a", b"sofia", b"rationale", b"case_entry"):
        assert b'"' + secret + b'"' not in everything, secret


async def test_it_tells_where_the_holders_people_sit_in_the_body_and_not_who(public: PublicBody, folder: Path) -> None:
    await export(public.settings, folder)
    assert not any("holder_seats" in one for one in told_of(folder))
    tie = Tie(kind=TieKind.EMPLOYER, organisation=ORGANISATION)
    member = MEMBERS[0].person
    await go_on(
        public.body.database, "people", TiesDeclared(at=datetime.now(UTC), actor=member, person=member, ties=(tie,))
    )

    await export(public.settings, folder)
    assert [one["holder_seats"] for one in told_of(folder)] == [["commission"]] * 2
    assert wrong(folder) == []


async def test_the_pages_need_no_script_and_tell_both_languages(public: PublicBody, folder: Path) -> None:
    await export(public.settings, folder)

    english, russian = ((folder / name).read_text() for name in ("index.html", "index.ru.html"))
    for page in (english, russian):
        assert "<script" not in page
        assert page.count("<tr>") == 3
        assert Root.of(ROOT).fingerprint in page
        assert f"--origin {ORIGIN}" in page
    assert "In force" in english
    assert "Ended by the holder" in english
    assert "Действует" in russian


async def test_its_figures_count_no_label_as_in_force_that_no_witness_saw(public: PublicBody, folder: Path) -> None:
    await public.body.certified(application="case-3")
    await export(public.settings, folder)

    counted = json.loads((folder / "statistics.json").read_text())["labels"]
    assert {name: count for name, count in counted.items() if count} == {
        "in_force": 1, "ended_by_holder": 1, "not_yet": 1,
    }  # fmt: skip


async def test_a_second_export_writes_only_what_is_new(public: PublicBody, folder: Path) -> None:
    await export(public.settings, folder)
    before = contents(folder)

    again = await export(public.settings, folder)
    after = contents(folder)

    assert {path for path in after if after[path] != before.get(path)} == {
        "mirror.json", "offline.bundle", "statistics.json",
    }  # fmt: skip
    assert again.written == 2
    assert wrong(folder) == []


async def test_what_happened_since_is_in_the_next_export(public: PublicBody, folder: Path) -> None:
    first = await export(public.settings, folder)
    await public.body.certified(application="case-3")
    await public.publishing.turn(minutes=2)

    second = await export(public.settings, folder)

    assert (second.labels, second.size > first.size) == (3, True)
    assert wrong(folder) == []
    assert [path.name for path in (folder / "log" / "tile" / "0" / "000.p").iterdir()] == [str(second.size)]


async def test_what_no_witness_has_seen_is_left_to_the_next_export(public: PublicBody, folder: Path) -> None:
    public.publishing.witness.away = True
    await public.body.certified(application="case-3")
    await public.publishing.turn(minutes=2)

    done = await export(public.settings, folder)

    assert done.labels == 2
    assert wrong(folder) == []


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let an export wait for nothing."""
    monkeypatch.setattr(mirror_sources, "WAIT", timedelta(0))


async def test_a_list_that_tells_more_than_witnesses_saw_is_not_mirrored_and_the_old_mirror_stays(
    public: PublicBody, folder: Path, impatient: None
) -> None:
    living = await lived(public.body, await public.body.certified(application="case-3"))
    await public.publishing.turn(minutes=2)
    await export(public.settings, folder)
    before = contents(folder)
    public.publishing.witness.away = True
    living.act("end_label", APPLICANT)
    await record(public.body.database, living)
    await public.publishing.turn(minutes=1)

    with pytest.raises(Unavailable) as refused:
        await export(public.settings, folder)
    assert refused.value.code == "published_behind"
    assert contents(folder) == before

    public.publishing.witness.away = False
    await public.publishing.turn(minutes=1)
    await export(public.settings, folder)
    assert verify_mirror(folder).standings == {"in_force": 1, "ended_by_holder": 2}


async def test_a_label_whose_proof_is_not_published_yet_is_waited_for(
    public: PublicBody, folder: Path, impatient: None
) -> None:
    await export(public.settings, folder)
    before = contents(folder)
    next((public.settings.data / "published" / "labels").glob("*/label.tlog-proof")).unlink()

    with pytest.raises(Unavailable) as refused:
        await export(public.settings, folder)
    assert refused.value.code == "published_behind"
    assert contents(folder) == before


async def test_before_anything_is_published_there_is_nothing_to_mirror(
    tmp_path: Path, folder: Path, impatient: None
) -> None:
    fresh = await PublicBody.in_folder(tmp_path / "fresh")

    with pytest.raises(Unavailable) as refused:
        await export(fresh.settings, folder)
    assert refused.value.code == "not_published"
    assert contents(folder) == {}
    await fresh.close()


@pytest.mark.parametrize("name", ["notes.txt", "mirror.json"])
async def test_a_folder_that_is_something_else_is_refused_and_left_as_it_is(
    public: PublicBody, folder: Path, name: str
) -> None:
    keep(folder / name, "mine")

    with pytest.raises(Unacceptable) as refused:
        await export(public.settings, folder)
    assert refused.value.code == "not_a_mirror"
    assert contents(folder) == {name: b"mine"}


async def test_the_mirror_of_another_log_is_refused(public: PublicBody, folder: Path) -> None:
    await export(public.settings, folder)
    other = public.settings.model_copy(update={"log_origin": "v.example.org/log"})

    with pytest.raises(Unacceptable) as refused:
        await export(other, folder)
    assert refused.value.code == "not_a_mirror"


async def test_a_mirror_that_shows_more_than_is_published_now_is_not_written_over(
    public: PublicBody, folder: Path, tmp_path: Path
) -> None:
    """A record that was restored to an earlier state: the mirror is what shows that something is gone (F24)."""
    shutil.copytree(public.settings.data, tmp_path / "earlier")
    await public.body.certified(application="case-3")
    await public.publishing.turn(minutes=2)
    await export(public.settings, folder)
    before = contents(folder)
    earlier = await PublicBody.in_folder(tmp_path / "earlier")

    with pytest.raises(Unacceptable) as refused:
        await export(earlier.settings, folder)
    assert refused.value.code == "mirror_ahead"
    assert contents(folder) == before
    await earlier.close()


async def test_a_log_that_did_not_grow_out_of_the_mirrored_one_is_not_mirrored(
    public: PublicBody, folder: Path, tmp_path: Path
) -> None:
    shutil.copytree(public.settings.data, tmp_path / "earlier")
    await public.body.certified(application="case-3")
    await public.publishing.turn(minutes=2)
    await export(public.settings, folder)
    other = await PublicBody.in_folder(tmp_path / "earlier")
    for case in ("case-4", "case-5"):
        await other.body.certified(application=case)
    await other.publishing.turn(minutes=3)

    with pytest.raises(Unacceptable) as refused:
        await export(other.settings, folder)
    assert refused.value.code == "log_forked"
    await other.close()


# A crash at any moment


async def test_an_export_that_is_cut_short_leaves_the_old_mirror(
    public: PublicBody, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await export(public.settings, folder)
    before = contents(folder)
    await public.body.certified(application="case-3")
    await public.publishing.turn(minutes=2)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(MirrorWriter, "complete", stop)
        with pytest.raises(KeyboardInterrupt):
            await export(public.settings, folder)

    assert contents(folder) == before
    assert wrong(folder) == []


async def test_an_export_that_stops_while_files_are_moved_shows_the_new_mirror_and_is_finished_by_the_next(
    public: PublicBody, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await export(public.settings, folder)
    await public.body.certified(application="case-3")
    await public.publishing.turn(minutes=2)
    replace, moved = Path.replace, []

    def some(source: Path, target: Path) -> Path:
        if len(moved) == 4:
            raise KeyboardInterrupt
        moved.append(target)
        return replace(source, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", some)
        with pytest.raises(KeyboardInterrupt):
            await export(public.settings, folder)

    assert (folder / COMPLETE).exists()
    assert wrong(folder) == []
    assert verify_mirror(folder).standings["in_force"] == 2

    await export(public.settings, folder)
    assert not (folder / NEXT).exists()
    assert wrong(folder) == []


def test_what_was_written_and_never_completed_is_thrown_away(tmp_path: Path) -> None:
    (tmp_path / NEXT / "log").mkdir(parents=True)
    (tmp_path / NEXT / "log" / "checkpoint").write_text("half")

    with renewing(tmp_path, ORIGIN):
        assert not (tmp_path / NEXT).exists()


def test_moving_twice_is_as_good_as_once(tmp_path: Path) -> None:
    (tmp_path / NEXT / "s").mkdir(parents=True)
    (tmp_path / NEXT / "s" / "0").write_bytes(b"new")
    (tmp_path / COMPLETE).write_bytes(b"")
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "0").write_bytes(b"old")

    move(tmp_path)

    assert contents(tmp_path) == {"s/0": b"new"}
