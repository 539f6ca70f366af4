"""Settings: one class, one prefix `CERTIFY_`; everything has a default under one data folder.

`TEMPORAL_*` variables are Temporal's own (address, namespace, TLS) and are read by its client.
"""

import os
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, FilePath, StringConstraints, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.identifiers import one_line

MIB = 1024 * 1024

AddressLine = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True), AfterValidator(one_line)]
"""A postal address or nothing; a longer one would fit no attestation (`schemas.identifiers.PostalAddress`)."""


class Settings(BaseSettings):
    """Where things are and how much is allowed.

    Attributes:
        data: folder of everything the embedded programs keep.
        body: name of the certification body, `body_ru` the same in Russian.
        body_address: its postal address in one line, at most 200 characters, `body_address_ru` the same in Russian;
            pages, certificates and exports show it (ISO/IEC 17065, 7.7.1). Where one is empty, the other stands
            for both; without either none is shown.
        public_url: what QR codes carry; must be the address under which the public reaches `web`.
        database_url: SQLAlchemy address; SQLite in the data folder by default.
        signer_database_url: the signer's own, read-only account, where the database has one.
        evidence_url: address of the object store (`file:///…`, `s3://bucket`).
        keys_uri: the first label key (`file:PATH` or `pkcs11:…`); only the signer opens it.
        signing_keys_file: which keys there are, and the URI at which each is opened; new files are made beside it.
        key_set_file: the public keys, a JWK set; `signed_key_set_file` the same, signed by the root.
        root_file: the public half of the root, for people to pin.
        root_folder: its private half with the passphrase; belongs on another machine.
        payload_keys_file: keys of the record's cells, and of what lies in Temporal and belongs to no case; one file for
            web, worker and signer.
        seal_payloads: no while programs run that cannot open what is sealed, in Temporal or in the record: those of
            before it was (docs/operate).
        security_events_file: where `web` writes what happens to accounts and permissions, a JSON line each;
            what strangers cause goes into a file beside it.
        witness_key_uri: the witness's own key, with a passphrase of its own in `witness_passphrase_file`.
        published_url: where the signer publishes the log, the lists and the papers of labels (`file:///…`,
            `s3://bucket/prefix`); pages only read there.
        signature_log_file: what the keys of log, lists and papers signed; by default beside `sign_log_file`.
        log_origin: the log's one name for good, `HOST/log`; another one is another log.
        witness_urls: addresses of the log's witnesses, before `/add-checkpoint`, with spaces between.
        witness_quorum: how many of them must have seen a checkpoint.
        witness_folder: key and memory of the witness this machine runs, on `witness_port`.
        database_url_file: file that holds `database_url`, which may carry a password; the address itself wins.
            `signer_database_url_file`, `evidence_url_file` and `vault_database_url_file` likewise.
        vault_database_url: the vault's own database of wrapped keys; belongs in no backup of record and store.
        vault_keys_file: the master keys of the vault, which wrap those; kept apart from all else.
        signed_ballots: members and label officers sign what they do with a passkey, in cases lodged from now on.
        totp_key_file: key under which secrets of code generators lie; keep it apart from backups of the database.
        strong_sign_in: `required`: everyone but applicants signs in with a second factor; `offered`: they may, for
            the time in which people enrol.
        recovery_hours: time between approval of a recovery and its link.
        clamav_url: where clamd answers, `tcp://host:port` or `unix:/path`; without it files stay unscanned.
        files_url: another host from which files are given out, by one-time links; without it they come from
            `public_url` itself, under `/files`.
        openings_an_hour: how many items of evidence one person may open in an hour.
        evidence_file_max_bytes: largest file; `evidence_case_max_bytes` for all files of a case.
    """

    model_config = SettingsConfigDict(env_prefix="CERTIFY_", extra="forbid", frozen=True)

    data: Path = Path("certify-data")
    port: int = Field(default=8080, ge=0, le=65535)
    host: str = "127.0.0.1"
    public_url: str = ""
    body: str = "Commission for the AI Ethics Code"
    body_ru: str = "Комиссия по реализации Кодекса этики ИИ"
    body_address: AddressLine = ""
    body_address_ru: AddressLine = ""
    database_url: str = Field(default="", repr=False)
    signer_database_url: str = Field(default="", repr=False)
    evidence_url: str = Field(default="", repr=False)
    vault_database_url: str = Field(default="", repr=False)
    database_url_file: FilePath | None = None
    signer_database_url_file: FilePath | None = None
    evidence_url_file: FilePath | None = None
    vault_database_url_file: FilePath | None = None
    vault_keys_file: Path | None = None
    keys_uri: str = ""
    keys_passphrase_file: Path | None = None
    signing_keys_file: Path | None = None
    key_set_file: Path | None = None
    signed_key_set_file: Path | None = None
    root_file: Path | None = None
    root_folder: Path | None = None
    payload_keys_file: Path | None = None
    seal_payloads: bool = True
    security_events_file: Path | None = None
    witness_key_uri: str = ""
    witness_passphrase_file: Path | None = None
    sign_log_file: Path | None = None
    signature_log_file: Path | None = None
    published_url: str = ""
    log_origin: str = Field(default="", pattern=r"^[^\s+]*$", max_length=200)
    witness_urls: str = ""
    witness_quorum: int = Field(default=1, ge=1, le=16)
    witness_folder: Path | None = None
    witness_port: int = Field(default=8090, ge=0, le=65535)
    clamav_url: str = Field(default="", pattern=r"^(tcp://[^/\s]+|unix:/\S+)?$")
    files_url: str = Field(default="", pattern=r"^(https?://[^/\s]+/?)?$")
    openings_an_hour: int = Field(default=200, ge=1)
    evidence_file_max_bytes: int = Field(default=1024 * MIB, ge=1)
    evidence_case_max_bytes: int = Field(default=4096 * MIB, ge=1)
    signed_ballots: bool = True
    totp_key_file: Path | None = None
    strong_sign_in: Literal["required", "offered"] = "required"
    recovery_hours: float = Field(default=24, ge=1, le=24 * 30)
    demo: bool = False

    @model_validator(mode="after")
    def _from_their_files(self) -> Self:
        for name in ("database_url", "signer_database_url", "evidence_url", "vault_database_url"):
            file: Path | None = getattr(self, f"{name}_file")
            if file is not None and not getattr(self, name):
                address = file.read_text().strip()
                if not address:
                    raise ValueError(f"the file of CERTIFY_{name.upper()} is empty: {file}")
                object.__setattr__(self, name, address)
        return self

    @model_validator(mode="after")
    def _under_the_data_folder(self) -> Self:
        data = self.data.absolute()
        defaults = {
            "data": data,
            "public_url": f"http://localhost:{self.port}",
            "database_url": f"sqlite+aiosqlite:///{data / 'certify.db'}",
            "evidence_url": (data / "evidence").as_uri(),
            "vault_database_url": f"sqlite+aiosqlite:///{data / 'vault' / 'keys.db'}",
            "vault_keys_file": data / "vault" / "master.json",
            "keys_uri": f"file:{data / 'keys' / 'label.pem'}",
            "keys_passphrase_file": data / "keys" / "passphrase",
            "signing_keys_file": data / "keys" / "signing-keys.json",
            "key_set_file": data / "keys" / "keys.json",
            "signed_key_set_file": data / "keys" / "key-set.cose",
            "root_file": data / "keys" / "root.json",
            "root_folder": data / "keys" / "root",
            "payload_keys_file": data / "keys" / "payload-keys.json",
            "security_events_file": data / "security-events.jsonl",
            "witness_key_uri": f"file:{data / 'witness' / 'witness.pem'}",
            "witness_passphrase_file": data / "witness" / "passphrase",
            "sign_log_file": data / "signer" / "sign-log.jsonl",
            "signature_log_file": (self.sign_log_file or data / "signer" / "sign-log.jsonl").with_name(
                "signatures.jsonl"
            ),
            "published_url": (data / "published").as_uri(),
            "totp_key_file": data / "accounts" / "totp.key",
            "witness_folder": data / "witness",
        }
        for name, value in defaults.items():
            if name == "data" or not getattr(self, name):
                object.__setattr__(self, name, value)
        if not self.public_url.startswith(("http://", "https://")):
            raise ValueError("CERTIFY_PUBLIC_URL begins with http:// or https://; QR codes carry it")
        object.__setattr__(self, "public_url", self.public_url.rstrip("/"))
        object.__setattr__(self, "files_url", self.files_url.rstrip("/"))
        # Cookies know no ports.
        if urlsplit(self.files_url).hostname == urlsplit(self.public_url).hostname:
            raise ValueError(
                "CERTIFY_FILES_URL is another host than CERTIFY_PUBLIC_URL; leave it empty for the same one"
            )
        if not self.log_origin:
            object.__setattr__(self, "log_origin", f"{urlsplit(self.public_url).hostname}/log")
        if not self.witness_urls:
            object.__setattr__(self, "witness_urls", self.own_witness_url)
        return self

    def sign_in_link(self, token: str) -> str:
        """Return the address at which whoever holds a one-time token comes in."""
        return f"{self.public_url}/sign-in/link/{token}"

    @property
    def has_witness_of_its_own(self) -> bool:
        """Whether the witness of this machine is one of those that watch the log."""
        return self.own_witness_url in self.witness_urls.split()

    @property
    def own_witness_url(self) -> str:
        """Where the witness of this machine answers."""
        return f"http://127.0.0.1:{self.witness_port}"

    @property
    def passphrase(self) -> str:
        """The passphrase of the keys, read from its file."""
        assert self.keys_passphrase_file is not None
        return self.keys_passphrase_file.read_text().strip()

    def as_environment(self) -> dict[str, str]:
        """Return the environment that gives a program started by this one the same settings."""
        own = {f"CERTIFY_{name.upper()}": str(value) for name, value in self if value not in {"", None}}
        return {**os.environ, **own}
