"""docker-compose.yml and Dockerfile promise only what the product has."""

import json
import re
import shlex
import stat
import subprocess
from fnmatch import fnmatch
from importlib.util import find_spec
from pathlib import Path

import pytest
import typer
from jsonschema.validators import validator_for
from typer.core import TyperGroup

from certify import __version__
from certify.cli import app
from certify.config import Settings
from certify.programs.polling import QUEUES
from certify.web import health
from tests.compose import COMPOSE, DOCKERFILE, GUIDE, ONE_SHOTS, OURS, ROOT, SERVICES, SET_UP, TEXT, mounts

DOCUMENTED = [
    shlex.split(line.removeprefix("docker compose run --rm "))
    for line in GUIDE.splitlines()
    if line.startswith("docker compose run --rm ")
]
WRITTEN = {
    "web": ("security_events_file", "totp_key_file", "vault_keys_file"),
    "worker": ("vault_keys_file",),
    **{command[0]: ("security_events_file",) for command in DOCUMENTED if command[0] != "web"},
}


def parse(arguments: list[str]) -> None:
    command = typer.main.get_command(app)
    context = typer.Context(command)
    while isinstance(command, TyperGroup):
        found = command.get_command(context, arguments[0])
        assert found is not None, arguments
        command, arguments = found, arguments[1:]
    command.make_context("certify", list(arguments))


def test_the_first_line_says_what_was_never_started() -> None:
    assert TEXT.splitlines()[0] == (
        "# Never started by us: no Docker engine was at hand. Checked against the Compose schema, "
        "and every command, variable and path in it exists in the product."
    )


def test_the_file_holds_to_the_compose_schema() -> None:
    schema = json.loads((ROOT / "tests" / "vectors" / "compose-spec.json").read_text())
    validator_for(schema)(schema).validate(COMPOSE)


@pytest.mark.parametrize("name", OURS)
def test_a_command_of_ours_exists_in_the_product(name: str) -> None:
    parse(OURS[name]["command"])
    assert 'ENTRYPOINT ["certify"]' in DOCKERFILE


@pytest.mark.parametrize("command", DOCUMENTED, ids=" ".join)
def test_a_documented_command_exists_in_the_product(command: list[str]) -> None:
    assert command[0] in OURS
    parse(command[1:])


def test_the_guide_adopts_a_scheme_and_invites_somebody() -> None:
    assert [command[1:3] for command in DOCUMENTED] == [["scheme", "adopt"], ["people", "invite"]]


def test_a_command_the_product_does_not_have_is_found_out() -> None:
    with pytest.raises(AssertionError):
        parse(["keys", "burn"])
    with pytest.raises(Exception, match="No such option: --adopt"):
        parse(["migrate", "--adopt"])


@pytest.mark.parametrize("name", OURS)
def test_a_variable_of_ours_is_a_setting_or_a_temporal_one(name: str) -> None:
    for variable in OURS[name].get("environment", {}):
        prefix, setting = variable.split("_", 1)
        assert prefix == "TEMPORAL" or (prefix == "CERTIFY" and setting.lower() in Settings.model_fields)


@pytest.mark.parametrize("name", SERVICES)
def test_a_path_a_variable_names_is_mounted_there(name: str) -> None:
    where = mounts(SERVICES[name])
    named = re.findall(r"(?<![.\w])/(?:data|run/secrets|deploy)/[\w./-]+", json.dumps(SERVICES[name]))
    for path in set(named):
        assert any(path == target or path.startswith(f"{target}/") for target in where), path


def test_what_web_and_worker_write_lies_in_a_volume_of_theirs() -> None:
    """Their own file system is read-only (`test_a_service_runs_without_rights`)."""
    for name, settings in WRITTEN.items():
        service = OURS[name]
        volumes = [one.split(":") for one in service.get("volumes", [])]
        writable = [target for source, target, *mode in volumes if source in COMPOSE["volumes"] and mode != ["ro"]]
        unset = Settings(_env_file=None, data=Path("/data"))  # type: ignore[call-arg]  # of pydantic-settings
        for setting in settings:
            path = service["environment"].get(f"CERTIFY_{setting.upper()}") or str(getattr(unset, setting))
            assert any(path.startswith(f"{target}/") or path == target for target in writable), (name, setting, path)


def test_a_host_path_is_in_the_repository_or_made_by_the_set_up(tmp_path: Path) -> None:
    subprocess.run(["/bin/sh", "-euc", SET_UP], cwd=tmp_path, check=True)
    for secret in COMPOSE["secrets"].values():
        assert len((tmp_path / secret["file"]).read_text()) >= 48
    assert {path.name for path in (tmp_path / "secrets").iterdir()} == set(COMPOSE["secrets"])
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    for service in SERVICES.values():
        for source in mounts(service).values():
            assert source in {"secret", *COMPOSE["volumes"]} or (ROOT / source).is_file()


def test_no_secret_stands_in_the_file() -> None:
    for service in SERVICES.values():
        for variable, value in service.get("environment", {}).items():
            if re.search(r"PASSW|PWD|SECRET|PASSPHRASE|DATABASE_URL", variable):
                assert variable.endswith("_FILE")
                assert value.removeprefix("/run/secrets/") in service["secrets"]


def test_only_the_web_programs_can_be_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["web", "verification"]
    outside = {name for name, network in COMPOSE["networks"].items() if not (network or {}).get("internal")}
    assert [name for name, service in SERVICES.items() if outside & set(service.get("networks", []))] == [
        "web",
        "verification",
    ]
    assert all(service.get("networks") or service.get("network_mode") == "none" for service in SERVICES.values())


def test_the_signer_reaches_temporal_the_database_and_the_witness_only() -> None:
    networks = set(SERVICES["signer"]["networks"])
    assert {name for name, one in SERVICES.items() if networks & set(one.get("networks", []))} == {
        "postgres",
        "signer",
        "temporal",
        "witness",
    }


def test_the_witness_is_reached_by_the_signer_and_has_no_key_but_its_own() -> None:
    networks = set(SERVICES["witness"]["networks"])
    assert {name for name, one in SERVICES.items() if networks & set(one.get("networks", []))} == {"signer", "witness"}
    assert set(mounts(SERVICES["witness"]).values()) == {"key-set", "witness-key"}
    assert not SERVICES["witness"].get("secrets")


def test_what_is_published_is_written_by_the_signer_and_read_by_pages_and_worker() -> None:
    mounted = {name: one for name, one in SERVICES.items() if "published" in mounts(one).values()}
    assert set(mounted) == {"signer", "verification", "web", "worker"}
    for reader in ("verification", "web", "worker"):
        assert "published:/data/published:ro" in mounted[reader]["volumes"]
    assert "published:/data/published" in mounted["signer"]["volumes"]


@pytest.mark.parametrize("setting", ["CERTIFY_PUBLIC_URL", "CERTIFY_LOG_ORIGIN", "CERTIFY_WITNESS_QUORUM"])
def test_signer_witness_and_pages_call_the_log_by_one_name(setting: str) -> None:
    assert len({SERVICES[name]["environment"][setting] for name in ("signer", "witness", "web", "verification")}) == 1


def test_verification_reads_what_it_has_and_knows_neither_temporal_nor_who_signs_in() -> None:
    service = SERVICES["verification"]
    assert {volume.rpartition(":")[2] for volume in service["volumes"]} == {"ro"}
    assert service["secrets"] == ["verification_database_url"]
    assert not {one for one in service["environment"] if one.startswith("TEMPORAL") or "PAYLOAD" in one}
    assert "temporal-namespace" not in service["depends_on"]


def test_the_key_of_the_records_cells_is_handed_to_those_who_read_what_people_confided_and_nobody_else() -> None:
    with_key = {name for name, service in SERVICES.items() if "payload_keys" in service.get("secrets", ())}
    assert with_key == {"web", "worker", "signer", "scheme", "key-entries"}


def test_the_signer_asks_the_witness_where_that_listens() -> None:
    port = SERVICES["witness"]["environment"]["CERTIFY_WITNESS_PORT"]
    assert SERVICES["signer"]["environment"]["CERTIFY_WITNESS_URLS"] == f"http://witness:{port}"


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_runs_without_rights(name: str) -> None:
    service = SERVICES[name]
    assert service["user"].split(":")[0] not in {"0", "root"}
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] or name == "temporal-ui"
    assert "/tmp" in service["tmpfs"]  # noqa: S108  # a mount inside the container


@pytest.mark.parametrize("name", OURS)
def test_user_and_folders_of_a_program_of_ours_are_made_in_the_image(name: str) -> None:
    number = OURS[name]["user"].split(":")[0]
    user = re.search(rf"useradd --uid {number} .* (\w+) ", DOCKERFILE)
    assert user is not None
    for target in mounts(OURS[name]):
        assert target.startswith("/run/secrets/") or re.search(rf"install --directory .*{target}\b", DOCKERFILE)


def test_the_label_key_is_mounted_where_its_user_runs_and_nowhere_else() -> None:
    holders = {name for name, one in SERVICES.items() if {"label-key", "sign-log"} & set(mounts(one).values())}
    assert holders == {"keys", "signer"}
    assert {SERVICES[name]["user"] for name in holders} == {"10002:10002"}
    others = {name for name in SERVICES if name not in holders and SERVICES[name]["user"] == "10002:10002"}
    assert others == {"witness"}


def test_the_root_is_mounted_where_it_is_made_and_on_no_network() -> None:
    assert {name for name, one in SERVICES.items() if "root-key" in mounts(one).values()} == {"keys"}
    assert {name for name, one in SERVICES.items() if "witness-key" in mounts(one).values()} == {"keys", "witness"}
    assert SERVICES["keys"]["network_mode"] == "none"


@pytest.mark.parametrize("name", SERVICES)
def test_an_image_has_a_tag(name: str) -> None:
    assert re.fullmatch(r"[\w./-]+:[\w.-]+", SERVICES[name]["image"])
    assert not SERVICES[name]["image"].endswith(":latest")


def test_server_and_admin_tools_of_temporal_are_one_version() -> None:
    assert len(re.findall(r"temporalio/(?:server|admin-tools):\$\{TEMPORAL_VERSION:-[\d.]+\}", TEXT)) == 2
    assert SERVICES["temporal"]["image"].split(":")[1] == SERVICES["temporal-schema"]["image"].split(":")[1]


def test_the_image_is_named_after_this_version() -> None:
    assert {service["image"] for service in OURS.values()} == {f"certify:{__version__}"}


def test_what_runs_on_has_a_health_check_and_what_is_waited_for_can_say_so() -> None:
    for name, service in SERVICES.items():
        assert ("healthcheck" in service) == (name not in ONE_SHOTS)
        for other, how in service.get("depends_on", {}).items():
            assert how["condition"] in {"service_healthy", "service_completed_successfully"}
            assert how["condition"] != "service_healthy" or "healthcheck" in SERVICES[other]


def test_health_checks_of_ours_ask_what_exists() -> None:
    for program, port in (("web", 8080), ("verification", 8081)):
        path = re.search(rf"{port}(/\w+)", SERVICES[program]["healthcheck"]["test"][-1])
        assert path is not None
        assert path[1] in {getattr(route, "path", None) for route in health.router.routes}
    for name in ("worker", "signer"):
        *python, module, program = SERVICES[name]["healthcheck"]["test"]
        assert python == ["CMD", "python", "-m"]
        assert find_spec(module)
        assert program in QUEUES


def test_what_the_image_copies_exists_and_reaches_the_builder() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    allowed = {line[1:] for line in ignored if line.startswith("!")}
    copies = re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE)
    sources = {source for copy in copies for source in copy.split()[:-1]}
    assert all((ROOT / source).exists() for source in sources)
    assert sources == allowed
    assert not [secret for secret in ("secrets", ".env", ".venv") if any(fnmatch(secret, one) for one in allowed)]
