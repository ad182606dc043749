"""Each setting is checked at start; a wrong one is named with its remedy.

`refuse_unsafe` is called by the web and worker processes, so that production never runs with a
default secret, DEBUG or the demo's accounts, even where nobody ran `manage.py check`.
"""

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from ipaddress import ip_network
from typing import Any

from cryptography.fernet import Fernet
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

MODES = ("production", "demo", "test")
SECRET_KEY_LENGTH = 50


@register()
def check_settings(**kwargs: Any) -> list[CheckMessage]:
    """Check what must hold in every mode, then what production adds."""
    messages = [*_check_mode(), *_check_keys(), *_check_numbers(), *_check_networks()]
    messages += _check_analytics()
    if settings.IS_PRODUCTION:
        messages += _check_production()
    return messages


def _check_mode() -> Iterator[CheckMessage]:
    if settings.MODE not in MODES:
        yield Error(
            f"YIWANG_MODE is {settings.MODE!r}.",
            hint=f"One of {', '.join(MODES)}.",
            id="yiwang.E001",
        )
    if not settings.DISTRICT_CODE.isdigit():
        yield Error("DISTRICT_CODE is no division code.", hint="Such as 320111.", id="yiwang.E002")


def _check_keys() -> Iterator[CheckMessage]:
    if not settings.SECRET_KEY:
        yield Error("SECRET_KEY is missing.", hint="Set 50 random characters.", id="yiwang.E003")
    if not settings.FIELD_KEYS:
        yield Error(
            "FIELD_KEYS is missing: reporters' data cannot be encrypted.",
            hint="Set one or more Fernet keys, the newest first.",
            id="yiwang.E004",
        )
    for position, key in enumerate(settings.FIELD_KEYS, start=1):
        if not _is_fernet_key(key):
            yield Error(f"FIELD_KEYS: key {position} is no Fernet key.", id="yiwang.E005")


def _is_fernet_key(key: str) -> bool:
    try:
        Fernet(key)
    except ValueError:
        return False
    return True


def _check_numbers() -> Iterator[CheckMessage]:
    numbers: dict[str, float] = {
        "SIGN_IN_FAILURE_LIMIT": settings.AXES_FAILURE_LIMIT,
        "SIGN_IN_COOLOFF_MINUTES": settings.AXES_COOLOFF_TIME.total_seconds(),
        "SESSION_HOURS": settings.SESSION_COOKIE_AGE,
        "TOKEN_HOURS": _seconds(settings.REST_KNOX["TOKEN_TTL"]),
        "LIVE_RECHECK_SECONDS": settings.LIVE_RECHECK_SECONDS,
        "LIVE_PING_SECONDS": settings.LIVE_PING_SECONDS,
        "POSITION_DAYS": settings.POSITION_DAYS,
        "BAD_ROW_DAYS": settings.BAD_ROW_DAYS,
        "LOADS_AT_ONCE": settings.LOADS_AT_ONCE,
        "FETCH_MINUTES": settings.FETCH_MINUTES,
        "FETCHES_AT_ONCE": settings.FETCHES_AT_ONCE,
        "OPEN_DOWNLOADS_PER_HOUR": settings.OPEN_DOWNLOADS_PER_HOUR,
        "ANALYTICS_SECONDS": settings.ANALYTICS_SECONDS,
        "ANALYTICS_MEGABYTES": settings.ANALYTICS_MEGABYTES,
        "LOAD_MEGABYTES": settings.LOAD_BYTES_LIMIT,
    }
    for name, value in numbers.items():
        if value <= 0:
            yield Error(f"{name} must be above zero.", id="yiwang.E006")


def _check_networks() -> Iterator[CheckMessage]:
    for text in settings.FETCH_NETWORKS:
        try:
            network = ip_network(text)
        except ValueError:
            yield Error(
                f"FETCH_NETWORKS: {text!r} is no network.",
                hint="Such as 10.20.0.0/16.",
                id="yiwang.E017",
            )
            continue
        if settings.IS_PRODUCTION and (network.is_loopback or network.is_link_local):
            yield Error(
                f"FETCH_NETWORKS opens {text}, where this machine's own services are.",
                hint="Name the departments' networks only.",
                id="yiwang.E018",
            )


def _check_analytics() -> Iterator[CheckMessage]:
    from datahub.enums import Engine  # noqa: PLC0415

    engine = settings.ANALYTICS_ENGINE
    if engine not in Engine.values:
        yield Error(
            f"ANALYTICS_ENGINE is {engine!r}.",
            hint=f"One of {', '.join(Engine.values)}.",
            id="yiwang.E007",
        )
    elif engine != Engine.POSTGRESQL and not (find_spec("duckdb") and find_spec("distributed")):
        yield Error(
            f"ANALYTICS_ENGINE is {engine}, whose packages are not installed.",
            hint="Run: pip install --requirement requirements-analytics.txt",
            id="yiwang.E008",
        )
    if engine == Engine.DISTRIBUTED and "://" not in settings.ANALYTICS_SCHEDULER:
        yield Error(
            "ANALYTICS_SCHEDULER names no scheduler.",
            hint="Such as tcp://10.0.0.5:8786.",
            id="yiwang.E009",
        )


def _seconds(span: Any) -> float:
    return float(span.total_seconds())


def _check_production() -> Iterator[CheckMessage]:
    if settings.DEBUG:
        yield Error("DEBUG is on in production.", hint="Unset DEBUG.", id="yiwang.E010")
    if _is_weak(settings.SECRET_KEY):
        yield Error(
            "SECRET_KEY is a default or too short.",
            hint=f"Set at least {SECRET_KEY_LENGTH} random characters.",
            id="yiwang.E011",
        )
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        yield Error("ALLOWED_HOSTS is empty or open.", hint="Name the hosts.", id="yiwang.E012")
    if settings.DEMO_PASSWORD:
        yield Error("DEMO_PASSWORD is set in production.", hint="Unset it.", id="yiwang.E013")
    if not settings.IS_BEHIND_TLS:
        yield Warning("BEHIND_TLS is off: cookies travel in the clear.", id="yiwang.W014")


def _is_weak(secret: str) -> bool:
    words = ("change", "default", "insecure", "secret", "example")
    return len(secret) < SECRET_KEY_LENGTH or any(word in secret.lower() for word in words)


@register(Tags.database)
def check_demo_accounts(**kwargs: Any) -> list[CheckMessage]:
    """Refuse production over a database that still holds active demo accounts."""
    if settings.IS_PRODUCTION and has_demo_accounts():
        return [
            Error(
                "The database holds demo accounts.",
                hint="Run: manage.py remove_demo",
                id="yiwang.E015",
            )
        ]
    return []


@register(Tags.database)
def check_calendar(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Warn of a year without holidays, from October on also of the next one.

    Only where the database is asked about (`check --database default`, `migrate`), as Django's own.
    """
    from workorders.selectors import missing_years  # noqa: PLC0415

    if not databases:
        return []
    try:
        with transaction.atomic():
            years = missing_years(on=timezone.localdate())
    except DatabaseError:  # nothing is migrated yet
        return []
    return [
        Warning(
            f"The holidays of {year} are not entered: limits count only its weekends as off.",
            hint=f"Run: manage.py load_calendar {year}, or enter them in the admin.",
            id="yiwang.W016",
        )
        for year in years
    ]


@register(Tags.database)
def check_sources(databases: Sequence[str] | None = None, **kwargs: Any) -> list[CheckMessage]:
    """Warn of sources in use that may not be fetched: the list of hosts does not name theirs."""
    from datahub.services.sources import unlisted_sources  # noqa: PLC0415

    if not databases:
        return []
    try:
        with transaction.atomic():
            found = unlisted_sources()
    except DatabaseError:  # nothing is migrated yet
        return []
    return [
        Warning(
            f"The source of {code} is at {host}:{port}, which may not be fetched from.",
            hint="Add it to the admin's 允许抓取的主机, or switch the source off.",
            id="yiwang.W019",
        )
        for code, host, port in found
    ]


def has_demo_accounts() -> bool:
    from django.contrib.auth import get_user_model  # noqa: PLC0415

    try:
        with connection.cursor() as cursor:
            tables = connection.introspection.table_names(cursor)
    except DatabaseError:
        return False
    users = get_user_model()
    if users._meta.db_table not in tables:
        return False
    return users.objects.filter(is_demo=True, is_active=True).exists()


def refuse_unsafe() -> None:
    """Stop a serving process whose settings or database are not fit for its mode."""
    messages = [*check_settings(), *check_demo_accounts()]
    errors = [message for message in messages if isinstance(message, Error)]
    if errors:
        lines = [f"{error.id} {error.msg} {error.hint or ''}".strip() for error in errors]
        raise ImproperlyConfigured("Refusing to start:\n" + "\n".join(lines))
