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


class Need(DeclaredNeed):
    """The signed-in actor of a bearer token whose role may do `action`; how far is for the use case's query."""

    def __call__(self, request: Request, token: Annotated[str | None, Depends(bearer)]) -> Actor:
        """Return the actor; raises Unauthenticated or Forbidden."""
        if token is None:
            raise Unauthenticated("no bearer token")
        runtime = runtime_of(request)
        with runtime.read() as session:
            actor = runtime.tokens.read(session, token, runtime.recorder.clock())
        reach(actor, self.action)
        return actor


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
    return _action(route.dependant)


def _action(dependant: Dependant) -> Action | None:
    call: object = dependant.call
    if isinstance(call, DeclaredNeed):
        return call.action
    found = (_action(needed) for needed in dependant.dependencies)
    return next((action for action in found if action is not None), None)
