"""A route whose form has every field once: of two values of one field nobody can tell which was meant (ASVS 15.3.7)."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from certify.web.acting import typed_of


class SingleFields(APIRoute):
    """Refuses a form in which a field was sent twice with different values."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""
        handle = super().get_route_handler()
        if self.body_field is None:
            return handle

        async def answered(request: Request) -> Response:
            # Kept in the request: FastAPI reads the same form after this.
            typed = typed_of((await request.form(max_files=0)).multi_items())
            for name in typed.values:
                typed.one(name)
            return await handle(request)

        return answered
