"""Replaying a CSV of appeals: all arrive once, however often the file is sent."""

import csv
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from workorders.models import WorkOrder
from workorders.services import kept_tokens

REAL = Path(__file__).parents[3] / "shared/data/appeals/appeals_stream.csv"
ROWS = [
    ("1", "甲", "路灯不亮", "2019-01-05 08:30:00", "门口的路灯不亮，请来修。\n谢谢"),
    ("2", "乙", "垃圾", "2019/1/5 8:31", "垃圾桶满了\u0000，三天没有清运"),
    ("3", "丙", "只有标题", "2020-06-01 23:59:59", "  "),
]


@pytest.fixture
def send(town, held_connection, settings, tmp_path, monkeypatch, capsys):
    """Send rows through the command to the API inside this process; give the printed summary."""
    settings.VAR_DIR = tmp_path
    monkeypatch.setenv("PORT", "1")  # nothing listens there

    def send(rows, *options, columns="number,sender,subject,sent_at,text", token=None):
        path = tmp_path / "appeals.csv"
        with path.open("w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(columns.split(","))
            writer.writerows(rows)
        call_command("replay_appeals", str(path), token=token or town.tokens["hotline"])
        lines = capsys.readouterr().out.splitlines()
        return {line[:14].strip(): int(line[14:]) for line in lines if not line.startswith("  ")}

    return send


def test_second_run_adds_none(send):
    first, second = send(ROWS), send(ROWS)
    assert (first["new"], first["repeats"], first["refused"]) == (3, 0, 0)
    assert (first["place unknown"], first["without clock"]) == (3, 0)
    assert (second["new"], second["repeats"], second["refused"]) == (0, 3, 0)
    assert WorkOrder.objects.count() == 3


def test_wall_times_are_those_of_the_district(send):
    send(ROWS)
    order = WorkOrder.objects.get(external_number="2")
    assert order.occurred_at.isoformat() == "2019-01-05T00:31:00+00:00"
    assert WorkOrder.objects.get(external_number="3").text == "只有标题"


def test_refused_rows_are_counted_with_their_reason(send, capsys):
    with pytest.raises(CommandError, match="2 appeals were refused"):
        send([*ROWS, ("4", "丁", "", "gestern", "x"), ("5", "戊", "", "2019-01-05 08:00:00", "")])
    assert WorkOrder.objects.count() == 3
    assert "no time: 'gestern'" in capsys.readouterr().out


def test_wrong_token_ends_the_run_at_once(send):
    with pytest.raises(CommandError, match="--token"):
        send(ROWS, token="wrong")
    assert WorkOrder.objects.count() == 0


def test_missing_column_is_named(send):
    with pytest.raises(CommandError, match="no column sent_at"):
        send([("1", "甲", "x", "y")], columns="number,sender,subject,text")


def test_own_token_is_kept_by_the_installation(settings, tmp_path):
    settings.VAR_DIR = tmp_path
    first = kept_tokens(channels=["hotline"])
    assert kept_tokens(channels=["hotline"]) == first


@pytest.mark.skipif(not REAL.exists(), reason="the real appeals are not on this machine")
def test_real_appeals_all_arrive(send):
    with REAL.open(encoding="utf-8-sig", newline="") as file:
        rows = [
            tuple(row[name] for name in ("number", "sender", "subject", "sent_at", "text"))
            for row in csv.DictReader(file)
        ][:200]
    first, second = send(rows), send(rows)
    assert (first["new"], first["refused"], first["without clock"]) == (200, 0, 0)
    assert (second["new"], second["repeats"]) == (0, 200)
