"""The site as the demo traffic sees it: channels and people over HTTP."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

import httpx

logger = logging.getLogger(__name__)
TIMEOUT = 15.0
UNAUTHORIZED = 401


class SiteAway(Exception):
    """The site does not answer, or is not well; try again later."""


class Site:
    """Speaks for channels with their tokens and for people with theirs."""

    def __init__(
        self,
        base_url: str,
        *,
        channel_tokens: Mapping[str, str],
        issue_token: Callable[[str], str],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        # Proxies of the environment are for the world outside, not for this site.
        self._http = httpx.Client(
            base_url=base_url, timeout=TIMEOUT, trust_env=False, transport=transport
        )
        self._channel_tokens = channel_tokens
        self._issue_token = issue_token
        self._tokens: dict[str, str] = {}

    def close(self) -> None:
        self._http.close()

    def deliver(self, channel: str, payload: Mapping[str, Any]) -> dict[str, Any] | None:
        """Deliver a report as a channel; None where it is refused."""
        header = {"Authorization": f"Bearer {self._channel_tokens[channel]}"}
        return self._read(
            self._send("POST", f"/api/v1/intake/{channel}/", headers=header, json=payload)
        )

    def find(self, username: str, **filters: Any) -> list[dict[str, Any]]:
        """List orders as a person sees them, those of the demo only."""
        found = self._as(username, "GET", "/api/v1/orders/", params=filters)
        return [row for row in (found or {}).get("results", []) if row["is_demo"]]

    def act(
        self, username: str, order: Mapping[str, Any], action: str, **carried: Any
    ) -> dict[str, Any] | None:
        """Act on an order as a person who saw this version of it; None where it is refused."""
        url = f"/api/v1/orders/{order['number']}/{action}/"
        return self._as(username, "POST", url, json={"version": order["version"], **carried})

    def photograph(
        self, username: str, order: Mapping[str, Any], stage: str, content: bytes
    ) -> dict[str, Any] | None:
        files = {"photo": ("photo.jpg", content, "image/jpeg")}
        url = f"/api/v1/orders/{order['number']}/photos/"
        return self._as(username, "POST", url, data={"stage": stage}, files=files)

    def report(
        self, username: str, code: str, rows: Sequence[Mapping[str, Any]]
    ) -> dict[str, Any] | None:
        """Report values of an indicator as a person of its owner; None where all is refused."""
        url = f"/api/v1/indicators/{code}/values/"
        return self._as(username, "POST", url, json={"values": rows})

    def begin_duty(self, username: str, duty_id: str, grid: str) -> str:
        """Begin a person's duty, or join the one that runs; nothing where it is refused."""
        answer = self._as(username, "POST", "/api/v1/duties/", json={"id": duty_id, "area": grid})
        return str(answer["id"]) if answer else ""

    def be_seen(
        self, username: str, duty: str, fixes: Sequence[Sequence[float]], *, now: datetime
    ) -> bool:
        """Send fixes of a duty as a phone does; tell whether they were taken."""
        body = {"id": str(uuid4()), "sent_at": now.isoformat(), "fixes": fixes}
        return self._as(username, "POST", f"/api/v1/duties/{duty}/track/", json=body) is not None

    def _as(self, username: str, method: str, url: str, **content: Any) -> dict[str, Any] | None:
        answer = self._send(method, url, headers=self._person(username), **content)
        if answer.status_code == UNAUTHORIZED:
            # The token has run out: one new one.
            self._tokens.pop(username, None)
            answer = self._send(method, url, headers=self._person(username), **content)
        return self._read(answer)

    def _person(self, username: str) -> dict[str, str]:
        if username not in self._tokens:
            self._tokens[username] = self._issue_token(username)
        return {"Authorization": f"Token {self._tokens[username]}"}

    def _send(self, method: str, url: str, **content: Any) -> httpx.Response:
        try:
            answer = self._http.request(method, url, **content)
        except httpx.HTTPError as error:
            raise SiteAway(str(error)) from error
        if answer.is_server_error:
            raise SiteAway(f"{method} {url} answered {answer.status_code}")
        return answer

    def _read(self, answer: httpx.Response) -> dict[str, Any] | None:
        """Give what was answered; a refusal is life as it is, and only written down."""
        if answer.is_success:
            return dict(answer.json())
        logger.info("%s %s: %s", answer.status_code, answer.request.url.path, answer.text[:200])
        return None
