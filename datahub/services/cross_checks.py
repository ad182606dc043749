"""Running cross-checks: set by set in PostgreSQL, the same findings each time."""

import logging
from collections.abc import Sequence
from datetime import date, datetime

from django.db import DatabaseError, connection, transaction
from django.db.models import Max
from django.utils import timezone

from datahub.enums import FindingState, LoadState
from datahub.models import CheckRun, CheckSide, CrossCheck, Finding, Load
from datahub.selectors.definitions import (
    BadDefinitionError,
    Definition,
    definition_of,
    has_point,
)
from datahub.services.check_sql import matching
from datahub.services.finding_places import place_findings
from datahub.services.tables import run, scalar

logger = logging.getLogger(__name__)
MOST_FINDINGS = 50_000  # of one check: more is a rule that says nothing
PATIENCE = "10min"
S = FindingState
FOUND = "pg_temp.found_now"
KEEP = """
INSERT INTO datahub_finding (cross_check_id, key, label, state, first_seen_at, last_seen_at, run_id,
    rows, place_mark, order_number, order_ending, reason)
SELECT %(check)s, key, left(coalesce(label, ''), 200), 'open', %(at)s, %(at)s, %(run)s,
    rows, '', '', '', ''
FROM pg_temp.found_now ORDER BY key
ON CONFLICT (cross_check_id, key) DO UPDATE SET
    label = excluded.label, rows = excluded.rows, run_id = excluded.run_id,
    last_seen_at = excluded.last_seen_at, gone_at = NULL,
    state = CASE WHEN datahub_finding.state <> 'gone' THEN datahub_finding.state
                 WHEN datahub_finding.order_number <> '' THEN 'ordered' ELSE 'open' END
"""


class TooManyFindingsError(ValueError):
    pass


def run_cross_checks(*, at: datetime, codes: Sequence[str] = ()) -> list[CheckRun]:
    """Run the checks in use, or those named, whatever they looked at last."""
    checks = CrossCheck.objects.filter(is_active=True).order_by("id")
    checks = checks.filter(code__in=codes) if codes else checks
    return [done for check in checks if (done := run_cross_check(check=check, at=at)) is not None]


def run_due_checks(*, at: datetime) -> int:
    """Run the checks whose data, rule or day is another than at their last run; count them."""
    count = 0
    for check in CrossCheck.objects.filter(is_active=True).order_by("id"):
        if check.mark != _mark(check, at) and run_cross_check(check=check, at=at) is not None:
            count += 1
    return count


def _mark(check: CrossCheck, at: datetime) -> str:
    """Digest what a run looks at: the day, the rule, and the newest load of each resource."""
    sides = list(
        CheckSide.objects.filter(cross_check=check)
        .order_by("position")
        .values_list("resource_id", "resource__schema_id")
    )
    done = Load.objects.filter(resource__in=[pk for pk, _ in sides], state=LoadState.DONE)
    newest = dict(done.order_by().values_list("resource_id").annotate(Max("id")))
    loads = " ".join(f"{pk}/{schema}/{newest.get(pk)}" for pk, schema in sides)
    return f"{timezone.localdate(at)} {check.changed_at.isoformat()} {loads}"


@transaction.atomic
def run_cross_check(*, check: CrossCheck, at: datetime) -> CheckRun | None:
    """Run one check; None where another worker is at it. A check that cannot be run says why.

    Findings that are there no more close themselves; dismissed ones stay dismissed.
    """
    locked = CrossCheck.objects.select_for_update(skip_locked=True, no_key=True)
    found = locked.filter(pk=check.pk).first()
    if found is None:
        return None
    done = CheckRun.objects.create(cross_check=found, started_at=at)
    try:
        with transaction.atomic():
            _find(found, done, at)
    except (BadDefinitionError, TooManyFindingsError) as error:
        done.problem = str(error)[:400]
    except DatabaseError as error:
        logger.error("cross-check %s: %s", found.code, error)
        done.problem = "比对出错或超时，请检查规则。"
    done.finished_at = max(at, timezone.now())
    done.save()
    found.ran_at, found.mark = at, _mark(found, at)
    found.save(update_fields=["ran_at", "mark"])
    return done


def _find(check: CrossCheck, done: CheckRun, at: datetime) -> None:
    definition = definition_of(check)
    done.found = _collect(definition, timezone.localdate(at))
    before = Finding.objects.filter(cross_check=check).exclude(state=S.GONE)
    known = before.count()
    with connection.cursor() as cursor:
        cursor.execute(KEEP, {"check": check.pk, "run": done.pk, "at": at})
    standing = Finding.objects.filter(cross_check=check).exclude(state=S.GONE)
    done.appeared = standing.count() - known
    gone = standing.exclude(run=done).exclude(state=S.DISMISSED)
    done.vanished = gone.update(state=S.GONE, gone_at=at)
    places = dict(_places()) if definition.place else {}
    place_findings(run=done, places=places, keeps_point=has_point(definition))


def _collect(definition: Definition, today: date) -> int:
    """Put the findings of now into a table of their own; raise TooManyFindingsError."""
    run(f"DROP TABLE IF EXISTS {FOUND}")
    run(f"SET LOCAL statement_timeout = '{PATIENCE}'")
    query = f"{matching(definition, today=today)} LIMIT {MOST_FINDINGS + 1}"
    run(f"CREATE TEMP TABLE found_now ON COMMIT DROP AS {query}")
    run("SET LOCAL statement_timeout = DEFAULT")
    count = scalar(f"SELECT count(*) FROM {FOUND}")
    if count > MOST_FINDINGS:
        raise TooManyFindingsError(f"疑点超过 {MOST_FINDINGS} 条，条件过宽，本次不记。")
    return count


def _places() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT key, place FROM {FOUND} WHERE place IS NOT NULL")
        return list(cursor.fetchall())


def ring_check(*, check: CrossCheck) -> None:
    """Let the next look run a check whatever it saw last."""
    CrossCheck.objects.filter(pk=check.pk).update(mark="")
