from django.db import migrations

from governance.lib.reference import trigger_sql, untrigger_sql
from workorders.workflow.chain import START, link

COVERED = (
    "order_id", "sequence", "action", "from_state", "to_state", "actor_kind", "actor_id",
    "actor_label", "at", "note", "content", "is_public", "idempotency_key", "area_id",
    "category_id", "department_id", "is_overdue",
)  # fmt: skip
OPEN_TRIGGER = "ALTER TABLE workorders_event DISABLE TRIGGER event_no_update"
SHUT_TRIGGER = "ALTER TABLE workorders_event ENABLE TRIGGER event_no_update"


def chain_events(apps, schema_editor):
    """Give the events written so far the place where they count, and their digests."""
    order_model = apps.get_model("workorders", "WorkOrder")
    event_model = apps.get_model("workorders", "Event")
    for order in order_model.objects.iterator(chunk_size=500):
        events = list(event_model.objects.filter(order=order).order_by("sequence"))
        digest, department = START, None
        for event in events:
            digest, department = _placed(order, event, digest, department)
        event_model.objects.bulk_update(
            events, ["area_id", "category_id", "department_id", "content", "digest"]
        )
        order_model.objects.filter(pk=order.pk).update(history_digest=digest)


def _placed(order, event, digest, department):
    content = event.content
    area = order.grid_id or order.community_id or order.street_id or order.district_id
    is_first = event.action == "register"
    event.area_id = content.get("area", area) if is_first else area
    event.category_id = (
        content.get("category", order.category_id) if is_first else order.category_id
    )
    if event.action == "dispatch":
        department = content.get("department")
    event.department_id = department
    if event.action == "send_back":
        department = None
    if event.action == "resolve":
        content["met"] = {"resolution": bool(content.pop("resolved_on_time", False))}
    event.digest = link(digest, {name: getattr(event, name) for name in COVERED})
    return event.digest, department


class Migration(migrations.Migration):
    """Chain the history; rungs are reference data that processes keep in memory."""

    dependencies = [("workorders", "0005_order_engine")]
    operations = [
        migrations.RunSQL(trigger_sql("workorders_rung"), untrigger_sql("workorders_rung")),
        migrations.RunSQL(OPEN_TRIGGER, SHUT_TRIGGER),
        migrations.RunPython(chain_events, migrations.RunPython.noop, elidable=True),
        migrations.RunSQL("SET CONSTRAINTS ALL IMMEDIATE", migrations.RunSQL.noop),
        migrations.RunSQL(SHUT_TRIGGER, OPEN_TRIGGER),
    ]
