"""The sign log's extracts held against the record: both have the same, and none was signed for no entry."""

from collections import Counter
from collections.abc import Iterator, Sequence

from certify.activities.sign_log import ExtractIntent, ExtractSignature, Line
from certify.register.checking import Finding
from certify.register.checking_extracts import Extracted
from schemas.canonical import digest_of


def extract_findings(before: Sequence[Line], after: Sequence[Line], record: Extracted) -> Iterator[Finding]:
    """Yield what differs.

    Args:
        before: the sign log as it was read before the record; what it holds rests on recorded entries.
        after: as it was read after the record; what was recorded is in it.
        record: what the record says.
    """
    intents = {line.number: line for line in after if isinstance(line, ExtractIntent)}
    signatures = {line.number: line for line in after if isinstance(line, ExtractSignature)}
    for number, digest in record.extracts.items():
        if number not in signatures:
            yield _about(number, "the record has it; the sign log has no signature", "extract_not_signed")
        elif digest_of(signatures[number].extract) != digest:
            yield _about(number, "record and sign log have different extracts", "extract_differs")
    for line in before:
        if isinstance(line, ExtractSignature) and record.said.get(line.number) != line.extract.digest:
            yield _about(line.number, "was signed; the Register says no such thing", "extract_without_entry")
    for number, signed in signatures.items():
        intent = intents.get(number)
        if intent is None or digest_of(intent.statement) != signed.extract.digest:
            yield _about(number, "was signed without that intent", "signature_without_intent")
    yield from _twice(after)


def _twice(lines: Sequence[Line]) -> Iterator[Finding]:
    of_extracts = [line for line in lines if isinstance(line, ExtractIntent | ExtractSignature)]
    kinds = Counter((line.number, line.kind, getattr(line, "kid", "")) for line in of_extracts)
    for (number, kind, _), times in kinds.items():
        if times > 1:
            yield _about(number, f"has {times} lines of the kind {kind}", "signed_twice")


def _about(number: str, what: str, code: str) -> Finding:
    return Finding(where=f"extract {number}", what=what, code=code)
