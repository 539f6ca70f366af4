"""The JSON API: every act and every reading, with stable operation ids and RFC 9457 errors."""

from fastapi import APIRouter

from certify.web.api import (
    accounts,
    acts,
    applications,
    evidence,
    institutions,
    labels,
    matters,
    record,
    self_check,
    statistics,
)

router = APIRouter(prefix="/api")
for part in (applications, acts, evidence, record, accounts, institutions, labels, matters, self_check, statistics):
    router.include_router(part.router)
