"""A route that asks who is there before it reads what they send; FastAPI would read a body first, whoever sent it.

8 MiB of JSON are half a second of work and 200 MiB of memory, which nobody without the right may cause. Whoever is let
in is asked again when the body is there: what somebody may do can end while it arrives.
"""

from collections.abc import Callable, Coroutine
from json import JSONDecodeError
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute

from certify.web.people import asking
from certify.web.permissions import Permitted
from certify.web.services import services_of
from schemas.canonical import strict_json


class GatedRoute(APIRoute):
    """Refuses whoever its permission refuses with the body unread, and reads JSON strictly."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        handle = super().get_route_handler()
        declared = [one.dependency for one in self.dependencies if isinstance(one.dependency, Permitted)]
        if self.body_field is None:
            return handle

        async def gated(request: Request) -> Response:
            for permitted in declared:
                await permitted(request, await asking(request), services_of(request))
            request.state.is_counted = bool(declared)
            return await handle(_Strict(request.scope, request.receive))

        return gated


class _Strict(Request):
    """Of two fields with one name nobody can tell which was meant: neither is taken (ASVS 5.0, 1.5.3, 15.3.7)."""

    async def json(self) -> Any:
        body = await self.body()
        try:
            return strict_json(body)
        except JSONDecodeError:
            raise
        except ValueError as error:
            raise HTTPException(422, f"The JSON cannot be read: {error}.") from error
