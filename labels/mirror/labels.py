"""One label of a mirror: its proof, its token, its papers and what is told of it, against what the log says.

These are also what `certify check` asks of what is published, so that both judge alike.
"""

from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
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

CERTIFICATE = "certificate.cose"
PAPERS = ("open-badge.jwt", "conformity.jwt", CERTIFICATE, "certificate.en.pdf", "certificate.ru.pdf")
"""The papers of a label; they are made one after the other once it is logged."""
PAPERS_AFTER = timedelta(hours=1)
"""How long after witnesses saw a label its papers may be awaited: of many labels at once they are made in turn."""

_ATTESTED = {"product", "label_name", "version", "holder", "country", "purpose", "deployment", "languages"} | {
    "total", "met", "not_applicable", "decision_number", "holder_address",
}  # fmt: skip
"""Facts that a certificate has under the same names."""
LOGGED = ("decided_at", "decision_number", "holder", "prolongs", "scheme", "tally")
"""Facts that the log says."""
SIGNED = ("label_name", "version")
"""Facts that the token says."""
CERTIFIED = tuple(sorted(_ATTESTED - {*LOGGED, *SIGNED}))
"""Facts that nothing but the certificate says."""
ONLY_TOLD = tuple(sorted({*PublicFacts.model_fields, "holder_seats"} - {*LOGGED, *SIGNED, *CERTIFIED}))
"""Facts for which the mirror has the operator's word alone."""


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
    adopted = history.schemes.get(facts.scheme.digest)
    yield "scheme", (facts.scheme.id, facts.scheme.version), (adopted and adopted.scheme, adopted and adopted.version)
    decision = history.decisions.get(issue.decision)
    if decision is not None:
        yield "tally", facts.tally, decision.tally
        yield "scheme", facts.scheme.digest, decision.scheme_digest


def missing_papers(
    label: LoggedLabel, there: Collection[str], *, seen_at: datetime | None, as_of: datetime
) -> Iterator[Difference]:
    """Yield the papers that a label should have by now: `certificate_missing`, `paper_missing`.

    Args:
        label: as logged.
        there: names of the papers that it has.
        seen_at: when witnesses saw it first; None where nothing holds that shows it.
        as_of: when they saw the log.
    """
    if seen_at is not None and as_of - seen_at <= PAPERS_AFTER:
        return
    for name in PAPERS:
        if name not in there:
            is_certificate = name == CERTIFICATE
            what = f"is missing; it alone proves {', '.join(CERTIFIED)}" if is_certificate else "is missing"
            code = "certificate_missing" if is_certificate else "paper_missing"
            yield Difference(label_file(label.issue.label, name), what, code)


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
            case _ if name == CERTIFICATE:
                is_its_own = attests(certificate_in(content, trusted), token, facts)  # type: ignore[arg-type]  # as above
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


def attests(attestation: Attestation, token: str, facts: PublicFacts | None) -> bool:
    """Whether a certificate is of a label, and says of it what is told."""
    if attestation.token != token:
        return False
    if facts is None:
        return True
    scheme = (attestation.scheme_version, attestation.scheme_digest) == (facts.scheme.version, facts.scheme.digest)
    return scheme and attestation.model_dump(include=_ATTESTED) == facts.model_dump(include=_ATTESTED)
