"""A register in memory that says what a test lets it say, and the mirror of it in a folder: right but for one thing.

made = Made()
made.begin()
label = made.grant("one")
made.step(label, Standing.SUSPENDED)
made.mirror(folder)
"""

import hashlib
import json
from base64 import urlsafe_b64encode
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, derive_private_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA65PrivateKey

from labels.encoding import to_base36
from labels.exports.certificate import certificate_cose
from labels.exports.conformity import conformity_credential
from labels.exports.open_badge import vc_jwt
from labels.key_set import KeySet, TrustedKey, Use
from labels.keys import KeyInMemory
from labels.log import checkpoints
from labels.log.checkpoints import Checkpoint
from labels.log.notes import Note
from labels.log.proofs import Proof
from labels.log.sequencer import HEAD, Sequencer
from labels.log.tiles import TiledLog
from labels.log.tree import inclusion_proof
from labels.mirror.folder import MANIFEST, label_file, scheme_file
from labels.mirror.history import History, LoggedLabel
from labels.root import Root, RootSigners
from labels.signed_key_set import SignedKeySet, sign_key_set
from labels.signing import prepare, sign, subject_digest
from labels.status import Shard, signed_list
from schemas.attestation import Attestation
from schemas.errors import PreparationError
from schemas.label import LabelStatement, Standing
from schemas.label_life import Because
from schemas.label_number import format_number, id_of
from schemas.mirror import Manifest, MirroredLabel
from schemas.public_facts import PublicFacts
from schemas.public_log import (
    DecisionStatement,
    IssueStatement,
    KeySetStatement,
    LogEntry,
    ParticipantStatement,
    SchemeStatement,
    StandingStatement,
    Statement,
)
from schemas.voting import Tally
from tests.unit.labels.log.conftest import MemoryFiles

ORIGIN, URL, WITNESS = "v.example.eu/log", "https://v.example.eu", "witness.example.org/w1"
DECIDED = datetime(2026, 3, 1, 9, tzinfo=UTC)
SEEN = datetime(2026, 3, 2, 9, tzinfo=UTC)
EXPIRES = datetime(2028, 2, 28, 23, 59, 59, tzinfo=UTC)
SCHEME = b'{"scheme":"small"}'
SCHEME_DIGEST = hashlib.sha256(SCHEME).hexdigest()
TALLY = Tally(base=5, present=5, in_favour=4, against=1, abstain=0, quorum_reached=True, majority_reached=True)


def _seed(name: str) -> bytes:
    return hashlib.sha256(name.encode()).digest()


def key(name: str) -> KeyInMemory:
    """An Ed25519 key that is the same in every run."""
    return KeyInMemory(Ed25519PrivateKey.from_private_bytes(_seed(name)))


LABEL, STATUS, LOG, WITNESS_KEY = key("label"), key("status"), key("log"), key("witness")
PAPERS = KeyInMemory(derive_private_key(2026, SECP256R1()))
ROOT = RootSigners(key("root"), KeyInMemory(MLDSA65PrivateKey.from_seed_bytes(_seed("root"))))
FIRST, LAST, LAST_ASKED_ABOUT = date(2026, 1, 1), date(2026, 12, 31), date(2028, 12, 31)
KEYS = KeySet(
    tuple(
        TrustedKey(signer.public_key, FIRST, LAST if use in {Use.LABEL, Use.CERTIFICATE} else LAST_ASKED_ABOUT, use)
        for use, signer in {
            Use.LABEL: LABEL, Use.CERTIFICATE: PAPERS, Use.STATUS: STATUS, Use.LOG: LOG, Use.WITNESS: WITNESS_KEY,
        }.items()
    )
)  # fmt: skip


_SIGNED: dict[tuple[str, int], SignedKeySet] = {}


def signed_once(keys: KeySet, version: int) -> SignedKeySet:
    """A version of the key set, the same bytes for every register: ML-DSA draws a nonce each time."""
    named = (keys.as_json(), version)
    if named not in _SIGNED:
        _SIGNED[named] = sign_key_set(keys, version=version, issued_at=DECIDED, root=ROOT)
    return _SIGNED[named]


def digest_of_nothing(number: int) -> str:
    """A digest for an entry of the record that nobody has."""
    return hashlib.sha256(f"entry {number}".encode()).hexdigest()


@dataclass
class Made:
    """What the register has said so far, and what its mirror tells; a test may change any of it before `mirror`."""

    log: MemoryFiles = field(default_factory=MemoryFiles)
    key_sets: list[SignedKeySet] = field(default_factory=list)
    schemes: dict[str, bytes] = field(default_factory=dict)
    tokens: dict[str, LabelStatement] = field(default_factory=dict)
    proofs: dict[str, str] = field(default_factory=dict)
    listed: dict[str, Standing] = field(default_factory=dict)
    told: dict[str, dict[str, Any]] = field(default_factory=dict)
    seen_at: datetime = SEEN
    listed_at: datetime = SEEN

    def __post_init__(self) -> None:
        self.sequencer = Sequencer(self.log, ORIGIN, LOG)

    def begin(self) -> None:
        """Publish keys, adopt the scheme, enter a participant."""
        self.publish_keys(KEYS)
        self.adopt(SCHEME)
        self.say(ParticipantStatement(organisation="acme", name="Acme Vision", country="EE", entered_at=DECIDED))

    def say(self, *statements: Statement) -> int:
        """Log an entry, and return its index."""
        entry = LogEntry(digest=digest_of_nothing(self.sequencer.size), statements=statements)
        return self.say_bytes(entry.as_bytes())

    def say_bytes(self, entry: bytes) -> int:
        """Log whatever it is."""
        self.sequencer.append([entry])
        return self.sequencer.size - 1

    def publish_keys(self, keys: KeySet) -> SignedKeySet:
        """Sign the next version of the key set, and log it."""
        found = signed_once(keys, len(self.key_sets) + 1)
        self.key_sets.append(found)
        self.say(KeySetStatement(version=found.version, digest=found.digest))
        return found

    def adopt(self, scheme: bytes) -> None:
        """Adopt a scheme."""
        digest = hashlib.sha256(scheme).hexdigest()
        self.schemes[digest] = scheme
        self.say(SchemeStatement(scheme="small", version="1", digest=digest))

    def decide(self, number: str) -> None:
        """Take a decision to grant."""
        self.say(
            DecisionStatement(
                number=number,
                outcome="granted",
                tally=TALLY,
                quorum="1/2",
                majority="simple",
                manifest_digest=digest_of_nothing(0),
                scheme_digest=SCHEME_DIGEST,
                decided_at=DECIDED,
            )
        )

    def issue(self, name: str, *, decision: str, signer: KeyInMemory = LABEL, **changes: Any) -> str:
        """Issue a label, with its proof, and return its id."""
        label_id = id_of(_seed(name)[:10])
        statement = LabelStatement(
            id=label_id,
            expires_at=EXPIRES,
            tier="low",
            status_index=changes.pop("status_index", len(self.tokens) * 7),
            subject_digest=subject_digest(label_id, name, "1", None),
            name_version=f"{name} 1",
        )
        self.tokens.setdefault(label_id, statement)
        issue = IssueStatement(
            **{
                "label": label_id,
                "token": to_base36(sign(prepare(statement), signer)),
                "decision": decision,
                "holder": "Acme Vision",
                "issued_at": DECIDED,
                "expires_at": EXPIRES,
                **changes,
            }
        )
        self.say(issue)
        self.proofs.setdefault(label_id, self.proof(self.sequencer.size - 1))
        return label_id

    def grant(self, name: str) -> str:
        """Decide and issue."""
        self.decide(f"case-{name}/9")
        return self.issue(name, decision=f"case-{name}/9")

    def step(self, label: str, standing: Standing, **changes: Any) -> None:
        """Let a label take its next step."""
        number = len(self.history.labels[label].steps) + 1
        usual = {"version": number, "standing": standing, "because": Because.MARK_MISUSED, "at": DECIDED}
        self.say(StandingStatement(label=label, **{**usual, **changes}))

    @property
    def history(self) -> History:
        """What the log says."""
        return History.of(self.stored.entries(0, self.stored.size))

    @property
    def stored(self) -> TiledLog:
        """The log as stored."""
        return TiledLog(self.log, self.sequencer.size)

    def checkpoint(self) -> str:
        """The last checkpoint, witnessed."""
        head = self.sequencer.head
        assert head is not None
        return witnessed(head, self.seen_at)

    def proof(self, index: int) -> str:
        """The proof of an entry in the log as it is now."""
        stored = self.stored
        (entry,) = stored.entries(index, index + 1)
        return str(Proof(entry, index, inclusion_proof(index, stored.size, stored.subtree), self.checkpoint()))

    def mirror(self, folder: Path) -> Path:
        """Write the mirror."""
        for path, content in self.files().items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(content)
        return sealed(folder, self.sequencer, max(self.seen_at, self.listed_at))

    def files(self) -> dict[str, bytes]:
        """Every file of the mirror but its manifest."""
        last, history = self.key_sets[-1], self.history
        found = {f"log/{path}": content for path, content in self.log.items() if path != HEAD}
        found |= {"log/checkpoint": self.checkpoint().encode(), "s/0": self.list(), "s/index.json": _index()}
        found |= {f"keys/key-set-{one.version}.cose": one.signed for one in self.key_sets}
        found |= {".well-known/label-keys": last.signed, ".well-known/jwks.json": last.as_jwks().encode()}
        found |= {".well-known/label-root.json": Root.of(ROOT).as_json().encode()}
        found |= {scheme_file(digest): content for digest, content in self.schemes.items()}
        found |= {"register.json": history.register.model_dump_json().encode()}
        for label in history.labels.values():
            found |= self._files_of(label)
        return {**found, "offline.bundle": _bundle(found)}

    def _files_of(self, label: LoggedLabel) -> dict[str, bytes]:
        label_id = label.issue.label
        told = told_of(label, self.tokens[label_id], **self.told.get(label_id, {}))
        found = {
            label_file(label_id, "label.json"): told.model_dump_json().encode(),
            label_file(label_id, "label.tlog-proof"): self.proofs[label_id].encode(),
        }
        with suppress(PreparationError):  # a label with another one's token has no papers
            attestation = attestation_of(told, self.tokens[label_id])
            found[label_file(label_id, "certificate.cose")] = certificate_cose(attestation, PAPERS)
            found[label_file(label_id, "open-badge.jwt")] = vc_jwt(attestation, PAPERS).encode()
            found[label_file(label_id, "conformity.jwt")] = conformity_credential(attestation, PAPERS).encode()
            found |= {label_file(label_id, f"certificate.{one}.pdf"): b"%PDF-1.7" for one in ("en", "ru")}
        return found

    def list(self) -> bytes:
        """The status list, as the log says unless a test says otherwise."""
        history = self.history
        standings = {one: label.standing for one, label in history.labels.items()} | self.listed
        shard = Shard((self.tokens[one].status_index, standing) for one, standing in standings.items())
        return signed_list(bytes(shard), address=f"{URL}/s/0", version=history.size, at=self.listed_at, signer=STATUS)


def witnessed(head: Note, at: datetime, signer: KeyInMemory = WITNESS_KEY) -> str:
    """A checkpoint as the log publishes it."""
    return str(head) + checkpoints.cosignature(head, WITNESS, signer, at=at)


def sealed(folder: Path, sequencer: Sequencer | None = None, as_of: datetime = SEEN) -> Path:
    """Make the manifest, as anybody can who changed a file: no test is to rest on it by accident."""
    head = Checkpoint(ORIGIN, sequencer.size, sequencer.root) if sequencer is not None else None
    before = json.loads((folder / MANIFEST).read_bytes()) if head is None else {}
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST]
    files = {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    told = {"origin": ORIGIN, "public_url": URL, "exported_at": as_of, "as_of": as_of}
    told |= {"size": head.size, "root": head.root.hex()} if head is not None else before
    manifest = Manifest.model_validate({**told, "files": files})
    (folder / MANIFEST).write_text(manifest.model_dump_json())
    return folder


def told_of(label: LoggedLabel, said: LabelStatement, **changes: Any) -> MirroredLabel:
    """What a mirror tells of a label."""
    issue = label.issue
    name, version = said.name_version.rsplit(" ", 1)
    facts = PublicFacts.model_validate(
        {
            "product": name, "label_name": name, "version": version, "holder": issue.holder, "country": "EE",
            "purpose": "Reads", "deployment": "On paper", "languages": ("en",), "governed_by": "no",
            "scheme": {"id": "small", "version": "1", "digest": SCHEME_DIGEST},
            "decision_number": issue.decision, "decided_at": DECIDED, "tally": TALLY,
            "total": 3, "met": 2, "not_applicable": 1, "own_tests": 0, "experts": 1, "areas": (), "recused": 0,
            "prolongs": issue.prolongs,
        }
    )  # fmt: skip
    usual = {
        "id": issue.label, "number": format_number(issue.label), "token": issue.token, "kid": LABEL.kid,
        "tier": said.tier, "holder": issue.holder, "issued_at": issue.issued_at, "expires_at": issue.expires_at,
        "standing": label.standing, "steps": label.steps, "facts": facts,
    }  # fmt: skip
    return MirroredLabel.model_validate({**usual, **changes})


def attestation_of(told: MirroredLabel, said: LabelStatement) -> Attestation:
    """What the certificate of a label says."""
    facts = told.facts
    shared = facts.model_dump(include={
        "product", "label_name", "version", "holder", "country", "purpose", "deployment", "languages",
        "total", "met", "not_applicable", "decision_number",
    })  # fmt: skip
    return Attestation(
        id=said.id, token=told.token, issuer="The Commission", register_url=URL, tier=said.tier, tier_name="Low risk",
        granted_on=DECIDED.date(), expires_at=said.expires_at, scheme_title="Small", scheme_version="1",
        scheme_digest=SCHEME_DIGEST, code_edition="First", meaning="It reads.", status_index=said.status_index,
        **shared,
    )  # fmt: skip


def later(**by: float) -> datetime:
    """A moment after the checkpoint was seen."""
    return SEEN + timedelta(**by)


def _index() -> bytes:
    return json.dumps({"status_lists": [f"{URL}/s/0"]}).encode()


def _bundle(files: dict[str, bytes]) -> bytes:
    packed = urlsafe_b64encode(files["s/0"]).rstrip(b"=").decode()
    return json.dumps(
        {
            "format": "certify-offline-bundle/1",
            "origin": ORIGIN,
            "made_at": SEEN.isoformat(),
            "keys": json.loads(files[".well-known/jwks.json"]),
            "checkpoint": files["log/checkpoint"].decode(),
            "status": {f"{URL}/s/0": packed},
        }
    ).encode()
