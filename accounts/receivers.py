"""Sign-ins, refusals and lock-outs go to the access log."""

from typing import Any

from axes.signals import user_locked_out
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts import services
from accounts.enums import AccessKind
from accounts.models import User
from governance.lib.requests import client_address


@receiver(user_logged_in)
def on_sign_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    record(AccessKind.SIGN_IN, request, user=user)


@receiver(user_logged_out)
def on_sign_out(request: HttpRequest, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        record(AccessKind.SIGN_OUT, request, user=user)


@receiver(user_login_failed)
def on_refusal(credentials: dict[str, Any], request: HttpRequest | None, **kwargs: Any) -> None:
    username = str(credentials.get("username") or "")
    record(AccessKind.SIGN_IN_FAILED, request, username=username)


@receiver(user_locked_out)
def on_lock_out(request: HttpRequest, username: str, **kwargs: Any) -> None:
    record(AccessKind.LOCKED_OUT, request, username=username or "")


def record(
    kind: AccessKind, request: HttpRequest | None, user: User | None = None, username: str = ""
) -> None:
    services.record_access(
        kind=kind,
        at=timezone.now(),
        user=user,
        username=username.replace("\x00", ""),
        address=client_address(request) if request else None,
    )
