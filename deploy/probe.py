"""Ask the web server of this container for its health, as the proxy in front would."""

import http.client
import os
import sys

host = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].lstrip(".")
connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=4)
try:
    connection.request("GET", "/healthz", headers={"Host": host, "X-Forwarded-Proto": "https"})
    sys.exit(0 if connection.getresponse().status == http.HTTPStatus.OK else 1)
except OSError as error:
    sys.exit(f"No health: {error}")
