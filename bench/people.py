"""The people whose pages are measured: what they may see, and how they sign in."""

import http.client
import json
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from bench.place import ROOT

# Two streets by post, which no demo person has.
STREETS = "bench-streets"
USERNAMES = ("dispatcher", "street-dispatcher", STREETS, "handler", "worker")

PROGRAM = """
import json, sys
import django
django.setup()
from django.conf import settings
from django.utils import timezone
from accounts.models import User
from grids.models import Area, Post
from grids.services import appoint, current_scope
from grids.services.posts import Role
at, (streets, *names) = timezone.now(), json.loads(sys.argv[1])
user, is_new = User.objects.get_or_create(username=streets, defaults={"name": "两街演示调度员"})
user.set_password(settings.DEMO_PASSWORD)
user.save()
if is_new:
    for area in Area.objects.filter(level=2).order_by("code")[:2]:
        appoint(user=user, role=Role.DISPATCHER, area=area, starts_on=timezone.localdate(at))
found = User.objects.in_bulk(names, field_name="username")
print(json.dumps({name: [found[name].pk, current_scope(user=found[name]).order_columns()]
                  for name in names}))
"""


@dataclass(frozen=True)
class Person:
    """One person: the ids they see by column of an order."""

    username: str
    user_id: int
    columns: dict[str, list[int]]

    @property
    def branches(self) -> list[tuple[str, int]]:
        """List the columns and values of which any one makes an order visible."""
        return [(column, value) for column, values in self.columns.items() for value in values]


def people(env: dict[str, str]) -> dict[str, Person]:
    """Read what the measured people may see, through the application's own rule."""
    asked = json.dumps([STREETS, *USERNAMES])
    command = [sys.executable, "-c", PROGRAM, asked]
    env = env | {"DJANGO_SETTINGS_MODULE": "governance.settings"}
    told = subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True)
    return {name: Person(name, *found) for name, found in json.loads(told.stdout).items()}


class Caller:
    """One client with one connection."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def close(self) -> None:
        self._connection.close()

    def raw(self, method: str, url: str, authorization: str, body: str | None = None) -> bytes:
        """Send a request and read the whole answer; anything but success ends the run."""
        headers = {"Authorization": authorization, "Content-Type": "application/json"}
        self._connection.request(method, url, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status not in (200, 201):
            raise SystemExit(f"{method} {url} answered {answer.status}: {content[:300]!r}")
        return content

    def call(self, method: str, url: str, authorization: str, content: Any = None) -> Any:
        """Send JSON and read JSON."""
        body = json.dumps(content) if content is not None else None
        return json.loads(self.raw(method, url, authorization, body))

    def sign_in(self, username: str, env: dict[str, str]) -> str:
        """Get a person's token by password, as a script would."""
        asked = {"username": username, "password": env["DEMO_PASSWORD"]}
        return f"Token {self.call('POST', '/api/v1/token/', '', asked)['token']}"
