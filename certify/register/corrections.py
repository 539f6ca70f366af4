"""Corrections of the record, by the entry they are about."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from certify.register import matters
from schemas.record_correction import RecordCorrection


async def of_stream(session: AsyncSession, stream: str) -> Mapping[int, Sequence[RecordCorrection]]:
    """Return the corrections of a stream's entries by number: confirmed, or waiting for a second person."""
    found: dict[int, list[RecordCorrection]] = defaultdict(list)
    for one in reversed(await matters.every(session, RecordCorrection, "correction")):
        if one.stream == stream and one.rejected is None:
            found[one.number].append(one)
    return found
