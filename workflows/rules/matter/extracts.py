"""What an extract of the Register says: the one function that the signer, the page and the check share (II-2.1)."""

from schemas.extract import ExtractStatement
from schemas.organisation import Organisation


def extract_of(state: Organisation) -> ExtractStatement | None:
    """Return what the Register says of an organisation since its last entry there; None before the first."""
    if state.entered_at is None or state.register_at is None or state.name is None or state.country is None:
        return None
    return ExtractStatement(
        organisation=state.id,
        name=state.name,
        country=state.country,
        roles=state.roles,
        status="entered" if state.is_participant else "left",
        entered_at=state.entered_at,
        left_at=state.left_at,
        officer=state.officer_state.value,
        has_ethics_commission=state.has_ethics_commission,
        entry=state.register_entry,
        as_of=state.register_at,
    )


def awaits_extract(state: Organisation) -> bool:
    """Whether the Register says something that no extract says yet."""
    return state.register_entry > (state.extract.entry if state.extract is not None else 0)
