"""How long one certificate takes: typst and pyHanko's signature, in the signer's own process, fonts loaded.

`python tests/bench/bench_certificate.py` prints one JSON object. The goal, a median of at most 120 ms, is recorded in
docs/benchmarks.md with the machine; it is no timed test.
"""

import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial

import psutil
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from labels.certificate import certificate
from labels.certificate.document import document
from labels.encoding import to_base36
from labels.keys import KeyInMemory
from labels.signing import prepare, sign
from schemas.certificate import CertificateFacts
from tests.bench.bench_label import _facts, _statement
from tests.unit.labels.certificate.conftest import MEANING, P256Key, sealed_by

AT = datetime(2026, 11, 22, 10, 30, tzinfo=UTC)


def measure(rounds: int = 60) -> dict[str, float]:
    """Return medians in milliseconds of certificates that all differ, the first one apart, and the memory they took."""
    key, seal = KeyInMemory(Ed25519PrivateKey.from_private_bytes(bytes(range(32)))), sealed_by(P256Key("bench"))
    first = _milliseconds(partial(certificate, _certified(0, key), seal=seal, at=AT))
    before = psutil.Process().memory_info().rss
    whole = [_milliseconds(partial(certificate, _certified(n, key), seal=seal, at=AT)) for n in range(1, rounds)]
    grown = psutil.Process().memory_info().rss - before
    unsigned = [_milliseconds(partial(document, _certified(n, key), at=AT)) for n in range(rounds, 2 * rounds)]
    return {
        "certificate_ms_median": round(statistics.median(whole), 1),
        "without_signature_ms_median": round(statistics.median(unsigned), 1),
        "first_ms": round(first, 1),
        "memory_grown_kib_each": round(grown / 1024 / (rounds - 1), 1),
        "rounds": rounds,
    }


def _certified(number: int, key: KeyInMemory) -> CertificateFacts:
    statement = _statement(number)
    return CertificateFacts(
        label=_facts(statement, to_base36(sign(prepare(statement), key))),
        system="Lighthouse Reader for Small Print",
        holder_country="Estonia",
        holder_address="Sadama 1, Tallinn",
        websites=("lights.example",),
        granted_on=date(2026, 11, 22),
        purpose="Reads small print aloud. " * 20,
        deployment="On the phone of its owner. " * 10,
        languages=("English", "Estonian"),
        scheme_version="1.0.0",
        scheme_digest="ab" * 32,
        code_edition="AI Ethics Code, 2021",
        decision_number=f"case-1/{number}",
        meaning=MEANING,
    )


def _milliseconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


if __name__ == "__main__":
    print(json.dumps(measure()))  # noqa: T201  # the result
