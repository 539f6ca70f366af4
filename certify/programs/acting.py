"""`certify act` and `certify read`: whatever happens in the procedure, done and read through the API."""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import httpx2

from certify.programs.act_addresses import ActAddress
from certify.programs.client import ApiClient
from schemas.canonical import digest_of
from schemas.errors import ProcedureError, Unavailable

WAYS_ON: Final[Mapping[str, str]] = {
    "token_too_weak": "Whoever does this proves within five minutes before that it is they: sign in at {server} with "
    "your second factor and do it on the page.",
    "step_up_needed": "A token holds no one-time code: sign in at {server}, give one, and do it on the page.",
    "receipt_missing": "A passkey signs in a browser: sign in at {server} and do it on the page. What signs elsewhere "
    "asks at {path}/challenge, and its receipt goes into the body as `proof`.",
    "scope_missing": "Make a token with the scope act: {server}/account, or `certify people token`.",
    "token_invalid": "It ended, was revoked, or is another register's: make one at {server}/account.",
}
"""What to do about refusals of a way in, by their codes: the sentence of the API speaks to pages and programs alike."""
AGAIN: Final = "Give the same command again: it is the same act, and is taken once."


async def act(
    at: ActAddress, subject: str | None, body: dict[str, Any], *, file: Path | None, key: str | None, server: str,
    token: str,
) -> dict[str, Any]:  # fmt: skip
    """Do one act, and return the answer of the API with its receipt, which is None while the record waits for it.

    Args:
        at: which act, and where.
        subject: id of the case or matter; None for what opens one.
        body: what the person writes.
        file: uploaded first, for an act that offers one.
        key: under which the same act is taken once; made from the act itself where none is given.
        server: address of the register.
        token: the person's API token.

    Raises:
        ProcedureError: as the register refuses, with what to do about it; `server_unreachable`.
    """
    path, client = at.path(subject), ApiClient(server, token)
    try:
        with _explained(server, path):
            if file is not None:
                body = await _with_file(client, at, subject or "", body, file)
            answer: dict[str, Any] = await client.post(path, body, key=key or key_of(path, body))
            return answer
    finally:
        await client.close()


async def unsigned(server: str, method: str, path: str, body: Any = None) -> Any:
    """Ask or send something without an account, and return the answer.

    Raises:
        ProcedureError: as the register refuses; `server_unreachable`.
    """
    client = ApiClient(server, None)
    try:
        return await (client.get(path) if method == "GET" else client.post(path, body))
    finally:
        await client.close()


async def read(path: str, *, server: str, token: str) -> httpx2.Response:
    """Return what the API has at a path below `/api/`.

    Raises:
        ProcedureError: as the register refuses; `server_unreachable`.
    """
    client = ApiClient(server, token)
    try:
        return await client.read(f"/api/{path.strip('/').removeprefix('api/')}")
    finally:
        await client.close()


def key_of(path: str, body: dict[str, Any]) -> str:
    """Return the key of an act made from itself: sent again after a broken connection it is the same act."""
    return f"act-{digest_of({'path': path, 'body': body})}"


async def _with_file(
    client: ApiClient, at: ActAddress, subject: str, body: dict[str, Any], file: Path
) -> dict[str, Any]:
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    await client.upload_to(f"{at.of(subject)}/files", file, digest=digest)
    return {"file": file.name, **body, "digest_of_file": digest}


@contextmanager
def _explained(server: str, path: str) -> Iterator[None]:
    """Add to a refusal what to do about it from the command line."""
    try:
        yield
    except Unavailable as error:
        raise Unavailable(error.code, f"{error.message} {AGAIN}") from error
    except ProcedureError as error:
        if error.code not in WAYS_ON:
            raise
        way_on = WAYS_ON[error.code].format(server=server.rstrip("/"), path=path)
        raise type(error)(error.code, f"{error.message} {way_on}") from error
