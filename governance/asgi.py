"""The server's entry: HTTP through long-lived threads, sockets through Channels.

Django's own ASGI handler gives every request a fresh thread, and with it a fresh database
connection. A fixed pool of threads keeps its connections; docs/decisions/ has the figures.
"""

import os
from typing import Any, cast

from a2wsgi import WSGIMiddleware
from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")

# The first import sets Django up, which the others need.
from governance.wsgi import application as http_application  # noqa: I001
from channels.auth import AuthMiddlewareStack
from dashboards.routing import websocket_urlpatterns
from governance.checks import refuse_unsafe

refuse_unsafe()

application = ProtocolTypeRouter(
    {
        "http": WSGIMiddleware(cast(Any, http_application), workers=4),
        "websocket": AllowedHostsOriginValidator(
            AuthMiddlewareStack(URLRouter(websocket_urlpatterns))
        ),
    }
)
