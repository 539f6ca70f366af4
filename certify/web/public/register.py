"""A participant as the public Register shows it (Code, II-2.2 and II-2.4)."""

from datetime import date, datetime, timedelta

from certify.register.participants import ParticipantRecord
from certify.web.language import Language
from certify.web.public.register_views import ParticipantRow
from schemas.organisation import OfficerState
from schemas.public_facts import SeatIn
from schemas.scheme import Scheme


def participant_row(
    row: ParticipantRecord, scheme: Scheme, language: Language, now: datetime, seats: tuple[SeatIn, ...] = ()
) -> ParticipantRow:
    """Return what everybody may read of a participant, or of one that has left; `seats` are its people's now."""
    return ParticipantRow(
        name=row.name,
        country=row.country,
        address=row.address,
        roles=tuple(scheme.texts.roles[role].in_language(language) for role in row.roles.split()),
        entered_on=row.entered_at.date(),
        ethics_officer=row.ethics_officer,
        officer_contact=row.officer_contact,
        officer_by=_awaited_until(row, scheme, now),
        ethics_commission=(row.ethics_commission or "") if row.has_ethics_commission else None,
        extract=f"/register/{row.organisation}/extract" if row.extract else None,
        seats=seats,
        left_on=row.left_at.date() if row.left_at else None,
    )


def _awaited_until(row: ParticipantRecord, scheme: Scheme, now: datetime) -> date | None:
    """Return until when an officer is awaited; by the day, also where no clock ran yet."""
    due_at = row.officer_due_at or row.entered_at + timedelta(days=scheme.rules.clocks.accession_officer_days)
    return due_at.date() if row.officer_state == OfficerState.AWAITED and now < due_at else None
