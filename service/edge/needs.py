"""What a route needs: declared by a dependency, checked at start. A route that declares nothing does not start."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from fastapi.security import OAuth2PasswordBearer
from starlette.routing import Mount

from service.access import Action, Actor, Unauthenticated, reach
from service.edge.runtime import Runtime, runtime_of

if TYPE_CHECKING:
    from fastapi.dependencies.models import Dependant
    from starlette.routing import BaseRoute

TOKEN_PATH = "/api/v1/token"  # noqa: S105 - a path
bearer = OAuth2PasswordBearer(tokenUrl=TOKEN_PATH, auto_error=False)


class DeclaredNeed:
    """Marks a dependency that decides who may call a route."""

    def __init__(self, action: Action) -> None:
        self.action = action


class AskedFirst(DeclaredNeed):
    """A need that is asked before a body is read, and answers at once when it is asked again for one request."""

    def __call__(self, request: Request) -> object:
        """Return who calls; raises what refuses them."""
        raise NotImplementedError


class Need(AskedFirst):
    """The signed-in actor of a bearer token whose role may do `action`; how far is for the use case's query.

    The parameter `_token` is there for the description of the API alone.
    """

    def __call__(self, request: Request, _token: Annotated[str | None, Depends(bearer)] = None) -> Actor:
        """Return the actor; raises Unauthenticated or Forbidden. Asked again for one request, it answers at once."""
        found: Actor | None = getattr(request.state, "actor", None)
        if found is None:
            found = request.state.actor = self._authenticate(request)
        reach(found, self.action)
        return found

    def _authenticate(self, request: Request) -> Actor:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthenticated("no bearer token")
        runtime = runtime_of(request)
        with runtime.read() as session:
            return runtime.tokens.read(session, token.strip(), runtime.recorder.clock())


class Public(DeclaredNeed):
    """Anybody."""

    def __init__(self) -> None:
        super().__init__(Action.PUBLIC)

    async def __call__(self) -> None:
        """Let everybody in."""


public = Depends(Public())

RuntimeOf = Annotated[Runtime, Depends(runtime_of)]


def check_needs_declared(routes: Iterable[BaseRoute]) -> None:
    """Raise LookupError naming the first route that does not declare what it needs, mounted ones included."""
    for route in routes:
        if isinstance(route, Mount):
            check_needs_declared(route.routes)
        elif not isinstance(route, APIRoute) or declared_action(route) is None:
            raise LookupError(f"{getattr(route, 'path', route)} does not declare what it needs")


def declared_action(route: APIRoute) -> Action | None:
    """The action that a route declares."""
    need = declared_need(route.dependant)
    return need.action if need else None


def declared_need(dependant: Dependant) -> DeclaredNeed | None:
    """The declaration among a route's dependencies."""
    call: object = dependant.call
    if isinstance(call, DeclaredNeed):
        return call
    found = (declared_need(needed) for needed in dependant.dependencies)
    return next((need for need in found if need is not None), None)
