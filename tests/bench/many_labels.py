"""A body with as many labels on record as a bench wants, each signed, logged, witnessed and proved like any other."""

import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import select

from certify.config import Settings
from certify.register.labels import LabelRecord
from certify.vault.published_paths import LOG, proof_of, status_list
from labels.encoding import to_base36
from labels.log import checkpoints
from labels.log.proofs import Proof
from labels.log.sequencer import CHECKPOINT, Sequencer
from labels.log.tiles import TiledLog
from labels.log.tree import inclusion_proof
from labels.signing import Signer, prepare, sign, subject_digest
from labels.status import Shard, signed_list
from schemas.label import IssuedLabel, LabelStatement
from schemas.label_number import id_of
from schemas.public_log import IssueStatement, LogEntry
from tests.unit.certify.programs.public_body import PublicBody
from tests.unit.certify.publication.published import LOG_KEY, ORIGIN, STATUS_KEY, URL, WITNESS_KEY
from tests.unit.labels.log.conftest import MemoryFiles

BATCH = 10_000


async def many_labels(data: Path, count: int) -> tuple[Settings, list[IssuedLabel]]:
    """Make the body, and return its settings and labels; all are of one product, as a directory of them is of none."""
    public = await PublicBody.in_folder(data)
    await public.body.certified()
    async with public.body.database.reading() as session:
        (row,) = (await session.exec(select(LabelRecord))).all()
    (signer,) = public.body.keyring().signers
    made = [_label(row, number, signer) for number in range(count)]
    await public.close()
    _keep_rows(data / "certify.db", row, made)
    _publish(data / "published", data / "certify.db", made)
    return public.settings, made


def _label(row: LabelRecord, number: int, signer: Signer) -> IssuedLabel:
    label_id, first, facts = id_of((2**79 + number * 1_000_003).to_bytes(10, "big")), row.issued, row.public_facts
    statement = LabelStatement(
        id=label_id,
        expires_at=first.expires_at,
        tier=first.tier,
        status_index=number + (number >= first.status_index),  # the one place that is taken
        subject_digest=subject_digest(label_id, facts.label_name, facts.version, None),
        name_version=first.name_version,
    )
    changes = {
        **{name: getattr(statement, name) for name in LabelStatement.model_fields if name != "holder"},
        "token": to_base36(sign(prepare(statement), signer)),
        "decision_number": f"bench-{number}/1",
        "kid": signer.kid,
    }
    return first.model_copy(update=changes)


def _keep_rows(path: Path, row: LabelRecord, made: list[IssuedLabel]) -> None:
    names = [column.name for column in LabelRecord.__table__.columns]  # type: ignore[attr-defined]  # of SQLAlchemy
    with sqlite3.connect(path) as connection:
        kept = dict(zip(names, connection.execute(f"SELECT {', '.join(names)} FROM label").fetchone(), strict=True))  # noqa: S608  # names of columns
        facts, places = row.public_facts, ", ".join("?" * len(names))
        rows = (
            {
                **kept,
                "id": label.id,
                "decision_number": label.decision_number,
                "status_index": label.status_index,
                "application": label.decision_number.partition("/")[0],
                "label": label.model_dump_json(),
                "facts": facts.model_copy(update={"decision_number": label.decision_number}).model_dump_json(),
            }
            for label in made
        )
        connection.executemany(
            f"INSERT INTO label ({', '.join(names)}) VALUES ({places})",  # noqa: S608  # as above
            ([one[name] for name in names] for one in rows),
        )


def _publish(folder: Path, database: Path, made: list[IssuedLabel]) -> None:
    files = MemoryFiles()
    sequencer = Sequencer(files, ORIGIN, LOG_KEY)
    entries = [*_entries(made), _last_of(database)]
    for place in range(0, len(entries), BATCH):
        head = sequencer.append(entries[place : place + BATCH])
    note = str(head) + checkpoints.cosignature(head, "witness.example/1", WITNESS_KEY, at=datetime.now(UTC))
    log = TiledLog(files, sequencer.size)
    files[CHECKPOINT] = note.encode()
    for path, content in files.items():
        _write(folder / LOG / path, content)
    for index, label in enumerate(made):
        proof = Proof(entries[index], index, inclusion_proof(index, log.size, log.subtree), note)
        _write(folder / proof_of(label.id), str(proof).encode())
    listed = signed_list(
        bytes(Shard()), address=f"{URL}/{status_list(0)}", version=log.size, at=datetime.now(UTC), signer=STATUS_KEY
    )
    _write(folder / status_list(0), listed)


def _entries(made: list[IssuedLabel]) -> Iterator[bytes]:
    for label in made:
        issue = IssueStatement(
            label=label.id,
            token=label.token,
            decision=label.decision_number,
            holder=label.holder,
            issued_at=label.issued_at,
            expires_at=label.expires_at,
        )
        yield LogEntry(digest="0" * 64, statements=(issue,)).as_bytes()


def _last_of(database: Path) -> bytes:
    """An entry that the record holds: one that lacks what was logged last answers about no label."""
    with sqlite3.connect(database) as connection:
        (digest,) = connection.execute("SELECT digest FROM journal_entry ORDER BY rowid DESC LIMIT 1").fetchone()
    return LogEntry(digest=digest).as_bytes()


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC), "wb") as file:
        file.write(content)
