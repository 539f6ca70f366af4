"""Secrets we hand out: 256 random bits, of which only the SHA-256 is kept; no slow hash is needed for those."""

import hashlib
import secrets


def new_secret() -> str:
    """Return 256 random bits in 43 URL-safe characters."""
    return secrets.token_urlsafe(32)


def digest_of_secret(secret: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
