"""What the phone keeps to open without network: the files of its pages, and their version."""

import hashlib
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.urls import reverse

STATIC = Path(settings.BASE_DIR) / "static"
WORKER = "js/mobile/worker.js"
NAMED = (
    "css/tokens.css", "css/parts.css", "css/forms.css", "css/mobile.css", "css/mobile-sheets.css",
    "css/mobile-outbox.css", "css/mobile-patrol.css", "images/icon.svg", "js/live.js",
    "vendor/idb/index.js", "vendor/qr/decode.js", "vendor/qr/index.js",
)  # fmt: skip
FOLDERS = ("js/forms", "js/live", "js/mobile", "js/outbox", "js/patrol")
# What the pages are made of: a change of theirs is a new version, too.
TEMPLATES = ("base.html", "mobile")


@lru_cache(maxsize=1)
def shell_files() -> tuple[str, ...]:
    """List the static files of the phone's pages; the worker itself is served from `/sw.js`."""
    found = (path for folder in FOLDERS for path in sorted((STATIC / folder).glob("*.js")))
    names = (path.relative_to(STATIC).as_posix() for path in found)
    return (*NAMED, *(name for name in names if name != WORKER))


def shell_urls() -> list[str]:
    """List the addresses that the phone keeps before anything else."""
    return [*(static(name) for name in shell_files()), reverse("workorders:mobile-offline")]


@lru_cache(maxsize=1)
def shell_version() -> str:
    """Digest the files of the phone's pages: twelve characters that change with any of them."""
    digest = hashlib.sha256()
    for content in _contents():
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()[:12]


def _contents() -> Iterator[bytes]:
    for name in (*shell_files(), WORKER):
        path = finders.find(name)
        yield Path(str(path)).read_bytes() if path else name.encode()
    for name in TEMPLATES:
        place = Path(settings.BASE_DIR) / "templates" / name
        yield from (path.read_bytes() for path in (sorted(place.glob("*")) or [place]))


def worker_script() -> str:
    """Give the service worker with the version and the files that it keeps."""
    text = (STATIC / WORKER).read_text(encoding="utf-8")
    return f'const VERSION = "{shell_version()}";\nconst ASSETS = {shell_urls()!r};\n{text}'
