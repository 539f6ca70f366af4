"""One label of a mirror: its proof, its token, its papers and what is told of it, against what the log says.

These are also what `certify check` asks of what is published, so that both judge alike.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from labels.exports.certificate import certificate_in
from labels.exports.conformity import conformity_in
from labels.exports.open_badge import open_badge_in
from labels.key_set import KeySet, Use
from labels.log import proofs
from labels.log.checkpoints import Policy, Witnessed
from labels.log.tiles import TiledLog
from labels.log.tree import root_of
from labels.mirror.folder import LABEL, PROOF, label_file
from labels.mirror.history import History, LoggedLabel
from labels.mirror.report import Difference
from labels.verification import Verification, verify
from schemas.attestation import Attestation
from schemas.errors import VerificationError
from schemas.label import Authenticity, Kid, LabelStatement
from schemas.label_number import format_number
from schemas.mirror import MirroredLabel
from schemas.public_facts import PublicFacts
from schemas.public_log import IssueStatement

PAPERS = ("open-badge.jwt", "conformity.jwt", "certificate.cose", "certificate.en.pdf", "certificate.ru.pdf")
"""The papers of a label; each may be missing, being made after the label."""

_ATTESTED = {"product", "label_name", "version", "holder", "country", "purpose", "deployment", "languages"} | {
    "total", "met", "not_applicable", "decision_number", "holder_address",
}  # fmt: skip
"""Facts that a certificate has under the same names."""


class Signed(NamedTuple):
    """What a token says, and the short name of the key that signed it."""

    statement: LabelStatement
    kid: Kid


def proof_of(
    content: bytes | None, label: LoggedLabel, log: TiledLog, policy: Policy
) -> tuple[Witnessed | None, Difference | None]:
    """Return what a label's proof shows, or what is wrong with it.

    Codes: `proof_missing`, `proof_not_witnessed`, `proof_not_valid`, `proof_differs`.

    The leaf is the entry that the log has at the label's place; a proof about another one proves nothing here, and a
    proof from a log that is not a beginning of this one neither.
    """
    where = label_file(label.issue.label, PROOF)
    if content is None:
        return None, Difference(where, "is missing", "proof_missing")
    try:
        seen = proofs.verify(content, label.entry, policy)
        found = proofs.parse(content)
    except VerificationError as error:
        code = "proof_not_witnessed" if error.code == "not_witnessed" else "proof_not_valid"
        return None, Difference(where, f"does not hold: {error.message}", code)
    if (found.index, found.extra) != (label.index, label.entry):
        return None, Difference(where, "is about another entry of the log", "proof_differs")
    size = seen.checkpoint.size
    if size <= log.size and root_of(size, log.subtree) != seen.checkpoint.root:
        return None, Difference(where, f"is of another log, which forked before entry {size}", "proof_differs")
    return seen, None


def token_of(
    label: LoggedLabel, keys: KeySet, *, at: datetime, witnessed_at: datetime | None
) -> tuple[Signed | None, Difference | None]:
    """Return what a label's token says and by which key, or what is wrong: `token_not_authentic`, `token_differs`."""
    where, issue = f"label {label.issue.label}", label.issue
    answer: Verification = verify(issue.token, keys, at=at, witnessed_at=witnessed_at)
    said = answer.statement
    if answer.authenticity is not Authenticity.AUTHENTIC or said is None or answer.kid is None:
        return None, Difference(where, f"its token: {answer.reason}", "token_not_authentic")
    if (said.id, said.expires_at) != (issue.label, issue.expires_at) or said.holder not in {None, issue.holder}:
        return None, Difference(where, "its token says something else than the log", "token_differs")
    return Signed(said, answer.kid), None


def told_differences(
    content: bytes | None, label: LoggedLabel, signed: Signed | None, history: History
) -> Iterator[Difference]:
    """Yield what `label.json` says otherwise than log and token.

    Codes: `label_missing`, `label_unreadable`, `standing_differs`, `label_differs`.
    """
    where = label_file(label.issue.label, LABEL)
    if content is None:
        yield Difference(where, "is missing; the log has this label", "label_missing")
        return
    try:
        told = MirroredLabel.model_validate_json(content)
    except ValueError:
        yield Difference(where, "is no account of a label", "label_unreadable")
        return
    if (told.standing, told.steps) != (label.standing, label.steps):
        yield Difference(where, "tells other steps than the log", "standing_differs")
    for name, shown, known in _compared(told, label, signed, history) if signed is not None else ():
        if shown != known:
            yield Difference(where, f"{name} is another one than the log and the token say", "label_differs")


def _compared(
    told: MirroredLabel, label: LoggedLabel, signed: Signed, history: History
) -> Iterator[tuple[str, object, object]]:
    issue, facts, (said, kid) = label.issue, told.facts, signed
    yield "kid", told.kid, kid
    yield "id", told.id, issue.label
    yield "number", told.number, format_number(issue.label)
    yield "token", told.token, issue.token
    yield "tier", told.tier, said.tier
    yield "holder", (told.holder, facts.holder), (issue.holder, issue.holder)
    yield "issued_at", told.issued_at, issue.issued_at
    yield "expires_at", told.expires_at, issue.expires_at
    yield "version", f"{facts.label_name} {facts.version}", said.name_version
    yield "decision_number", facts.decision_number, issue.decision
    yield "prolongs", facts.prolongs, issue.prolongs
    yield "decided_at", facts.decided_at, issue.issued_at
    yield "scheme", facts.scheme.digest in history.schemes, True
    decision = history.decisions.get(issue.decision)
    if decision is not None:
        yield "tally", facts.tally, decision.tally
        yield "scheme", facts.scheme.digest, decision.scheme_digest


def paper_differences(
    issue: IssueStatement, name: str, content: bytes, keys: KeySet, facts: PublicFacts | None
) -> Iterator[Difference]:
    """Yield what is wrong with a paper: `paper_not_valid`, `paper_key_compromised`, `paper_differs`.

    A PDF is looked at by its first bytes only; any PDF reader checks its signature, and `certify check` does.
    """
    where, token = label_file(issue.label, name), issue.token
    trusted = keys.of_use(Use.CERTIFICATE).keys
    try:
        match name:
            case "open-badge.jwt":
                is_its_own = _names(open_badge_in(content, trusted), token)  # type: ignore[arg-type]  # all are P-256
            case "conformity.jwt":
                is_its_own = _names(conformity_in(content, trusted), token)  # type: ignore[arg-type]  # as above
            case "certificate.cose":
                is_its_own = _attests(certificate_in(content, trusted), token, facts)  # type: ignore[arg-type]  # as above
            case _:
                is_its_own = content.startswith(b"%PDF-")
    except VerificationError as error:
        code = "paper_key_compromised" if error.code == "key_compromised" else "paper_not_valid"
        yield Difference(where, f"does not hold: {error.message}", code)
        return
    if not is_its_own:
        yield Difference(where, "is not of this label", "paper_differs")


def _names(credential: object, token: str) -> bool:
    return f"/C/{token}" in str(credential)


def _attests(attestation: Attestation, token: str, facts: PublicFacts | None) -> bool:
    if attestation.token != token:
        return False
    return facts is None or attestation.model_dump(include=_ATTESTED) == facts.model_dump(include=_ATTESTED)
