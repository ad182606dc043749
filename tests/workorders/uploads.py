"""What the tests of the phone's deliveries share: photos announced and sent in pieces."""

import hashlib
import io
from typing import Any
from uuid import uuid4

from django.utils import timezone
from PIL import Image
from rest_framework.test import APIClient

from tests.town import EAST_POINT

UPLOADS = "/api/v1/uploads/"
REPORTS = "/api/v1/findings/"
PIECE = "application/offset+octet-stream"


def picture(size: tuple[int, int] = (64, 48), colour: str = "green", **saved: Any) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, colour).save(content, "JPEG", **saved)
    return content.getvalue()


def announced(content: bytes, stage: str = "report", **changes: Any) -> dict[str, Any]:
    """Announce a photo as a phone does."""
    photo = {
        "uuid": str(uuid4()),
        "stage": stage,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    return photo | changes


def send(client: APIClient, uuid: str, content: bytes, offset: int = 0) -> Any:
    """Send one piece."""
    return client.generic(
        "PATCH", f"{UPLOADS}{uuid}/", content, PIECE, HTTP_UPLOAD_OFFSET=str(offset)
    )


def uploaded(client: APIClient, content: bytes, stage: str) -> str:
    """Announce and send a photo whole; give its uuid."""
    photo = announced(content, stage)
    assert client.post(UPLOADS, photo).status_code == 200
    assert send(client, photo["uuid"], content).data["is_complete"]
    return str(photo["uuid"])


def finding(**changes: Any) -> dict[str, Any]:
    """Fill in a report of the east street's first grid as the outbox sends it."""
    now = timezone.now().isoformat()
    form = {
        "record_uuid": str(uuid4()),
        "occurred_at": now,
        "sent_at": now,
        "category": "manhole",
        "text": "巡查发现井盖缺失",
        "point": EAST_POINT,
        "photos": [],
    }
    return form | changes
