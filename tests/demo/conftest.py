"""The real district, put in for the tests of a module and rolled back at their end."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from django.utils import timezone

from governance.demo.loading import load_reference
from tests.kept_rows import built_once
from workorders.models import CalendarChange

PASSWORD = "demo-pass-2026"


@pytest.fixture(scope="module")
def pukou(django_db_setup: Any, django_db_blocker: Any, tmp_path_factory: Any) -> Iterator[Path]:
    """The demo's reference data, and the folder of run-time files that holds its secrets."""
    var = tmp_path_factory.mktemp("var")
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        patch.setattr("django.conf.settings.VAR_DIR", var, raising=False)
        patch.setattr("django.conf.settings.DEMO_PASSWORD", PASSWORD, raising=False)
        with transaction.atomic():
            files = built_once(_load, by_triggers=[CalendarChange])
            for path, (mode, content) in files.items():
                (var / path).parent.mkdir(parents=True, exist_ok=True)
                (var / path).write_bytes(content)
                (var / path).chmod(mode)
            yield var
            transaction.set_rollback(True)


def _load() -> dict[Path, tuple[int, bytes]]:
    """Load the reference data, which takes its time; give the files it wrote, with their modes."""
    load_reference(at=timezone.now())
    var = Path(settings.VAR_DIR)
    written = [path for path in var.rglob("*") if path.is_file()]
    return {path.relative_to(var): (path.stat().st_mode, path.read_bytes()) for path in written}


@pytest.fixture
def demo(pukou: Path, db: Any, settings: Any, tmp_path: Path) -> Path:
    """The loaded district within a test's own transaction, with a folder of its own for photos."""
    settings.MEDIA_ROOT = str(tmp_path / "media")
    return pukou


@pytest.fixture
def site_transport() -> Callable[[], httpx.WSGITransport]:
    """Speak HTTP to the real application without a socket, so that the rolled-back data is seen."""
    return lambda: httpx.WSGITransport(app=get_wsgi_application())
