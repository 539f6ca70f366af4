"""Facts as large, as small and as strange as the model lets them be."""

from datetime import UTC, date, datetime, time

from hypothesis import strategies as st

from schemas.attestation import Attestation
from tests.exports import attestation

SHOWN = st.characters(exclude_categories=("C", "Z"), include_characters=" ")
LINE = st.text(SHOWN, max_size=199).map("x".__add__).map(str.strip)
WORDS = st.text(SHOWN | st.sampled_from("\n\t"), max_size=400).map("x".__add__)
NAMES = {"product": LINE, "holder": LINE, "issuer": LINE, "scheme_title": LINE, "decision_number": LINE}
TEXTS = {"purpose": WORDS, "deployment": WORDS, "meaning": WORDS}


@st.composite
def attestations(draw: st.DrawFn) -> Attestation:
    """Any facts within their maxima."""
    met, rest = draw(st.integers(0, 5000)), draw(st.integers(1, 5000))
    granted_on = draw(st.dates(date(2026, 1, 1), date(2026, 12, 31)))
    last = granted_on.replace(year=granted_on.year + 1, day=1)
    names = {name: draw(strategy) for name, strategy in {**NAMES, **TEXTS}.items()}
    return attestation(
        **{**names, "decision_number": names["decision_number"][:64]},
        tier=draw(st.sampled_from(("low", "medium", "high", "critical"))),
        status_index=draw(st.integers(0, 2**32 - 1)),
        languages=tuple(draw(st.lists(LINE, min_size=1, max_size=5))),
        holder_address=draw(st.none() | LINE),
        issuer_address=draw(st.none() | LINE),
        build_digest=draw(st.none() | st.just("ab" * 32)),
        granted_on=granted_on,
        expires_at=datetime.combine(last, time(23, 59, 59), UTC),
        met=met,
        not_applicable=rest,
        total=met + rest,
    )
