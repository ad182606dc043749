"""How a script proves who it is."""

from typing import Any

from django.utils import timezone
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from knox.models import AuthToken


class TokenAuthentication(KnoxTokenAuthentication):
    """Knox tokens; an expired one is refused and dropped, the person's others are left alone.

    Knox reads all tokens of the person at each request to drop the expired ones: a query that
    every request would pay for.
    """

    def _cleanup_token(self, auth_token: AuthToken) -> bool:
        is_expired = auth_token.expiry is not None and auth_token.expiry < timezone.now()
        if is_expired:
            auth_token.delete()
        return bool(is_expired)

    def authenticate_credentials(self, token: bytes) -> Any:
        if not token.isascii() or b"\x00" in token:
            token = b""
        return super().authenticate_credentials(token)
