"""What every operation of the API documents alike."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import serializers


class TokenScheme(OpenApiAuthenticationExtension):
    """How the documents name the token of `POST /api/v1/token/`."""

    target_class = "accounts.permissions.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "“Token ” 加上 POST /api/v1/token/ 返回的令牌",
        }


class ErrorSerializer(serializers.Serializer[Any]):
    """A refusal: a sentence for people, a code for machines, the fields at fault."""

    detail = serializers.CharField()
    code = serializers.CharField()
    fields = serializers.DictField(  # type: ignore[assignment]
        child=serializers.ListField(child=serializers.CharField())
    )


ERRORS = dict.fromkeys((400, 401, 403, 404, 409), ErrorSerializer)
