"""`manage.py replay_appeals FILE`: real appeals from a CSV through the hotline's intake API."""

import csv
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, TextIO

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.wsgi import get_wsgi_application
from django.utils import timezone

from workorders.services import kept_tokens, token_file

COLUMNS = ("number", "sender", "subject", "sent_at", "text")
TIME_FORMATS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M")
ADDRESS = "/api/v1/intake/hotline/"
CONNECTIONS = 4
TIMEOUT = 60.0
BAR = 30


class Unreadable(ValueError):
    """A row of the file that cannot be sent; the message says why."""


@dataclass
class Summary:
    """What became of the appeals."""

    counts: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)

    def note(self, answer: httpx.Response) -> None:
        """Count one answer of the intake API."""
        self.counts["sent"] += 1
        if not answer.is_success:
            self.refuse(_reason(answer))
            return
        receipt = answer.json()
        self.counts["new" if answer.status_code == httpx.codes.CREATED else "repeats"] += 1
        is_unknown = receipt["place_source"] == "unknown"
        self.counts["place unknown" if is_unknown else "located"] += 1
        if answer.status_code == httpx.codes.CREATED and receipt["due_at"] is None:
            self.counts["without clock"] += 1

    def refuse(self, reason: str) -> None:
        self.counts["refused"] += 1
        self.refused[reason] += 1

    def lines(self) -> Iterator[str]:
        names = ("sent", "new", "repeats", "located", "place unknown", "without clock", "refused")
        for name in names:
            yield f"{name:<14}{self.counts[name]:>8}"
        for reason, count in self.refused.most_common():
            yield f"  {count} × {reason}"


class Progress:
    """A bar on a terminal; without one, a line now and then."""

    def __init__(self, total: int, stream: TextIO) -> None:
        self._total, self._stream = max(total, 1), stream
        self._is_terminal = stream.isatty()
        self._began_at = self._shown_at = time.monotonic()

    def show(self, done: int) -> None:
        """Show how many are done, at most a few times a second."""
        now = time.monotonic()
        if done < self._total and now - self._shown_at < (0.2 if self._is_terminal else 5):
            return
        self._shown_at = now
        rate = done / max(now - self._began_at, 0.001)
        bar = "█" * (BAR * done // self._total)
        line = f"{bar:·<{BAR}} {done}/{self._total}  {rate:.0f}/s"
        if self._is_terminal:
            self._stream.write(f"\r{line}" + ("\n" if done >= self._total else ""))
        else:
            self._stream.write(f"{line}\n")
        self._stream.flush()


class Command(BaseCommand):
    help = (
        "Send a CSV of appeals (columns number, sender, subject, sent_at, text) through the "
        "hotline's intake API. Sending it again adds none: each appeal keeps its number."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--limit", type=int, help="only the first so many")
        parser.add_argument(
            "--base-url",
            help="the site; by default this machine's on $PORT or 8000, and where nothing listens "
            "there the same API inside this process",
        )
        parser.add_argument("--token", help="the hotline's token; by default this installation's")
        parser.add_argument("--demo", action="store_true", help="mark the orders as demo")

    def handle(self, *args, **options) -> None:
        try:
            rows = list(read_rows(options["file"], options["limit"]))
        except (OSError, UnicodeDecodeError, csv.Error, Unreadable) as error:
            raise CommandError(f"{options['file']}: {error}") from error
        header = {"Authorization": f"Bearer {options['token'] or own_token()}"}
        client, connections = self._client(options["base_url"], header)
        summary = Summary()
        with client:
            send_all(client, rows, summary, connections=connections, is_demo=options["demo"])
        for line in summary.lines():
            self.stdout.write(line)
        if summary.counts["refused"]:
            raise CommandError(f"{summary.counts['refused']} appeals were refused.")

    def _client(self, base_url: str | None, header: dict[str, str]) -> tuple[httpx.Client, int]:
        """Speak to the site; where none was named and none runs, to the API in this process."""
        given: dict[str, Any] = {"headers": header, "timeout": TIMEOUT, "trust_env": False}
        url = base_url or f"http://127.0.0.1:{os.environ.get('PORT', '8000')}"
        if base_url or is_listening(url):
            self.stderr.write(f"Sending to {url}{ADDRESS}")
            return httpx.Client(base_url=url, **given), CONNECTIONS
        self.stderr.write(f"Nothing answers at {url}: sending to the API inside this process.")
        transport = httpx.WSGITransport(app=get_wsgi_application())
        hosts = [host for host in settings.ALLOWED_HOSTS if "*" not in host]
        scheme = "https" if settings.SECURE_SSL_REDIRECT else "http"
        own = f"{scheme}://{hosts[0].lstrip('.') if hosts else 'localhost'}"
        return httpx.Client(base_url=own, transport=transport, **given), 1


def read_rows(path: Path, limit: int | None) -> Iterator[dict[str, str]]:
    """Read the appeals of a CSV; raises Unreadable where a column is missing."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
        if missing:
            raise Unreadable(f"no column {', '.join(missing)}")
        for position, row in enumerate(reader):
            if limit is not None and position >= limit:
                return
            yield {name: (row[name] or "").strip() for name in COLUMNS}


def payload_of(row: dict[str, str], *, is_demo: bool) -> dict[str, Any]:
    """Put an appeal into the hotline's JSON; its times are wall times of the district."""
    return {
        "ticket_number": row["number"],
        "occurred_at": parse_time(row["sent_at"]).isoformat(),
        "title": row["subject"],
        "text": row["text"] or row["subject"],
        "caller": {"name": row["sender"]},
        "is_demo": is_demo,
    }


def parse_time(text: str) -> datetime:
    """Read a wall time without zone; raises Unreadable for anything else."""
    for form in TIME_FORMATS:
        try:
            return timezone.make_aware(datetime.strptime(text, form))  # noqa: DTZ007
        except ValueError:
            continue
    raise Unreadable(f"no time: {text[:30]!r}")


def own_token() -> str:
    """Read the hotline's token that this installation keeps for its own scripts."""
    if not token_file().exists():
        raise CommandError(f"{token_file()} is missing: give --token, or run load_demo first.")
    return kept_tokens(channels=["hotline"])["hotline"]


def is_listening(url: str) -> bool:
    try:
        httpx.get(f"{url}/healthz", timeout=3, trust_env=False)
    except httpx.HTTPError:
        return False
    return True


def send_all(
    client: httpx.Client,
    rows: list[dict[str, str]],
    summary: Summary,
    *,
    connections: int,
    is_demo: bool,
) -> None:
    """Deliver every appeal once and note each answer; raises CommandError if the site goes."""
    progress = Progress(len(rows), sys.stderr)

    def send(row: dict[str, str]) -> httpx.Response | str:
        try:
            return client.post(ADDRESS, json=payload_of(row, is_demo=is_demo))
        except Unreadable as error:
            return str(error)

    with ThreadPoolExecutor(connections) as pool:
        # In this process one thread must do: the database's connection belongs to it.
        answers = pool.map(send, rows) if connections > 1 else map(send, rows)
        try:
            for done, answer in enumerate(answers, start=1):
                note(summary, answer)
                progress.show(done)
        except httpx.HTTPError as error:
            raise CommandError(
                f"The site went away after {summary.counts['sent']} appeals ({error}); send the "
                "file again, what has arrived is not taken twice."
            ) from error
        finally:
            pool.shutdown(cancel_futures=True)


def note(summary: Summary, answer: httpx.Response | str) -> None:
    """Note an answer or why a row was not sent; raises CommandError where the token is wrong."""
    if isinstance(answer, str):
        summary.refuse(answer)
        return
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        raise CommandError("The site does not know this token: give the hotline's with --token.")
    summary.note(answer)


def _reason(answer: httpx.Response) -> str:
    """Say why an appeal was refused, without its words."""
    try:
        content = answer.json()
    except ValueError:
        return f"{answer.status_code}"
    fields = "; ".join(f"{name}: {texts[0]}" for name, texts in content.get("fields", {}).items())
    return f"{answer.status_code} {content.get('detail', '')} {fields}".strip()
