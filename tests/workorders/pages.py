"""What the tests of the phone's and the residents' pages share: photos, and orders on their way."""

import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from tests.town import Town
from workorders.enums import Action
from workorders.models import WorkOrder
from workorders.services import Actor, apply


def jpeg(name: str = "photo.jpg", colour: str = "green") -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (64, 48), colour).save(content, "JPEG")
    return SimpleUploadedFile(name, content.getvalue(), "image/jpeg")


def act(town: Town, username: str, number: str, action: Action, **carried: Any) -> WorkOrder:
    return apply(
        number=number,
        action=action,
        actor=Actor.from_user(town.people[username]),
        at=timezone.now(),
        carried=carried,
    )


def send_to_grid(town: Town, number: str, grid: str = "东街1社区1格") -> WorkOrder:
    """Accept an order and dispatch it to a grid."""
    act(town, "dispatcher", number, Action.ACCEPT, category=town.categories["manhole"])
    return act(town, "dispatcher", number, Action.DISPATCH, grid=town.areas[grid])


def bring_to_follow_up(town: Town, number: str) -> WorkOrder:
    """Carry an order in the east street's first grid up to the question whether it is solved."""
    send_to_grid(town, number)
    act(town, "worker", number, Action.SIGN)
    act(town, "worker", number, Action.RESOLVE, result="已更换井盖", proof="维修单")
    return act(town, "supervisor", number, Action.PASS_CHECK)
