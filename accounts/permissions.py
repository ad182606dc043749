"""How a script proves who it is."""

import binascii
from datetime import datetime
from hmac import compare_digest
from typing import Any

from django.db import connection
from django.utils import timezone
from knox.auth import TokenAuthentication as KnoxTokenAuthentication
from knox.crypto import hash_token
from knox.settings import CONSTANTS
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import User
from governance.lib.errors import ConflictError
from governance.lib.reference import (
    REVISION_COLUMNS,
    REVISION_TABLES,
    Revisions,
    hold_revisions,
)

USER_COLUMNS = [field.column for field in User._meta.concrete_fields]
# Raw, because it runs at the start of every call of every script; it brings the revisions along.
FIND = f"""
SELECT {REVISION_COLUMNS}, token.digest, token.expiry,
       {", ".join(f'person."{column}"' for column in USER_COLUMNS)}
FROM {REVISION_TABLES}, knox_authtoken token JOIN accounts_user person ON person.id = token.user_id
WHERE token.token_key = %s
"""  # noqa: S608


class TokenAuthentication(KnoxTokenAuthentication):
    """Knox tokens in one statement.

    Knox also reads all tokens of the person at each request to drop the expired ones: a query that
    every request would pay for. Expired tokens are refused and stay in the table.
    """

    def authenticate_credentials(self, token: bytes) -> Any:
        """Give (person, None); raise AuthenticationFailed for a token that holds no longer."""
        text = token.decode("ascii", "replace").replace("\x00", "")
        with connection.cursor() as cursor:
            cursor.execute(FIND, [text[: CONSTANTS.TOKEN_KEY_LENGTH]])
            rows = cursor.fetchall()
        for reference, rights, digest, expiry, *values in rows:
            if holds(text, digest, expiry):
                hold_revisions(Revisions(reference, rights))
                user = User.from_db(connection.alias, _ATTRIBUTES, values)
                return self.active(user)
        raise AuthenticationFailed("令牌无效或已过期。")

    def active(self, user: User) -> tuple[User, None]:
        if not user.is_active:
            raise AuthenticationFailed("账号已停用。")
        return user, None


_ATTRIBUTES = [field.attname for field in User._meta.concrete_fields]


def holds(token: str, digest: str, expiry: datetime | None) -> bool:
    """Tell whether a token is the one behind a digest and has not run out."""
    if expiry is not None and expiry < timezone.now():
        return False
    try:
        return compare_digest(hash_token(token), digest)
    except (TypeError, binascii.Error):
        return False


class OtherPersonError(ConflictError):
    code = "other_person"
    detail = "登录的已是另一个账号，这条记录留在手机上，等原来的账号登录后再发。"


class IsPersonNamed(BasePermission):
    """Refuse what a page sends in the name of one person once another has signed in.

    `Yiwang-Person` names whose page it is; scripts and other pages need not say it.
    """

    def has_permission(self, request: Request, view: Any) -> bool:
        named = request.headers.get("Yiwang-Person")
        if named is not None and named != str(request.user.pk):
            raise OtherPersonError()
        return True
