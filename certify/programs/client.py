"""A client of the JSON API, for `certify apply`, `act` and `read`, and the demonstration."""

import base64
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import httpx2

from certify.config import MIB
from certify.procedure.acts import error_of
from schemas.application import Application, EvidenceDeclaration
from schemas.application_folder import ApplicationFolder
from schemas.errors import Unavailable

_KINDS = {
    404: "not_found",
    401: "not_permitted",
    403: "not_permitted",
    409: "out_of_order",
    **dict.fromkeys((502, 503, 504), "unavailable"),
}


class Device(Protocol):
    """What signs for a person."""

    def receipt(self, challenge: str, nonce: str) -> dict[str, Any]:
        """Return an assertion over a challenge, as an act carries it."""


class ApiClient:
    """One person at the API, or somebody without an account, who has no token."""

    def __init__(self, server: str, token: str | None) -> None:
        headers = {"Authorization": f"Bearer {token}"} if token is not None else {}
        self._http = httpx2.AsyncClient(base_url=server, headers=headers, timeout=httpx2.Timeout(30, write=600))

    async def close(self) -> None:
        """Close the connection."""
        await self._http.aclose()

    async def get(self, path: str, **query: str) -> Any:
        """Read JSON."""
        return _checked(await self._send("GET", path, params=query)).json()

    async def post(self, path: str, body: Any, *, key: str | None = None) -> Any:
        """Act; without a key of its own every call is a new act."""
        headers = {"Idempotency-Key": key or str(uuid4())}
        return _checked(await self._send("POST", path, json=body, headers=headers)).json()

    async def act(self, application: str, act: str, **content: Any) -> Any:
        """Do an act in a case, `submit_review` for example."""
        return await self.post(f"/api/applications/{application}/{act.replace('_', '-')}", content)

    async def signed_act(self, application: str, act: str, device: Device | None, **content: Any) -> Any:
        """Do an act that its person signs, with a passkey; without one it goes unsigned, which newer cases refuse."""
        if device is None:
            return await self.act(application, act, **content)
        asked = await self.post(f"/api/applications/{application}/{act.replace('_', '-')}/challenge", content)
        proof = device.receipt(asked["options"]["challenge"], asked["nonce"])
        return await self.act(application, act, **content, proof=proof)

    async def application(self, application: str) -> dict[str, Any]:
        """Read a case."""
        reading: dict[str, Any] = await self.get(f"/api/applications/{application}")
        return reading

    async def lodge(self, application: Application) -> str:
        """Lodge an application and return its id."""
        body = application.model_dump(mode="json", exclude_none=True)
        sent = await self.post("/api/applications", body, key=f"lodge-{application.digest}")
        return str(sent["application"])

    async def upload(self, application: str, declared: EvidenceDeclaration, path: Path) -> None:
        """Upload one file; one that is there already stays as it is."""
        await self.upload_to(f"/api/applications/{application}/files", path, digest=declared.digest or "")

    async def upload_to(self, address: str, path: Path, *, digest: str) -> None:
        """Upload a file to where a case or a label takes them; one that arrives changed is refused."""
        sent = base64.b64encode(bytes.fromhex(digest)).decode()
        headers = {"Content-Digest": f"sha-256=:{sent}:"}
        _checked(await self._send("POST", address, content=_chunks(path), headers=headers))

    async def read(self, address: str) -> httpx2.Response:
        """Read what stands at an address, a file too, which may be given out at another one."""
        return _checked(await self._send("GET", address, follow_redirects=True))

    async def offer(self, application: str, declared: EvidenceDeclaration) -> None:
        """Offer an uploaded file as one type of evidence."""
        content = declared.model_dump(mode="json", exclude={"digest", "size"}, exclude_none=True)
        await self.act(application, "offer_evidence", **content, digest_of_file=declared.digest)

    async def _send(self, method: str, path: str, **rest: Any) -> httpx2.Response:
        try:
            return await self._http.request(method, path, **rest)
        except httpx2.TransportError as error:
            raise Unavailable("server_unreachable", f"{self._http.base_url} does not answer.") from error


def _checked(response: httpx2.Response) -> httpx2.Response:
    if response.is_success:
        return response
    try:
        problem = response.json()
        code, title = str(problem["code"]), str(problem["title"])
    except (ValueError, KeyError):
        code, title = "unexpected_answer", f"The server answered {response.status_code}."
    raise error_of(_KINDS.get(response.status_code, "unacceptable"), code, title)


async def _chunks(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(MIB):
            yield chunk


async def lodge_folder(client: ApiClient, folder: ApplicationFolder) -> AsyncIterator[str]:
    """Lodge a folder and offer its files; yields the application's id, then each file as it is offered.

    What an earlier run has done is not done again, so an interrupted one is simply repeated.
    """
    application = await client.lodge(folder.application)
    yield application
    reading = await client.application(application)
    offered = {(item["file"], item["type"]) for item in reading["evidence"]}
    uploaded: set[str] = set()
    for declared, file in zip(folder.application.evidence, folder.files, strict=True):
        if (declared.file, declared.type) not in offered and reading["stage"] in {"intake", "evidence"}:
            if declared.file not in uploaded:
                await client.upload(application, declared, file.path)
                uploaded.add(declared.file)
            await client.offer(application, declared)
        yield declared.file
