"""The command line: exit codes, what goes to stdout and what to stderr, and help that helps."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest
import typer
from typer.testing import CliRunner

from certify import cli
from certify.cli import app
from certify.vault.published_paths import STOPPED
from schemas.errors import AlreadyDecided, CouldNotCheck, NotFound, ProcedureError, Unavailable
from tests.cells import put_keys
from tests.programs import free_port

ROOT = Path(__file__).parents[3]


def commands(group: Any = None, name: str = "certify") -> Iterator[tuple[str, Any]]:
    group = group or typer.main.get_command(app)
    for word, command in group.commands.items():
        path = f"{name} {word}"
        yield from commands(command, path) if hasattr(command, "commands") else [(path, command)]


COMMANDS = dict(commands())


class Ended(SimpleNamespace):
    """How a command ended."""

    code: int
    out: str
    err: str


def run(*arguments: str | Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ended:
    """Run `certify` as its console script does, in this process."""
    monkeypatch.setattr("sys.argv", ["certify", *map(str, arguments)])
    monkeypatch.setattr(cli, "leave_quietly", lambda: None)
    with pytest.raises(SystemExit) as ended:
        cli.main()
    said = capsys.readouterr()
    code = ended.value.code
    return Ended(code=code if isinstance(code, int) else 0, out=said.out, err=said.err)


@pytest.fixture
def certify(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Any:
    """Run a command in a folder of its own, with nothing set."""
    for name in ("CERTIFY_DATA", "CERTIFY_TOKEN", "CERTIFY_TOKEN_FILE", "CERTIFY_SERVER", "TEMPORAL_ADDRESS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CERTIFY_DATA", str(tmp_path / "data"))
    return lambda *arguments: run(*arguments, monkeypatch=monkeypatch, capsys=capsys)


# Help


def test_the_commands_are_those_the_manual_names() -> None:
    assert set(COMMANDS) >= {
        "certify up", "certify web", "certify worker", "certify signer", "certify migrate", "certify check",
        "certify apply", "certify act", "certify acts", "certify read",
        "certify demo", "certify people invite", "certify people token",
        "certify organisations enter", "certify keys init", "certify keys rotate", "certify keys compromise",
        "certify keys show", "certify keys record", "certify scheme check", "certify scheme show",
        "certify scheme self-check", "certify scheme adopt", "certify scheme rehearse", "certify scheme propose",
        "certify reconcile", "certify nudge",
        "certify decision export", "certify decision verify",
        "certify mirror export", "certify mirror verify", "certify mirror compare",
    }  # fmt: skip


@pytest.mark.parametrize("path", COMMANDS)
def test_the_help_of_a_command_has_an_example_that_its_options_fit(path: str) -> None:
    command = COMMANDS[path]
    shown = CliRunner().invoke(app, [*path.split()[1:], "--help"])

    assert shown.exit_code == 0
    found = re.search(rf"Example: (?:[A-Z_]+=\S+ )*{path}\b(.*)", " ".join(shown.stdout.split()))
    assert found, shown.stdout
    known = {name for option in command.params for name in option.opts}
    assert set(re.findall(r"(?<=\s)--[a-z-]+", found[1])) <= known | {"--help"}


@pytest.mark.parametrize("path", COMMANDS)
def test_every_option_of_a_command_says_what_it_is_for(path: str) -> None:
    for option in COMMANDS[path].params:
        if isinstance(option, click.Option) or hasattr(option, "help"):
            assert option.help, (path, option.name)


def test_help_needs_nothing_of_what_the_programs_need() -> None:
    assert CliRunner().invoke(app, ["--help"]).exit_code == 0
    assert re.fullmatch(r"certify \d+\.\d+\.\d+\S*\n", CliRunner().invoke(app, ["--version"]).stdout)


# Exit codes


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NotFound("unknown_person", "Nobody."), 1),
        (AlreadyDecided("differs_from_lodged", "Other content."), 1),
        (Unavailable("not_running", "Nothing runs."), 4),
        (CouldNotCheck("keys_unreadable", "No keys."), 4),
    ],
)
def test_a_refusal_is_a_sentence_with_its_code_on_stderr(
    certify: Any, monkeypatch: pytest.MonkeyPatch, error: ProcedureError, code: int
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr("certify.programs.keys.initialise", refuse)
    ended = certify("keys", "init")

    assert (ended.code, ended.out) == (code, "")
    assert ended.err == f"certify: {error.message} [{error.code}]\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("no-such-command",),
        ("up", "--port", "99999"),
        ("up", "--port", "many"),
        ("people", "invite", "--role", "king", "--name", "A", "--email", "a@example.org"),
        ("people", "invite", "--name", "A"),
        ("people", "token", "--email", "a@example.org", "--days", "400"),
        ("demo", "--outcome", "perhaps"),
        ("apply", "examples/digit-reader"),
        ("scheme", "show", "--tier", "enormous"),
    ],
)
def test_wrong_arguments_are_usage(certify: Any, arguments: tuple[str, ...]) -> None:
    ended = certify(*arguments)

    assert (ended.code, ended.out) == (2, "")
    assert ended.err
    assert "Traceback" not in ended.err


def test_a_setting_that_cannot_be_read_names_its_variable(certify: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CERTIFY_PORT", "eighty")

    ended = certify("keys", "init")

    assert ended.code == 2
    assert "CERTIFY_PORT" in ended.err


def test_what_needs_a_running_engine_could_not_be_done_without_one(certify: Any) -> None:
    for arguments in (
        ("organisations", "enter", "--name", "Acme", "--country", "EE", "--role", "developer"),
        ("scheme", "adopt"),
    ):
        ended = certify(*arguments)
        assert (ended.code, ended.out) == (4, "")
        assert "[not_running]" in ended.err


# Answers


def test_keys_are_made_once_and_never_replaced(certify: Any, tmp_path: Path) -> None:
    first, again = certify("keys", "init", "--json"), certify("keys", "init", "--json")

    assert (first.code, again.code) == (0, 0)
    made, left = json.loads(first.out), json.loads(again.out)
    assert re.fullmatch("[0-9a-f]{8}", made["kid"])
    assert (len(made["added"]), left["kid"], left["added"]) == (5, None, [])
    assert (made["version"], made["digest"], made["recorded"]) == (left["version"], left["digest"], False)
    for name in ("label.pem", "passphrase"):
        assert (tmp_path / "data" / "keys" / name).stat().st_mode & 0o777 == 0o600
    assert all(Path(made[name]).exists() for name in ("key_set", "signed_key_set", "root_file"))


def test_a_new_root_is_told_to_be_taken_offline_once_and_loudly(certify: Any) -> None:
    first, again = certify("keys", "init"), certify("keys", "init")

    assert "IT BELONGS OFFLINE" in first.err
    assert re.search(r"root ([0-9A-Z]{4}-){7}[0-9A-Z]{4}\.", first.out)
    assert "OFFLINE" not in again.err + again.out


def test_keys_are_rotated_compromised_and_shown(certify: Any) -> None:
    kid = json.loads(certify("keys", "init", "--json").out)["kid"]

    rotated = json.loads(certify("keys", "rotate", "--use", "label", "--json").out)
    lost = json.loads(certify("keys", "compromise", kid, "--at", "2026-10-01T08:00", "--json").out)
    shown = json.loads(certify("keys", "show", "--json").out)

    assert [rotated["version"], lost["version"], shown["version"]] == [2, 3, 3]
    assert shown["digest"] == lost["digest"]
    first = next(key for key in shown["keys"] if key["kid"] == kid)
    assert (first["purpose"], first["alg"], first["compromised_at"]) == ("label", "Ed25519", "2026-10-01T08:00:00Z")
    assert f"{kid} label (Ed25519)" in certify("keys", "show").out
    assert (
        "in other hands since 2026-10-01 08:00 UTC" in certify("keys", "compromise", kid, "--at", "2026-10-01T08Z").out
    )


def test_versions_of_the_key_set_are_entered_where_the_record_is(certify: Any) -> None:
    assert "certify keys record" in certify("keys", "init").err
    assert certify("migrate").code == 0

    assert json.loads(certify("keys", "record", "--json").out) == {"recorded": 1}
    assert json.loads(certify("keys", "rotate", "--json").out)["recorded"] is True
    assert json.loads(certify("keys", "record", "--json").out) == {"recorded": 0}


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("rotate", "--use", "ballot"), 2, "ballot"),
        (("compromise", "00000000", "--at", "noon"), 2, "noon is no time"),
        (("compromise", "00000000", "--at", "2026-10-01"), 1, "[unknown_key]"),
        (("rotate", "--uri", "pkcs11:token=a"), 4, "[key_uri_malformed]"),
        (("record",), 4, "[record_unreachable]"),
    ],
)
def test_what_cannot_be_done_with_keys_is_told(certify: Any, arguments: tuple[str, ...], code: int, told: str) -> None:
    certify("keys", "init")

    ended = certify("keys", *arguments)

    assert (ended.code, ended.out) == (code, "")
    assert told in ended.err


def test_without_temporal_nothing_is_compared_and_that_is_said(
    certify: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    monkeypatch.setattr("certify.programs.temporal.CONNECT_WITHIN", 0)
    put_keys(tmp_path / "data")
    certify("migrate")

    ended = certify("reconcile", "--check")

    assert (ended.code, ended.out) == (4, "")
    assert "[temporal_unreachable]" in ended.err


def test_nothing_is_started_again_from_a_record_that_lacks_what_was_logged(
    certify: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", f"127.0.0.1:{free_port()}")
    monkeypatch.setattr("certify.programs.temporal.CONNECT_WITHIN", 0)
    put_keys(tmp_path / "data")
    certify("migrate")
    stopped = tmp_path / "data" / "published" / STOPPED
    stopped.mkdir(parents=True)
    (stopped / "code").write_text("record_differs")

    refused, told = certify("reconcile"), certify("reconcile", "--check")

    assert (refused.code, refused.out) == (4, "")
    assert "[record_behind_log]" in refused.err
    assert "[temporal_unreachable]" in told.err


def test_an_invited_person_has_one_account_one_link_and_tokens(certify: Any) -> None:
    person = ("--role", "expert", "--name", "Ada", "--email", "ada@example.org", "--area", "ai_technical")
    invited, again = certify("people", "invite", *person, "--json"), certify("people", "invite", *person)
    token = certify("people", "token", "--email", "Ada@example.org")
    nobody = certify("people", "token", "--email", "eve@example.org", "--json")

    assert "/sign-in/link/" in json.loads(invited.out)["link"]
    assert (again.code, again.out) == (1, "")
    assert "[email_taken]" in again.err
    assert re.fullmatch(r"vcl_[0-9a-f]{12}_[A-Za-z0-9_-]{43}[0-9a-f]{8}\n", token.out)
    assert (nobody.code, nobody.out) == (1, "")
    assert "[unknown_person]" in nobody.err


def test_a_folder_without_a_record_could_not_be_checked_and_one_line_says_so(certify: Any, tmp_path: Path) -> None:
    ended = certify("check", "--data", tmp_path / "nowhere")

    assert (ended.code, ended.out) == (4, "")
    assert ended.err == (
        f"certify: The record cannot be read: there is no {tmp_path / 'nowhere' / 'certify.db'} [record_unreadable]\n"
    )


def test_an_empty_folder_checks_clean_once_it_has_its_tables(certify: Any) -> None:
    assert certify("migrate").code == 0

    assert certify("check").out == "Nothing differs.\n"
    assert json.loads(certify("check", "--json").out) == []


# `certify apply`, before it meets a server


def folder(tmp_path: Path, **replaced: str) -> Path:
    """A copy of the example's application, its files left out where the text says so."""
    copy = tmp_path / "application"
    copy.mkdir()
    for path in (ROOT / "examples" / "digit-reader").iterdir():
        if path.is_file():
            (copy / path.name).write_bytes(path.read_bytes())
    text = (copy / "application.yaml").read_text()
    for old, new in replaced.items():
        text = text.replace(old, new)
    (copy / "application.yaml").write_text(text)
    return copy


def applied(certify: Any, path: Path, tmp_path: Path) -> Ended:
    (tmp_path / "token").write_text("vcl_000000000000_x\n")
    ended: Ended = certify("apply", path, "--server", "http://127.0.0.1:9", "--token-file", tmp_path / "token")
    assert ended.out == ""
    return ended


def test_a_folder_without_a_file_it_names_is_refused_by_file_and_key(certify: Any, tmp_path: Path) -> None:
    path = folder(tmp_path)
    (path / "user-guide.md").unlink()

    ended = applied(certify, path, tmp_path)

    assert ended.code == 1
    assert re.search(r"application\.yaml:\d+: evidence\.1\.file: .*user-guide\.md", ended.err)


def test_a_key_nobody_knows_is_refused_with_its_line(certify: Any, tmp_path: Path) -> None:
    ended = applied(certify, folder(tmp_path, **{"reference:": "referense:"}), tmp_path)

    assert ended.code == 1
    assert re.search(r"application\.yaml:\d+: referense", ended.err)


def test_a_folder_that_is_none_is_refused(certify: Any, tmp_path: Path) -> None:
    assert applied(certify, tmp_path / "nowhere", tmp_path).code == 1


def test_a_server_that_does_not_answer_could_not_be_asked(certify: Any, tmp_path: Path) -> None:
    ended = applied(certify, folder(tmp_path), tmp_path)

    assert ended.code == 4
    assert "[server_unreachable]" in ended.err


def test_a_token_file_that_is_not_there_is_usage(certify: Any, tmp_path: Path) -> None:
    ended = certify("apply", folder(tmp_path), "--token-file", tmp_path / "none")

    assert (ended.code, ended.out) == (2, "")
    assert "Traceback" not in ended.err
