"""When witnesses saw the issue of a label: its `.tlog-proof`, whose extra data is the entry of the log itself."""

from labels.log import proofs
from labels.log.checkpoints import Policy, Witnessed
from schemas.errors import VerificationError
from schemas.label import LabelId, Token
from schemas.public_log import IssueStatement, LogEntry


def witnessed_issue(proof: str | bytes, policy: Policy, *, label: LabelId, token: Token) -> Witnessed:
    """Check that the entry in a proof issues this very label, and stands in a log that witnesses saw.

    Raises:
        VerificationError: `not_in_log`: the entry is about something else, or does not lead to the root; and as
            `labels.log.proofs.verify`.
    """
    if issue_in(proof, label).token != token:
        raise VerificationError("not_in_log", "The proof is about another token than this label's.")
    return proofs.verify(proof, proofs.parse(proof).extra, policy)


def issue_in(proof: str | bytes, label: LabelId) -> IssueStatement:
    """Return what the entry in a proof says of a label's issue; nothing of it is believed yet.

    Raises:
        VerificationError: `malformed`; `not_in_log`: the entry is about something else.
    """
    entry = proofs.parse(proof).extra
    if not entry:
        raise VerificationError("malformed", "The proof comes without its entry.")
    try:
        statements = LogEntry.from_bytes(entry).statements
    except ValueError as error:
        raise VerificationError("not_in_log", "The proof holds no entry of the log.") from error
    for one in statements:
        if isinstance(one, IssueStatement) and one.label == label:
            return one
    raise VerificationError("not_in_log", "The proof is about something else than this label.")
