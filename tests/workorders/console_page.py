"""What the console's tests do with the page."""

from typing import Any

from django.test import Client


def pane_of(client: Client, number: str, status: int = 200) -> Any:
    answer = client.get(f"/console/orders/{number}/", headers={"HX-Request": "true"})
    assert answer.status_code == status
    return answer.context["pane"] if status == 200 else answer


def act(client: Client, number: str, action: str, **carried: Any) -> Any:
    return client.post(f"/console/orders/{number}/{action}/", carried)


def offered(client: Client, number: str) -> list[str]:
    return [face.action for face in pane_of(client, number).acts]
