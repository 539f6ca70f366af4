"""The JSON API: every act and every reading, with stable operation ids and RFC 9457 errors."""

from fastapi import APIRouter

from certify.web.api import (
    accounts,
    acts,
    applications,
    colleagues,
    evidence,
    institutions,
    labels,
    matters,
    organisations,
    record,
    reports,
    self_check,
    signatures,
    statistics,
)

router = APIRouter(prefix="/api")
PARTS = (
    applications,
    acts,
    signatures,
    evidence,
    record,
    accounts,
    colleagues,
    institutions,
    labels,
    organisations,
    matters,
    self_check,
    reports,
)
for part in (*PARTS, statistics):
    router.include_router(part.router)
