"""Tokens for scripts: `POST /api/v1/token/` with user name and password."""

from typing import Any

from django.contrib.auth import authenticate
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.enums import AccessKind
from accounts.models import User
from accounts.services import record_access
from accounts.views import locked_out
from governance.lib.errors import DomainError
from governance.lib.requests import client_address


class CredentialsError(DomainError):
    code = "credentials"
    status = 401
    detail = "账号或密码不正确。"


class TokenRequestSerializer(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=128, trim_whitespace=False)


class TokenSerializer(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="放入请求头 Authorization: Token …")
    expires_at = serializers.DateTimeField()


class TokenView(APIView):
    authentication_classes: list[Any] = []
    permission_classes = [AllowAny]

    @extend_schema(request=TokenRequestSerializer, responses=TokenSerializer, auth=[])
    def post(self, request: Request) -> Any:
        """Sign in and get a token; the lock-out counts here as on the page."""
        asked = TokenRequestSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        user = authenticate(request._request, **asked.validated_data)
        if getattr(request._request, "axes_locked_out", False):
            return locked_out(request._request)
        if not isinstance(user, User):
            raise CredentialsError(fields={"password": ["账号或密码不正确"]})
        issued, token = AuthToken.objects.create(user=user)
        address = client_address(request._request)
        record_access(kind=AccessKind.TOKEN_ISSUED, at=timezone.now(), user=user, address=address)
        return Response({"token": token, "expires_at": issued.expiry})
