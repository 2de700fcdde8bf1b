"""Who looks at a page: found out before it is made; who has not signed in is led there, and back again afterwards."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import quote, urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from risk_screen.access.identity import Identity
from risk_screen.access.roles import ROLE_TITLES, Permission, Role
from risk_screen.api.identity import ForeignRequestError, identify, session_of
from risk_screen.api.screenings import PERMISSION_OF_CHANNEL
from risk_screen.operations.refusing import NotSignedInError, SignInStageError
from risk_screen.operations.sessions import SignedIn
from risk_screen.operations.store import StoreUnavailableError
from risk_screen.web.templating import page

SIGN_IN: Final = "/sign-in"
HOME: Final = "/"


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation, and the permission of whom it is for."""

    address: str
    title: str
    permission: Permission


PLACES: Final = (
    Place("/consultations", "会商", Permission.READ_CONSULTATION),
    Place("/waiting", "待核查", Permission.ANSWER_CONSULTATION),
    Place("/assessments", "筛查记录", Permission.READ_ASSESSMENT),
    Place("/enterprises", "企业", Permission.READ_CONSULTATION),
    Place("/holds", "暂缓登记", Permission.READ_CONSULTATION),
    Place("/releases", "发布", Permission.READ_RULEBOOK),
    Place("/accounts", "账号", Permission.MANAGE_ACCOUNTS),
    Place("/keys", "接口密钥", Permission.MANAGE_KEYS),
    Place("/audit", "审计", Permission.READ_AUDIT),
)


@dataclass(frozen=True, slots=True)
class Visit:
    """Somebody who looks at a page.

    Attributes
    ----------
    identity : Identity
    session : SignedIn or None
        None for who tries the program before anybody has an account.
    """

    identity: Identity
    session: SignedIn | None

    @property
    def places(self) -> tuple[Place, ...]:
        """What they may go to; who has no account is led nowhere."""
        if self.session is None:
            return ()
        return tuple(place for place in PLACES if self.identity.may(place.permission))

    @property
    def screens(self) -> bool:
        """Whether they screen texts themselves."""
        return any(self.identity.may(permission) for permission in PERMISSION_OF_CHANNEL.values())

    @property
    def name(self) -> str:
        """What they are called on the page."""
        return self.session.account.display_name if self.session else ""

    @property
    def roles(self) -> str:
        """What they are."""
        return "、".join(ROLE_TITLES[role] for role in Role if role in self.identity.roles)


Page = Callable[[Request, Visit], Awaitable[Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


def visited(show: Page, *permissions: Permission) -> Endpoint:
    """Make the endpoint of a page for people who have one of the permissions; none: for everybody who is let in."""

    async def endpoint(request: Request) -> Response:
        if _has_nul(request):  # no record has one, and PostgreSQL cannot even be asked for it
            return page(request, "not_found.html", status=HTTPStatus.NOT_FOUND)
        try:
            identity = await identify(request)
            visit = Visit(identity, await session_of(request))
        except (NotSignedInError, SignInStageError):
            return to_sign_in(request)
        except ForeignRequestError as error:
            return page(request, "refused.html", status=HTTPStatus.FORBIDDEN, error=error)
        request.state.visit = visit
        if permissions and not any(identity.may(permission) for permission in permissions):
            why = identity.why_not(permissions[0]) or ""
            return page(request, "forbidden.html", status=HTTPStatus.FORBIDDEN, why=why)
        try:
            return await show(request, visit)
        except StoreUnavailableError as error:
            return page(request, "refused.html", status=HTTPStatus.SERVICE_UNAVAILABLE, error=error)

    return endpoint


def _has_nul(request: Request) -> bool:
    return "\x00" in request.scope["path"] or any("\x00" in text for text in request.query_params.values())


def to_sign_in(request: Request) -> Response:
    """Lead to the sign-in, and back to this page afterwards; what was posted has to be posted again."""
    came_from = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    following = f"?next={quote(came_from)}" if request.method == "GET" and came_from != HOME else ""
    return redirect(SIGN_IN + following)


def redirect(address: str) -> Response:
    """Lead on with GET."""
    return RedirectResponse(address, HTTPStatus.SEE_OTHER)


def own_address(text: str) -> str:
    """Return an address of this site, or the first page for anything else: nobody is led away by a link."""
    parts = urlsplit(text)
    is_own = not parts.scheme and not parts.netloc and text.startswith("/") and not text.startswith(("//", "/\\"))
    return text if is_own and text.isprintable() else HOME
