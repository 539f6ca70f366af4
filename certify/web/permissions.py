"""What each route declares: whom it lets in, and whether it changes anything (security T10).

    @router.get("/people", dependencies=[permission("read_people")])
    @router.post("/people", dependencies=[permission("invite_person")])
    router = APIRouter(dependencies=[public()])

A declaration is enforced, not only written down: it refuses whoever the policy does not admit before the route runs,
and where a program sends JSON before that is read (`certify.web.api.gated`). The declaration nearest to the route
counts; a test fails on a route without one, and on an unsafe method that declares a reading.
"""

import re
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from fastapi import Depends, FastAPI, Request
from fastapi.params import Depends as Dependency
from fastapi.routing import RouteContext, iter_route_contexts
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response
from starlette.routing import BaseRoute

from certify.accounts.policy import admit, scope_of
from certify.accounts.policy.deciding import ACTIONS, FAMILIES, IN_MATTERS, OUTSIDE
from certify.accounts.policy.matter_table import MATTER_ACTIONS
from certify.accounts.principal import Principal
from certify.accounts.strength import require_strong
from certify.procedure.attempts import keep_attempt
from certify.web.errors import refused
from certify.web.limits import RouteClass, class_of
from certify.web.people import HalfSignedIn, Someone, request_id
from certify.web.rate_limit import network_of
from certify.web.services import Serviced, Services, services_of
from schemas.errors import ConflictOfInterest, NotFound, NotPermitted, ProcedureError

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_ID = re.compile(r"[0-9A-Za-z][0-9A-Za-z-]{0,63}")
_SUBJECTS = ("application", "matter", "label")
JUDGED_AT_THE_ROUTE = OUTSIDE | MATTER_ACTIONS.keys()
"""What no case or matter judges when it is sent there."""


@dataclass(frozen=True)
class Permitted:
    """A route for people who are signed in and whom the policy admits to an action."""

    action: str

    async def __call__(self, request: Request, principal: Someone, services: Serviced) -> None:
        """Refuse whom the policy does not admit; an act that is refused here goes on record as any other attempt.

        Raises:
            TooOften: the account asks more often than `certify.web.limits` lets it.
            NotPermitted: `not_signed_in`, `token_invalid`, `scope_missing`, `role_missing` or `roles_apart`.
            StepUpNeeded: the action asks for a fresh proof; of an act in a case or matter, its sending asks.
        """
        if not getattr(request.state, "is_counted", False):  # by the same declaration, before its body was read
            self._count(principal, services)
        refusal = admit(principal, self.action).refusal
        if refusal is None:
            if self.action in JUDGED_AT_THE_ROUTE:
                require_strong(principal, self.action, datetime.now(UTC))
            return
        if self.writes:
            await keep_refused(request, services, principal, self.action, refusal)
        raise refusal

    def _count(self, principal: Principal, services: Services) -> None:
        """Count the request with all of its account, however it is signed in."""
        services.limits.take(class_of(self.action, writes=self.writes), principal.person)

    @property
    def writes(self) -> bool:
        """Whether the action changes anything."""
        return scope_of(self.action) == "act"


async def keep_refused(
    request: Request, services: Services, principal: Principal, action: str, error: ProcedureError
) -> None:
    """Record that somebody tried to act and was turned away at the route."""
    subject, by = _subject_of(request), request_id(request)
    await keep_attempt(services.database, principal.person, action, subject, error, by, authn=principal.authn)


def install(app: FastAPI) -> None:
    """Record for whom an interest stood in the way of an act before it was judged (procedure, rule 3)."""

    @app.exception_handler(ConflictOfInterest)
    @app.exception_handler(NotFound)
    async def _refused(request: Request, error: ConflictOfInterest | NotFound) -> Response:
        if error.code != "no_such_page":  # no act is tried there
            # Of what there is not too: it takes the work of what is hidden.
            await keep_found_on_the_way(request, error)
        return await refused(request, error)


async def keep_found_on_the_way(request: Request, error: ProcedureError) -> None:
    """Record a refusal that nobody recorded where it was found, as that of a page which opens a case to act in it."""
    who: Principal | None = getattr(request.state, "asking", None)
    if who is None or request.method in SAFE_METHODS or error.kept_for == request_id(request):
        return
    await keep_refused(request, services_of(request), who, action_of(request) or "act", error)


@asynccontextmanager
async def attempting(
    request: Request, services: Services, principal: Principal, action: str
) -> AsyncIterator[AsyncSession]:
    """Open a transaction for an act; that somebody may not do what they try in it is recorded (procedure, rule 3).

    For what is decided by facts that are read in it; what the route's declaration refuses is recorded before.
    """
    try:
        async with services.database.writing() as session:
            yield session
    except (NotPermitted, NotFound) as error:
        await keep_refused(request, services, principal, action, error)
        raise


def action_of(request: Request) -> str | None:
    """Return what a request asks to do, as its route declares it, or its address where the route takes several acts."""
    found = [one.dependency for one in getattr(request.scope.get("route"), "dependencies", ())]
    declared = [one.action for one in found if isinstance(one, Permitted) and not isinstance(one, Room)]
    if not declared:
        return None
    named = str(request.path_params.get("act", "")).replace("-", "_")
    return named if declared[-1] in FAMILIES and named in ACTIONS | IN_MATTERS else declared[-1]


def _subject_of(request: Request) -> str | None:
    """Return the id in an address of what is asked about; what is no id names nothing."""
    found = next((str(request.path_params[name]) for name in _SUBJECTS if name in request.path_params), "")
    return found if _ID.fullmatch(found) else None


@dataclass(frozen=True)
class Public:
    """A route for everybody; without an account nothing but a report, an answer or a sign-in can be sent.

    Attributes:
        counts: in which class what is sent there counts; None where nothing is sent.
    """

    counts: RouteClass | None

    @property
    def writes(self) -> bool:
        """Whether anything is sent there."""
        return self.counts is not None

    async def __call__(self, request: Request, services: Serviced) -> None:
        """Let everybody in; what is sent is counted with all that comes from its network.

        Raises:
            TooOften: too much comes from there.
        """
        network = network_of(request.client.host) if request.client is not None else None
        if self.counts is not None and network is not None:
            services.limits.take(self.counts, network)


@dataclass(frozen=True)
class OwnAccount(Permitted):
    """A route about oneself alone, open also to a sign-in whose second factor is still to come."""

    async def __call__(self, request: Request, principal: HalfSignedIn, services: Serviced) -> None:
        """Refuse whom the policy does not admit, as any route does."""
        await super().__call__(request, principal, services)


@dataclass(frozen=True)
class Room(Permitted):
    """Whose pages a group of routes is; it says nothing about what each of them does, which counts by itself."""

    def _count(self, principal: Principal, services: Services) -> None:
        pass


Declaration = Permitted | Public


def permission(action: str) -> Any:
    """Declare that a route needs what the policy says of an action."""
    return Depends(Permitted(action))


def own_account(action: str) -> Any:
    """Declare that a route needs what the policy says of an action about one's own account."""
    return Depends(OwnAccount(action))


def public(*, counts: RouteClass | None = None) -> Any:
    """Declare that a route is for everybody, and how often one network may send something there."""
    return Depends(Public(counts))


def room(action: str) -> Any:
    """Let only those into a group of routes to whom its pages belong."""
    return Depends(Room(action))


@dataclass(frozen=True)
class DeclaredRoute:
    """One method of one route, with what it declares; None where it declares nothing.

    Attributes:
        rooms: actions of the rooms that it lies in.
    """

    method: str
    path: str
    declared: Declaration | None
    rooms: tuple[str, ...]
    context: RouteContext


def declared_routes(routes: Iterable[BaseRoute]) -> Iterator[DeclaredRoute]:
    """Yield every method of every route of an application, those of included routers too."""
    for context in iter_route_contexts([*routes]):
        found = [one.dependency for one in getattr(context, "dependencies", ()) if isinstance(one, Dependency)]
        declared = [one for one in found if isinstance(one, Permitted | Public) and not isinstance(one, Room)]
        rooms = tuple(one.action for one in found if isinstance(one, Room))
        for method in sorted(context.methods or {"*"}):
            yield DeclaredRoute(method, context.path or "", declared[-1] if declared else None, rooms, context)
