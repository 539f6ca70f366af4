"""`python -m labels verify`: what it prints and how it exits (issue of the main job, item 5)."""

import doctest
import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import qrcode
from PIL import Image

import labels
from labels.__main__ import main
from labels.artwork import png
from labels.bundle import FORMAT
from labels.encoding import from_base36, to_base36
from labels.key_set import KeySet, LabelKey
from labels.keys import KeyInMemory, create_root
from labels.layout import Form
from labels.root import Root
from labels.signed_key_set import sign_key_set
from schemas.label import LabelFacts
from tests.conformance import ALL, Vector

BEFORE_ITS_END = "2027-03-01T00:00:00Z"
AFTER_ITS_END = "2028-11-23"
Verify = Callable[..., int]


@pytest.fixture
def keys_file(trusted: KeySet, tmp_path: Path) -> Path:
    path = tmp_path / "keys.json"
    path.write_text(trusted.as_json())
    return path


@pytest.fixture
def verify(keys_file: Path) -> Verify:
    def run(label: str, *options: str, keys: Path = keys_file, at: str = BEFORE_ITS_END) -> int:
        return main(["verify", label, "--keys", str(keys), "--at", at, *options])

    return run


def test_an_authentic_token_exits_0_and_its_standing_could_not_be_checked(
    verify: Verify, token: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify(token) == 0

    printed = capsys.readouterr().out
    assert printed.splitlines()[:2] == ["authenticity: authentic", "standing: could_not_check"]
    assert "label 008J-4CT4-ANK7-F24S-N: Lighthouse Reader 2.1, low risk" in printed
    assert "valid" not in printed


def test_who_asks_for_the_standing_is_told_4_that_it_could_not_be_checked(verify: Verify, token: str) -> None:
    assert verify(token, "--standing") == 4


def test_an_address_is_as_good_as_its_token(verify: Verify, token: str) -> None:
    assert verify(f"https://V.EXAMPLE.EU/C/{token}") == 0
    assert verify(f"https://v.example.eu/c/{token.lower()}") == 0


def test_a_picture_is_as_good_as_its_token(verify: Verify, facts: LabelFacts, tmp_path: Path) -> None:
    (tmp_path / "label.png").write_bytes(png(facts))

    assert verify(str(tmp_path / "label.png")) == 0


@pytest.mark.parametrize("options", [[], ["--standing"]])
def test_a_label_past_its_end_exits_3_as_expired(
    verify: Verify, token: str, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert verify(token, "--json", *options, at=AFTER_ITS_END) == 3

    answer = json.loads(capsys.readouterr().out)
    assert (answer["authenticity"], answer["standing"]) == ("authentic", "expired")


def test_a_tampered_token_exits_3_and_none_of_its_claims_is_printed(
    verify: Verify, token: str, capsys: pytest.CaptureFixture[str]
) -> None:
    tampered = to_base36(from_base36(token).replace(b"Lighthouse", b"Darkhouses"))

    assert verify(tampered) == 3
    assert verify(tampered, "--json") == 3

    printed = capsys.readouterr().out
    assert "authenticity: bad_signature\nstanding: none" in printed
    assert "Darkhouses" not in printed


@pytest.mark.parametrize("text", ["no token", "0", "https://v.example.eu/", "../../etc/hostname2", "x" * 5000])
def test_what_is_no_token_exits_3_as_malformed(verify: Verify, text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(text, "--json") == 3

    assert json.loads(capsys.readouterr().out)["authenticity"] == "malformed"


def test_a_token_of_another_key_exits_3_as_unknown_key(
    verify: Verify, token: str, stranger: KeyInMemory, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    others = tmp_path / "others.json"
    others.write_text(KeySet((LabelKey(stranger.public_key, date(2026, 1, 1), date(2026, 12, 31)),)).as_json())

    assert verify(token, "--json", keys=others) == 3

    assert json.loads(capsys.readouterr().out)["authenticity"] == "unknown_key"


def test_a_picture_without_a_readable_code_exits_4(
    verify: Verify, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "label.png").write_bytes(b"no picture")

    assert verify(str(tmp_path / "label.png"), "--json") == 4
    assert verify(str(tmp_path / "nowhere.jpg")) == 4

    printed = capsys.readouterr()
    answer = {"authenticity": None, "standing": "could_not_check", "code": "no_readable_code"}
    assert json.loads(printed.out) == answer
    assert "no_readable_code" in printed.err


def test_a_mini_label_cannot_be_checked_offline(verify: Verify, facts: LabelFacts, tmp_path: Path) -> None:
    (tmp_path / "mini.png").write_bytes(png(facts, form=Form.MINI))

    assert verify(str(tmp_path / "mini.png")) == 4
    assert verify("008J-4CT4-ANK7-F24S-N") == 4


@pytest.mark.parametrize("content", [None, "", "{}", '{"keys": []}'])
def test_unreadable_keys_exit_4(
    verify: Verify, token: str, tmp_path: Path, content: str | None, capsys: pytest.CaptureFixture[str]
) -> None:
    keys = tmp_path / "other.json"
    if content is not None:
        keys.write_text(content)

    assert verify(token, keys=keys) == 4

    assert "keys_unreadable" in capsys.readouterr().err


@dataclass(frozen=True)
class Pinned:
    """What somebody has who pinned a root: the signed key set, version 3, and the root's file."""

    keys: Path
    root: Path


@pytest.fixture
def pinned(trusted: KeySet, at: datetime, tmp_path: Path) -> Pinned:
    folder = tmp_path / "private"
    folder.mkdir()
    signers = create_root(folder, "a passphrase")
    found = Pinned(tmp_path / "label-keys", tmp_path / "root.json")
    found.keys.write_bytes(sign_key_set(trusted, version=3, issued_at=at, root=signers).signed)
    found.root.write_text(Root.of(signers).as_json())
    return found


def test_a_signed_key_set_is_believed_by_the_pinned_root(verify: Verify, token: str, pinned: Pinned) -> None:
    assert verify(token, "--root", str(pinned.root), keys=pinned.keys) == 0
    assert verify(token, "--root", str(pinned.root), "--at-least", "3", keys=pinned.keys) == 0


def test_keys_that_cannot_be_believed_exit_4_and_never_3(
    verify: Verify, token: str, pinned: Pinned, keys_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    other.mkdir()
    strangers = tmp_path / "strangers.json"
    strangers.write_text(Root.of(create_root(other, "a passphrase")).as_json())
    asked = {
        "root_missing": ((), pinned.keys),
        "key_set_unsigned": (("--root", str(pinned.root)), keys_file),
        "older_key_set": (("--root", str(pinned.root), "--at-least", "4"), pinned.keys),
        "wrong_root": (("--root", str(strangers)), pinned.keys),
        "root_unreadable": (("--root", str(pinned.keys)), pinned.keys),
        "keys_unreadable": (("--root", str(tmp_path / "nowhere")), pinned.keys),
    }
    for code, (options, path) in asked.items():
        assert verify(token, *options, keys=path) == 4
        assert code in capsys.readouterr().err


def test_a_label_of_a_key_in_other_hands_exits_3_and_says_why(
    verify: Verify, token: str, trusted: KeySet, keys_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keys_file.write_text(trusted.with_compromised(trusted.keys[0], datetime(2026, 12, 1, tzinfo=UTC)).as_json())

    assert verify(token) == 3

    printed = capsys.readouterr().out.splitlines()
    assert printed[:2] == ["authenticity: not_in_log", "standing: none"]
    assert "may have been in other hands since 2026-12-01 00:00 UTC" in printed[2]


FRESH = next(one for one in ALL if str(one) == "status/good/in_force")
WITHDRAWN = next(one for one in ALL if str(one) == "status/bad/withdrawn")
OF_ANOTHER_LIST = next(one for one in ALL if str(one) == "status/bad/shard_missing")
PROVED = next(one for one in ALL if str(one) == "proofs/good/with_list")


@pytest.fixture
def with_bundle(verify: Verify, tmp_path: Path) -> Verify:
    """Verify with the bundle of a register, as a vector has it."""

    def run(vector: Vector, *options: str, text: str = "") -> int:
        keys, bundle = tmp_path / "bundle-keys.json", tmp_path / "offline.bundle"
        keys.write_text(vector.keys)
        document = {"format": FORMAT, "origin": vector.document["origin"], "status": vector.document["status"]}
        bundle.write_text(json.dumps(document))
        return verify(text or vector.text, "--bundle", str(bundle), *options, keys=keys, at=vector.document["at"])

    return run


def test_the_bundle_tells_how_a_label_stands_and_as_of_when(
    with_bundle: Verify, capsys: pytest.CaptureFixture[str]
) -> None:
    assert with_bundle(FRESH) == 0
    assert with_bundle(WITHDRAWN) == 3

    printed = capsys.readouterr().out
    assert "standing: in_force" in printed
    assert "standing as of 2027-03-01 11:55 UTC, version 42 of https://v.example.eu/s/0" in printed
    assert "standing: withdrawn" in printed
    assert "only the register knows" not in printed


def test_a_list_that_cannot_be_relied_on_exits_4(with_bundle: Verify, capsys: pytest.CaptureFixture[str]) -> None:
    assert with_bundle(FRESH, "--known-version", "43") == 4
    assert with_bundle(FRESH, "--known-version", "0=43", "--known-version", "0=42") == 4

    printed = capsys.readouterr().out
    assert printed.count("something that was given cannot be relied on: list_older") == 2


def test_a_version_that_is_known_of_another_list_says_nothing_about_this_one(
    with_bundle: Verify, capsys: pytest.CaptureFixture[str]
) -> None:
    assert with_bundle(FRESH, "--known-version", "0=42", "--known-version", "1=99", "--json") == 0

    told_by = json.loads(capsys.readouterr().out)["list"]
    assert (told_by["address"], told_by["version"]) == ("https://v.example.eu/s/0", 42)
    with pytest.raises(SystemExit):
        with_bundle(FRESH, "--known-version", "one=42")


def pictured(path: Path, *texts: str) -> str:
    """A picture with a code for each text, one under the other."""
    codes = [qrcode.make(text, box_size=4).get_image().convert("L") for text in texts]
    sheet = Image.new("L", (max(one.width for one in codes), sum(one.height for one in codes)), "white")
    for place, code in enumerate(codes):
        sheet.paste(code, (0, sum(one.height for one in codes[:place])))
    sheet.save(path)
    return str(path)


@pytest.mark.parametrize("is_turned", [False, True])
def test_of_two_labels_in_a_picture_each_is_told_and_the_gravest_decides(
    with_bundle: Verify, tmp_path: Path, capsys: pytest.CaptureFixture[str], is_turned: bool
) -> None:
    in_force, other_list, false = (
        f"https://v.example.eu/C/{one}" for one in (FRESH.text, OF_ANOTHER_LIST.text, FRESH.text[:-1])
    )
    for others, code, standings in (
        ((other_list,), 4, ["could_not_check", "in_force"]),
        ((other_list, false), 3, [None, "could_not_check", "in_force"]),
        ((), 0, ["in_force"]),
    ):
        texts = (in_force, *others)
        picture = pictured(tmp_path / "labels.png", *(texts[::-1] if is_turned else texts))
        assert with_bundle(FRESH, "--json", text=picture) == code

        first = json.loads(capsys.readouterr().out)
        assert [one["standing"] for one in (first, *first["others"])] == standings
        assert with_bundle(FRESH, text=picture) == code
        assert capsys.readouterr().out.count("authenticity: ") == len(texts)


def test_the_proof_says_when_witnesses_saw_the_label(
    with_bundle: Verify, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    proof = tmp_path / "label.tlog-proof"
    proof.write_bytes(PROVED.proof or b"")

    assert with_bundle(PROVED) == 3
    assert with_bundle(PROVED, "--proof", str(proof)) == 0
    assert with_bundle(PROVED, "--proof", str(proof), "--quorum", "2") == 3

    printed = capsys.readouterr().out
    assert printed.count("authenticity: not_in_log") == 2
    assert "witnesses saw its issue in the log by 2026-11-22 09:01 UTC" in printed


def test_an_address_of_another_host_exits_3_and_names_it(
    with_bundle: Verify, capsys: pytest.CaptureFixture[str]
) -> None:
    assert with_bundle(FRESH, text=f"https://v.example.eu/C/{FRESH.text}") == 0
    assert with_bundle(FRESH, text=f"https://evil.example/C/{FRESH.text}") == 3

    printed = capsys.readouterr().out
    assert "the address leads to v.example.eu" in printed
    assert "THE ADDRESS LEADS TO evil.example, which is not the register's host" in printed


def test_files_that_cannot_be_read_exit_4_with_their_code(
    verify: Verify, token: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = tmp_path / "other"
    other.write_text("[" * 100_000)
    asked = {
        "bundle_unreadable": ("--bundle", str(other)),
        "file_unreadable": ("--status", str(tmp_path / "nowhere")),
        "origin_missing": ("--proof", str(other)),
    }
    for code, options in asked.items():
        assert verify(token, *options) == 4
        assert code in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [[], ["verify"], ["verify", "X"], ["sign", "X"], ["verify", "X", "--keys", "k", "--at", "noon"]]
)
def test_wrong_arguments_exit_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)

    assert left.value.code == 2


def test_the_offline_verifier_imports_neither_database_nor_temporal_nor_the_body() -> None:
    program = "import sys, labels.__main__; print(*{name.partition('.')[0] for name in sys.modules})"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    imported = set(ran.stdout.split())
    assert "labels" in imported
    assert imported.isdisjoint({"certify", "workflows", "temporalio", "sqlalchemy", "sqlmodel", "fastapi", "asyncpg"})


def test_the_example_of_the_package_runs() -> None:
    outcome = doctest.testmod(labels)

    assert outcome.attempted > 10
    assert outcome.failed == 0
