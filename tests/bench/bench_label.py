"""How long one label takes: prepare, sign, QR and SVG, and its QR alone, against stock `qrcode` with `SvgPathImage`.

`python tests/bench/bench_label.py` prints one JSON object. The goals, at most 8 ms and a third of stock for an issue
and at least 200 a second and 4 times stock for the QR alone, stand in docs/benchmarks.md with the machine; it is no
timed test.
"""

import json
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import partial

import qrcode
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from qrcode.image.svg import SvgPathImage

from labels.artwork import svg
from labels.encoding import to_base36
from labels.keys import KeyInMemory
from labels.qr import standard_symbol, standard_url
from labels.signing import prepare, sign, subject_digest
from schemas.label import LabelFacts, LabelStatement
from schemas.label_number import id_of

BASE_URL = "https://v.example.eu"


def measure(rounds: int = 60) -> dict[str, float]:
    """Return the medians in milliseconds, all ways taken in turn in the same run, and their ratios.

    Beside each stands the time of the processor: what a machine that others use too would take alone.
    """
    signer = KeyInMemory(Ed25519PrivateKey.from_private_bytes(bytes(range(32))))
    taken: dict[str, list[tuple[float, float]]] = {"issue": [], "code": [], "stock": []}
    for number in range(rounds):
        token = to_base36(sign(prepare(_statement(number)), signer))
        taken["issue"].append(_milliseconds(partial(_issue, number, signer)))
        taken["code"].append(_milliseconds(partial(_code, token)))
        taken["stock"].append(_milliseconds(partial(_stock, token)))
    wall = {name: statistics.median(one for one, _ in times) for name, times in taken.items()}
    cpu = {name: statistics.median(one for _, one in times) for name, times in taken.items()}
    return {
        "issue_ms_median": round(wall["issue"], 2),
        "issue_cpu_ms_median": round(cpu["issue"], 2),
        "stock_qrcode_svg_ms_median": round(wall["stock"], 2),
        "share_of_stock": round(cpu["issue"] / cpu["stock"], 3),
        "qr_paths_per_second": round(1000 / wall["code"]),
        "qr_paths_per_cpu_second": round(1000 / cpu["code"]),
        "qr_times_faster_than_stock": round(cpu["stock"] / cpu["code"], 1),
        "rounds": rounds,
    }


def _issue(number: int, signer: KeyInMemory) -> str:
    """Make one label as the signer program does: statement to picture."""
    statement = _statement(number)
    token = to_base36(sign(prepare(statement), signer))
    return svg(_facts(statement, token))


def _code(token: str) -> str:
    """Draw the QR of an address as path data."""
    return standard_symbol(standard_url(BASE_URL, token)).svg_path()


def _stock(token: str) -> str:
    """Draw the QR of the same address the way the library's documentation shows."""
    code = qrcode.QRCode(error_correction=qrcode.constants.ERROR_CORRECT_M, image_factory=SvgPathImage)
    code.add_data(standard_url(BASE_URL, token))
    return str(code.make_image().to_string(encoding="unicode"))


def _statement(number: int) -> LabelStatement:
    label_id = id_of(number.to_bytes(10, "big"))
    return LabelStatement(
        id=label_id,
        expires_at=datetime(2028, 11, 22, 23, 59, 59, tzinfo=UTC),
        tier="low",
        status_index=70_000 + number,
        subject_digest=subject_digest(label_id, "Lighthouse Reader", "2.1", None),
        name_version="Lighthouse Reader 2.1",
    )


def _facts(statement: LabelStatement, token: str) -> LabelFacts:
    return LabelFacts(
        id=statement.id,
        token=token,
        product="Lighthouse Reader",
        version="2.1",
        holder="Northern Lights OÜ",
        issuer="Commission for the AI Ethics Code",
        scheme_title="AI Ethics Code · Certification Scheme",
        tier_name="Low risk",
        issued_on=date(2026, 11, 22),
        ends_on=date(2028, 11, 22),
        url=BASE_URL,
    )


def _milliseconds(work: Callable[[], object]) -> tuple[float, float]:
    """Return how long something takes, by the clock and of the processor."""
    start, used = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - start) * 1000, (time.process_time() - used) * 1000


if __name__ == "__main__":
    print(json.dumps(measure()))  # noqa: T201  # the result
