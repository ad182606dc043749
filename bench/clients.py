"""Clients that live orders over HTTP while the centre breaks, and keep what was acknowledged."""

import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.workorders.model import Model
from tests.workorders.model_acts import Refused

TIMEOUT = 3.0
GIVE_UP_AFTER = 120.0
POINT = {"lon": 118.625, "lat": 32.055}
GRID = "东街1社区1格"  # what the model calls the order's place
# The demo's codes, and how the model calls them.
CODES = {"PK-CG": "城管局", "0101": "noise"}

ACCEPT = ("dispatcher", {"action": "accept", "category": "0101"})
DISPATCH = ("dispatcher", {"action": "dispatch", "department": "PK-CG"})
SIGN = ("handler", {"action": "sign"})
RESOLVE = ("handler", {"action": "resolve", "result": "已清运", "proof": "清运记录"})
SEND_BACK = ("handler", {"action": "send_back", "reason": "不属本单位"})
PASS_CHECK = ("supervisor", {"action": "pass_check"})
REWORK = ("supervisor", {"action": "rework", "finding": "不到位"})
REACHED = {"action": "follow_up", "is_reached": True}
SOLVED = ("clerk", {**REACHED, "is_solved": True, "satisfaction": "satisfied"})
UNSOLVED = ("clerk", {**REACHED, "is_solved": False})
UNREACHED = ("clerk", {"action": "follow_up", "is_reached": False})
REOPEN = ("supervisor", {"action": "reopen", "reason": "复发"})
CANCEL = ("supervisor", {"action": "cancel", "reason": "误报"})
REMARK = ("dispatcher", {"action": "remark", "text": "备注"})
LIVES = (
    (ACCEPT, DISPATCH, SIGN, RESOLVE, PASS_CHECK, SOLVED),
    (ACCEPT, DISPATCH, SEND_BACK, DISPATCH, SIGN, RESOLVE, REWORK, RESOLVE, PASS_CHECK, SOLVED),
    (ACCEPT, REMARK, DISPATCH, SIGN, RESOLVE, PASS_CHECK, UNSOLVED, RESOLVE, PASS_CHECK, UNREACHED),
    (ACCEPT, DISPATCH, SIGN, RESOLVE, PASS_CHECK, SOLVED, REOPEN, RESOLVE),
    (("dispatcher", {"action": "answer", "answer": "已答复"}),),
    (("dispatcher", {"action": "reject", "reason": "no_fact"}), REMARK),
    (ACCEPT, DISPATCH, SIGN, CANCEL),
)  # fmt: skip


@dataclass
class Ledger:
    """What all clients were told, and what the model makes of it."""

    model: Model = field(default_factory=Model)
    tickets: dict[str, str] = field(default_factory=dict)  # ticket: order
    acts: dict[str, list[tuple[str, str]]] = field(default_factory=dict)  # order: acts in order
    violations: list[str] = field(default_factory=list)
    longest_wait: float = 0.0
    retried: int = 0
    is_over: threading.Event = field(default_factory=threading.Event)

    @property
    def acknowledged(self) -> int:
        return len(self.tickets) + sum(len(acts) for acts in self.acts.values())


class GaveUpError(Exception):
    """A command that nobody answered, or that was refused."""


class Client:
    """One person's hands: a command is sent again with the same key until it is answered."""

    def __init__(self, *, port: int, tokens: dict[str, str], ledger: Ledger, seed: str) -> None:
        self._port, self._tokens, self._ledger = port, tokens, ledger
        self._random, self._name, self._count = random.Random(seed), seed, 0

    def work(self) -> None:
        """Live orders one after the other; each is ended even when time is up."""
        while not self._ledger.is_over.is_set():
            try:
                self._live(self._random.choice(LIVES))
            except GaveUpError as error:
                self._ledger.violations.append(str(error))

    def _live(self, life: tuple[tuple[str, dict[str, Any]], ...]) -> None:
        number = self.register(self._name)
        for index, (person, act) in enumerate(life):
            if self._ledger.is_over.is_set():
                return
            self._act(number, person, act, key=f"{number}-{index}")
            time.sleep(self._random.uniform(0, 0.05))

    def register(self, prefix: str) -> str:
        """Deliver one call; the hotline repeats it until it has a number."""
        self._count += 1
        ticket = f"{prefix}-{self._count}"
        report = {
            "ticket_number": ticket, "occurred_at": "2026-01-05T10:00:00+08:00",
            "text": "垃圾桶满溢，请安排清运。", "point": POINT, "is_demo": True,
            "caller": {"name": "演示居民", "phone": "13900000000"},
        }  # fmt: skip
        answer = self._send("hotline", "/api/v1/intake/hotline/", report)
        number = str(answer["number"])
        self._ledger.tickets[ticket], self._ledger.acts[number] = number, []
        self._ledger.model.register(number, category=None, area=GRID, at=datetime.now(UTC))
        return number

    def _act(self, number: str, person: str, act: dict[str, Any], *, key: str) -> None:
        model, order = self._ledger.model, self._ledger.model.orders[number]
        body = {name: value for name, value in act.items() if name != "action"}
        url = f"/api/v1/orders/{number}/{act['action']}/"
        answer = self._send(person, url, {**body, "version": order.version}, key=key)
        carried = {name: CODES.get(str(value), value) for name, value in body.items()}
        try:
            model.act(number, act["action"], person, carried, datetime.now(UTC))
        except Refused as refused:
            raise GaveUpError(f"{number}: {act['action']} was taken, not {refused.code}") from None
        self._ledger.acts[number].append((act["action"], person))
        if answer["state"] != order.state:
            raise GaveUpError(f"{number}: {answer['state']} after {act['action']}")

    def _send(self, person: str, url: str, body: dict[str, Any], *, key: str = "") -> Any:
        began_at = time.monotonic()
        if self._random.random() < 0.1:
            self._send_and_die(person, url, body, key)
        while time.monotonic() - began_at < GIVE_UP_AFTER:
            status, content = self._try(person, url, body, key)
            if status in (200, 201):
                self._ledger.longest_wait = max(
                    self._ledger.longest_wait, time.monotonic() - began_at
                )
                return content
            if status not in (0, 503):
                raise GaveUpError(f"{url} answered {status}: {content}")
            self._ledger.retried += 1
            time.sleep(self._random.uniform(0.05, 0.3))
        raise GaveUpError(f"{url} was not answered within {GIVE_UP_AFTER:.0f} s")

    def _try(self, person: str, url: str, body: dict[str, Any], key: str) -> tuple[int, Any]:
        """Send once; status 0 where nothing came back."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT)
        try:
            connection.request("POST", url, json.dumps(body), self._headers(person, key))
            answer = connection.getresponse()
            raw = answer.read()
        except (OSError, http.client.HTTPException):
            return 0, None
        finally:
            connection.close()
        try:
            content = json.loads(raw)
        except ValueError:
            raise GaveUpError(f"{url} answered {answer.status}, no JSON: {raw[:200]!r}") from None
        is_plain = answer.status == 503 and content.get("code") == "unavailable"
        if answer.status >= 500 and not (is_plain and answer.headers.get("Retry-After")):
            self._ledger.violations.append(f"{url} answered {answer.status}: {content}")
            return 503, content
        return answer.status, content

    def _send_and_die(self, person: str, url: str, body: dict[str, Any], key: str) -> None:
        """Send a command and hang up without reading: the answer is lost, the act may be done."""
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=TIMEOUT)
        try:
            connection.request("POST", url, json.dumps(body), self._headers(person, key))
            time.sleep(self._random.uniform(0, 0.05))
        except (OSError, http.client.HTTPException):
            pass
        finally:
            connection.close()

    def _headers(self, person: str, key: str) -> dict[str, str]:
        headers = {"Authorization": self._tokens[person], "Content-Type": "application/json"}
        return {**headers, "Idempotency-Key": key} if key else headers
