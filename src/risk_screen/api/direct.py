"""What is in order goes straight to its endpoint; FastAPI works out anew at every request what its parameters are.

That takes half as long as screening a registration. A request with anything unusual about it goes the usual way, and
gets the usual answer.
"""

import json
import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

from fastapi import Request, Response
from fastapi.routing import APIRoute
from pydantic import BaseModel

from risk_screen.access.identity import Identity
from risk_screen.api.idempotency import HEADER, KEY_CHARACTERS, LONGEST_KEY
from risk_screen.api.identity import Needs

Body = TypeVar("Body", bound=BaseModel)
Handler = Callable[[Request], Coroutine[Any, Any, Response]]
JSON_TYPE: Final = "application/json"
_KEY: Final = re.compile(KEY_CHARACTERS)


@dataclass(frozen=True, slots=True)
class Direct(Generic[Body]):
    """How an endpoint ``endpoint(request, identity, body, idempotency_key)`` is called.

    Attributes
    ----------
    endpoint : callable
    needs : Needs
        As in the signature of the endpoint.
    model : type of BaseModel
        Of the body.
    """

    endpoint: Callable[[Request, Identity, Body, str | None], Coroutine[Any, Any, Response]]
    needs: Needs
    model: type[Body]

    async def answer(self, request: Request) -> Response | None:
        """Answer a request that is in order; None when there is anything to refuse but who asks."""
        key = request.headers.get(HEADER)
        body = await self._body(request)
        if body is None or not (key is None or (len(key) <= LONGEST_KEY and _KEY.fullmatch(key))):
            return None
        return await self.endpoint(request, await self.needs(request), body, key)

    async def _body(self, request: Request) -> Body | None:
        if request.scope["query_string"] or not is_json(request):
            return None
        try:
            return self.model.model_validate(json.loads(await request.body()))
        except (ValueError, RecursionError):
            return None

    def route(self) -> type[APIRoute]:
        """Return the class of a route that tries this first."""
        direct = self

        class DirectRoute(APIRoute):
            def get_route_handler(self) -> Handler:
                usual = super().get_route_handler()

                async def answer_request(request: Request) -> Response:
                    return await direct.answer(request) or await usual(request)

                return answer_request

        return DirectRoute


def is_json(request: Request) -> bool:
    """Tell whether the body is said to be JSON."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower() == JSON_TYPE
