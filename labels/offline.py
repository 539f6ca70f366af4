"""Both answers about a label out of files: is it authentic, and does it stand? Pure; every file is an argument.

The procedure goes on where `labels.verification` ends; its numbers are those of docs and tests:

    (7) the proof of the log, where one is given: its entry issues this very label, and witnesses saw it
    (8) the status list of the label's shard: signed by a status key, not older than one already known, not stale
    (9) the host that an address or a picture leads to is the register's

What cannot be relied on says nothing about the label: its standing is `could_not_check`, never `in_force`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from urllib.parse import urlsplit

from labels.addresses import read_scanned
from labels.key_set import KeySet, Use
from labels.log.checkpoints import Witnessed
from labels.log.issues import witnessed_issue
from labels.log.policy import policy_of
from labels.status import SHARD, StatusList, list_about, standing_in
from labels.verification import Verification, verify
from schemas.errors import CouldNotCheck, VerificationError
from schemas.label import Authenticity, LabelStatement, Standing

NO_LIST = "no_list"
NO_PROOF = "no_proof"
"""In force as far as the list tells; that the label is in the log was not shown (invariant I8)."""


@dataclass(frozen=True)
class Evidence:
    """What a reader has beside the token.

    Attributes:
        keys: what the reader trusts.
        lists: status lists as they were served, of any shards.
        proof: the `.tlog-proof` of the label, where there is one.
        origin: of the one log that is believed, `HOST/log`; needed for a proof, and names the register's host.
        known_versions: the highest version the reader has seen of each list, by its shard; by None, of the label's.
        quorum: how many witnesses must have seen the log.
    """

    keys: KeySet
    lists: Sequence[bytes] = ()
    proof: bytes | None = None
    origin: str | None = None
    known_versions: Mapping[int | None, int] = field(default_factory=dict)
    quorum: int = 1


@dataclass(frozen=True)
class Answer:
    """What follows about a label.

    Attributes:
        standing: None unless the token is authentic.
        code: why an answer is not more than it is (`no_list`, `no_proof`, `list_…`, or what is wrong with the
            proof); None where nothing is left open.
        told_by: the list that tells the standing.
        seen: the witnessed log that holds the issue.
        host: that the address leads to, in lower case; None where no address was given.
        is_other_host: whether it is not the register's.
    """

    verification: Verification
    standing: Standing | None
    code: str | None = None
    told_by: StatusList | None = None
    seen: Witnessed | None = None
    host: str | None = None
    is_other_host: bool = False


def answer_for(text: str, evidence: Evidence, *, at: datetime) -> Answer:
    """Answer for a token, bare or at the end of an address, at a moment (aware).

    Raises:
        CouldNotCheck: `number_only`: a number carries no proof.
    """
    try:
        scanned = read_scanned(text)
    except VerificationError as error:
        return Answer(Verification(Authenticity(error.code), None, None, None, error.message), None)
    answer = _about_token(scanned.token, evidence, at)
    return replace(answer, host=scanned.host, is_other_host=_is_other(scanned.host, evidence.origin, answer))  # (9)


def _about_token(token: str, evidence: Evidence, at: datetime) -> Answer:
    seen, refusal = _seen(token, evidence, at)  # (7)
    verification = verify(token, evidence.keys, at=at, witnessed_at=seen.at if seen else None)
    if verification.statement is None:
        return Answer(verification, None, refusal, seen=seen)
    standing, code, told_by = _standing(verification, verification.statement, evidence, at)  # (8)
    if refusal is not None and standing is Standing.IN_FORCE:
        # A label is in force once witnesses saw its issue; here that was to be shown, and is not.
        standing = Standing.COULD_NOT_CHECK
    if standing is Standing.IN_FORCE and seen is None:
        code = NO_PROOF
    return Answer(verification, standing, refusal or code, told_by, seen)


def _seen(token: str, evidence: Evidence, at: datetime) -> tuple[Witnessed | None, str | None]:
    """Return what witnesses saw of the issue of a label, or why that is not shown; neither without a proof."""
    if evidence.proof is None or evidence.origin is None:
        return None, None
    statement = _signed_statement(token, evidence.keys, at)
    if statement is None:
        return None, None
    policy = policy_of(evidence.keys, evidence.origin, quorum=evidence.quorum)
    try:
        return witnessed_issue(evidence.proof, policy, label=statement.id, token=token), None
    except VerificationError as error:
        return None, error.code


def _signed_statement(token: str, keys: KeySet, at: datetime) -> LabelStatement | None:
    """Return what was signed, whosever hands the key may be in."""
    uncompromised = KeySet(tuple(replace(key, compromised_at=None) for key in keys.keys))
    return verify(token, uncompromised, at=at).statement


def _standing(
    verification: Verification, statement: LabelStatement, evidence: Evidence, at: datetime
) -> tuple[Standing, str | None, StatusList | None]:
    code, told_by, told = None, None, Standing.COULD_NOT_CHECK
    try:
        told_by = _newest_list(statement.status_index, evidence, at)
        told = standing_in(told_by, statement.status_index) or Standing.IN_FORCE
    except CouldNotCheck as error:
        code = error.code
    if verification.expired and told not in {Standing.WITHDRAWN, Standing.SUPERSEDED}:
        return Standing.EXPIRED, None, told_by
    return told, code, told_by


def _newest_list(status_index: int, evidence: Evidence, at: datetime) -> StatusList:
    """Return the newest list that tells of a label.

    Raises:
        CouldNotCheck: why none of them does; of several reasons the one about the right list.
    """
    found, refusals = [], [CouldNotCheck(NO_LIST, "No status list is at hand.")]
    # Lists of other shards are signed at other moments: their versions say nothing about this one's.
    known = max(evidence.known_versions.get(one, 0) for one in (status_index // SHARD, None))
    for content in evidence.lists:
        try:
            found.append(
                list_about(
                    content,
                    evidence.keys.uncompromised(Use.STATUS),
                    status_index,
                    at=at,
                    known_version=known,
                )
            )
        except CouldNotCheck as error:
            refusals.append(error)
    if not found:
        raise min(refusals[::-1], key=lambda one: one.code in {NO_LIST, "list_of_another_address"})
    return max(found, key=lambda one: one.version)


def _is_other(host: str | None, origin: str | None, answer: Answer) -> bool:
    """Whether a host is neither the one in the log's name nor the one that signed lists come from."""
    names = {origin.partition("/")[0].lower()} if origin else set()
    if answer.told_by is not None:
        names.add(urlsplit(answer.told_by.address).hostname or "")
    return host is not None and bool(names) and host not in names
