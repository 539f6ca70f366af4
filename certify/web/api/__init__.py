"""The JSON API: every act and every reading, with stable operation ids and RFC 9457 errors."""

from fastapi import APIRouter

from certify.web.api import accounts, acts, applications, evidence, institutions, record

router = APIRouter(prefix="/api")
for part in (applications.router, acts.router, evidence.router, record.router, accounts.router, institutions.router):
    router.include_router(part)
