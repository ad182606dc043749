"""The server's entry: HTTP through long-lived threads, sockets through Channels.

Django's own ASGI handler gives every request a fresh thread, and with it a fresh database
connection. A fixed pool of threads keeps its connections; docs/decisions/ has the figures.
"""

import gc
import os

from channels.routing import ProtocolTypeRouter, URLRouter
from channels.security.websocket import AllowedHostsOriginValidator

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")

# The first import sets Django up, which the others need.
from governance.wsgi import application as http_application  # noqa: I001
from channels.sessions import CookieMiddleware
from dashboards.routing import websocket_urlpatterns
from governance.checks import refuse_unsafe
from governance.http import ThreadedApplication

# More threads only fight for the interpreter lock; more processes (governance/web.py) add cores.
THREADS = 2

refuse_unsafe()

# What is loaded now stays for good: the collector need not walk through it after each request.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)

application = ProtocolTypeRouter(
    {
        "http": ThreadedApplication(http_application, threads=THREADS),
        "websocket": AllowedHostsOriginValidator(
            CookieMiddleware(URLRouter(websocket_urlpatterns))
        ),
    }
)
