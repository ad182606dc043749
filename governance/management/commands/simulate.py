"""`manage.py simulate`: demo traffic through the real HTTP interfaces, until told to stop."""

import logging
import os
import signal
import threading
import time

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections
from django.utils import timezone
from knox.models import AuthToken

from accounts.models import User
from dashboards.models import ReportedValue
from governance.demo.catalogue import channel_tokens
from governance.demo.feeds import read_feeds
from governance.demo.loading import check_mode
from governance.demo.made_up import Storyteller
from governance.demo.town import PREFIX, Town, spots
from governance.demo.traffic import Reporting, Site, Tempo, Traffic, Walks
from governance.demo.traffic.client import SiteAway
from governance.lib.errors import DomainError
from workorders.models import Photo, WorkOrder

logger = logging.getLogger(__name__)
# The traffic rests beyond these, so that a forgotten demo never fills the disk.
ORDER_LIMIT = 20_000
OPEN_LIMIT = 800
PHOTO_LIMIT = 2_000
VALUE_LIMIT = 1_000_000
LOOK_EVERY = 60.0
AWAY_PAUSES = (1, 2, 5, 10)


class Command(BaseCommand):
    help = "Let made-up people report and work through the site's HTTP interfaces."

    def add_arguments(self, parser: CommandParser) -> None:
        port = os.environ.get("PORT", "8000")
        parser.add_argument("--base-url", default=f"http://127.0.0.1:{port}")
        parser.add_argument(
            "--speed", type=float, default=45.0, help="how fast a day passes (1: as in life)"
        )
        parser.add_argument("--seconds", type=float, help="stop after so long")

    def handle(self, *args, **options) -> None:
        if not 0 < options["speed"] <= 10_000:
            raise CommandError("--speed must be above 0 and at most 10000.")
        try:
            check_mode()
        except DomainError as error:
            raise CommandError(error.detail) from error
        stopping = threading.Event()

        def stop(*_: object) -> None:
            # At once, even out of the middle of a request: the site ends what it has begun.
            stopping.set()
            raise SystemExit(0)

        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, stop)
        site = Site(options["base_url"], channel_tokens=channel_tokens(), issue_token=issue_token)
        try:
            run(site, stopping, speed=options["speed"], seconds=options["seconds"])
        finally:
            site.close()


def issue_token(username: str) -> str:
    """Give a person of the demo a token, and take back those that nobody holds any more."""
    user = User.objects.get(username=username, is_demo=True, username__startswith=PREFIX)
    AuthToken.objects.filter(user=user).delete()
    return str(AuthToken.objects.create(user=user)[1])


def run(site: Site, stopping: threading.Event, *, speed: float, seconds: float | None) -> None:
    """Play until told to stop; a site that is away is waited for."""
    tempo = Tempo(speed=speed, began_at=timezone.localtime())
    photos = PHOTO_LIMIT - Photo.objects.filter(order__is_demo=True)[:PHOTO_LIMIT].count()
    town = Town.read()
    traffic = Traffic(site, town=town, story=Storyteller(spots()), photos_left=photos)
    walks = Walks(site, town)
    reporting = Reporting(site, read_feeds())
    ends_at = time.monotonic() + seconds if seconds else float("inf")
    looked_at, may_grow, may_report, failures = 0.0, True, True, 0
    while not stopping.is_set() and time.monotonic() < ends_at:
        try:
            if time.monotonic() - looked_at > LOOK_EVERY:
                may_grow, may_report, looked_at = (
                    has_room(),
                    has_room_for_values(),
                    time.monotonic(),
                )
            walks.step(timezone.now())
            if may_report:
                reporting.send_due(timezone.now())
            if may_grow and tempo.is_new():
                traffic.report(timezone.localtime())
            else:
                traffic.act()
            failures = 0
        except (SiteAway, OperationalError, InterfaceError) as error:
            logger.info("the site or its database is away: %s", error)
            close_old_connections()
            failures += 1
            stopping.wait(AWAY_PAUSES[min(failures, len(AWAY_PAUSES)) - 1])
            continue
        stopping.wait(min(tempo.wait(timezone.localtime()), max(ends_at - time.monotonic(), 0)))


def has_room() -> bool:
    """Tell whether more demo orders may come."""
    demo = WorkOrder.objects.filter(is_demo=True).order_by()
    if demo[: ORDER_LIMIT + 1].count() > ORDER_LIMIT:
        return False
    return demo.still_open()[: OPEN_LIMIT + 1].count() <= OPEN_LIMIT


def has_room_for_values() -> bool:
    """Tell whether departments may report more; some months of it."""
    newest = ReportedValue.objects.order_by("-pk").values_list("pk", flat=True).first()
    return (newest or 0) <= VALUE_LIMIT
