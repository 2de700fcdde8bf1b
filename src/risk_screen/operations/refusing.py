"""Why somebody is not let in. What these say is the same for who is unknown and who is known."""

from typing import Final

from risk_screen.access.refusal import Refusal
from risk_screen.errors import RiskScreenError


class NotSignedInError(RiskScreenError):
    """Nobody knows who asks."""

    code = "not_signed_in"

    def __init__(self) -> None:
        super().__init__("请先登录；程序请在请求中带上接口密钥（Authorization: Bearer rs_…）。")


class KeyRefusedError(RiskScreenError):
    """A key that is not let in."""

    code = "key_unknown"


class KeyRevokedError(KeyRefusedError):
    """A key that an administrator has revoked."""

    code = "key_revoked"


class KeyExpiredError(KeyRefusedError):
    """A key whose time is over."""

    code = "key_expired"


class KeyNetworkError(KeyRefusedError):
    """A key that is used from a place it is not for."""

    code = "key_network"


class KeyRateError(KeyRefusedError):
    """A key that asks too often."""

    code = "key_rate"


class SignInRefusedError(RiskScreenError):
    """Name, password or code are wrong, or the account may not be used."""

    code = "sign_in_refused"

    def __init__(self) -> None:
        super().__init__("登录名、密码或动态码不对：请检查后重试；忘记密码请系统管理员重置。")


class SignInLockedError(RiskScreenError):
    """Too many wrong passwords for this name, or from this address."""

    code = "account_locked"


class SignInStageError(RiskScreenError):
    """The step does not fit how far the sign-in has come."""

    code = "sign_in_stage"

    def __init__(self) -> None:
        super().__init__("登录还没有完成，或这一步已经做过：请按页面提示完成当前的一步，或重新登录。")


class SignInBusyError(RiskScreenError):
    """More people sign in at once than passwords can be checked."""

    code = "sign_in_busy"

    def __init__(self) -> None:
        super().__init__("同时登录的人太多：请稍后再试。")
        self.retry_after_seconds = 2


class PasswordRefusedError(RiskScreenError):
    """A new password that breaks the rules."""

    code = "password_refused"

    def __init__(self, refusals: tuple[Refusal, ...]) -> None:
        super().__init__("".join(one.detail for one in refusals))
        self.refusals = refusals


class InviteUnusableError(RiskScreenError):
    """A link that is unknown, used or too old."""

    code = "invite_unusable"

    def __init__(self) -> None:
        super().__init__("这个链接已经用过、已过期，或不完整：请系统管理员重新发一个。")


_OF_CODE: Final = {
    one.code: one for one in (KeyRefusedError, KeyRevokedError, KeyExpiredError, KeyNetworkError, KeyRateError)
}


def key_error(refusal: Refusal, wait_seconds: int | None = None) -> KeyRefusedError:
    """Make the error of a refusal."""
    error = _OF_CODE[refusal.code](refusal.detail)
    error.retry_after_seconds = wait_seconds
    return error


def locked_error(refusal: Refusal, wait_seconds: int) -> SignInLockedError:
    """Make the error of a lock that ends."""
    error = SignInLockedError(refusal.detail)
    error.retry_after_seconds = wait_seconds
    return error
