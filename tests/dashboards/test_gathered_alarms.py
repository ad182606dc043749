"""A flood of alarms: gathered into lines, and taken up by one act that counts for each of them."""

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from dashboards.models import Episode
from dashboards.selectors.gathering import gather
from dashboards.services.revisions import next_revision
from tests.dashboards.test_street_alarms import WALLS
from tests.dashboards.test_wall_alarms import put_on_duty
from tests.flood import ALARMS, INDICATORS, flood
from tests.walls import hang_bare_wall

URL = "/api/v1/episodes/acknowledge/"


@pytest.fixture
def alarms(town):
    found = flood(town, at=timezone.now())
    for area, slug in WALLS.items():
        hang_bare_wall(town, area=area, slug=slug)
    return found


def at(alarms, *names):
    return [alarm.pk for alarm in alarms if alarm.area.name in names]


def take(client, ids):
    return client.post(URL, {"episodes": ids}, format="json")


def waiting():
    return set(
        Episode.objects.filter(red_at__isnull=False, acknowledged_at=None).values_list(
            "pk", flat=True
        )
    )


def test_one_act_takes_up_all_that_it_names_and_no_other(alarms, api):
    code = alarms[1].indicator.code
    line = [alarm.pk for alarm in alarms if alarm.indicator.code == code]
    before = waiting()
    answer = take(api("leader"), line)
    assert answer.status_code == 200
    assert {row["id"] for row in answer.data["acknowledged"]} == set(line)
    assert answer.data["refused"] == []
    assert waiting() == before - set(line)


def test_who_and_when_is_on_record_for_each(town, alarms, api):
    answer = take(api("leader"), [alarm.pk for alarm in alarms])
    rows = Episode.objects.filter(pk__in=[alarm.pk for alarm in alarms])
    assert {row.acknowledged_by for row in rows} == {town.people["leader"]}
    assert {row.acknowledged_label for row in rows} == {"leader"}
    (when,) = {row.acknowledged_at for row in rows}
    assert {row["acknowledged_at"] for row in answer.data["acknowledged"]} == {
        timezone.localtime(when).isoformat()
    }


def test_act_is_to_be_told_with_one_new_revision(alarms, api):
    before = next_revision()
    take(api("leader"), [alarm.pk for alarm in alarms])
    told = Episode.objects.filter(pk__in=[alarm.pk for alarm in alarms])
    assert set(told.values_list("revision", flat=True)) == {before + 1}


def test_duty_at_a_street_takes_its_own_of_a_line_and_is_told_of_the_rest(town, alarms, api):
    put_on_duty(town, "dispatcher", area="东街")
    east, west = at(alarms, "东街"), at(alarms, "西街")
    answer = take(api("dispatcher"), [*west, *east])
    assert {row["id"] for row in answer.data["acknowledged"]} == set(east)
    assert {row["id"]: row["code"] for row in answer.data["refused"]} == dict.fromkeys(
        west, "not_on_duty"
    )
    assert waiting() == {alarm.pk for alarm in alarms} - set(east)


@pytest.mark.parametrize("username", ["east", "west", "worker", "handler"])
def test_outsider_cannot_tell_what_is_not_theirs_from_what_is_not_there(alarms, api, username):
    client = api(username)
    unseen, unknown = (take(client, ids) for ids in (at(alarms, "区"), [987_654_321]))
    assert (unseen.status_code, unseen.json()) == (unknown.status_code, unknown.json())
    assert unseen.status_code == 404
    assert waiting() == {alarm.pk for alarm in alarms}


def test_outsider_hears_the_same_of_both_beside_their_own(town, alarms, api):
    put_on_duty(town, "west", area="西街")
    answer = take(api("west"), [at(alarms, "东街")[0], 987_654_321, at(alarms, "西街")[0]])
    refused = [{**row, "id": 0} for row in answer.json()["refused"]]
    assert refused[0] == refused[1]
    assert refused[0]["code"] == "not_found"


def test_second_person_hears_who_was_first_and_takes_the_rest(town, alarms, api):
    put_on_duty(town, "dispatcher")
    first, rest = alarms[0].pk, [alarm.pk for alarm in alarms[1:4]]
    take(api("dispatcher"), [first])
    answer = take(api("leader"), [first, *rest])
    assert {row["id"] for row in answer.data["acknowledged"]} == set(rest)
    (refused,) = answer.data["refused"]
    assert (refused["id"], refused["code"]) == (first, "already_acknowledged")
    assert refused["acknowledged_by"] == "dispatcher"
    again = take(api("leader"), [first])
    assert (again.status_code, again.data["code"]) == (409, "already_acknowledged")


def test_same_person_may_say_so_again(alarms, api):
    ids = [alarm.pk for alarm in alarms[:3]]
    assert take(api("leader"), ids).data == take(api("leader"), [*ids, *ids]).data


def test_nobody_is_asked_to_sign_in(alarms):
    assert take(APIClient(), [alarms[0].pk]).status_code == 401


@pytest.mark.parametrize(
    "sent", [None, [], {}, "1,2", [0], [-1], ["x"], [2**63], [None], [1.5], list(range(1, 1002))]
)
def test_what_cannot_be_a_list_of_alarms_is_refused_by_its_field(alarms, api, sent):
    answer = api("leader").post(URL, {"episodes": sent}, format="json")
    fields = {name.partition(".")[0] for name in answer.data["fields"]}
    assert (answer.status_code, fields) == (400, {"episodes"})
    assert waiting() == {alarm.pk for alarm in alarms}


def test_few_alarms_and_many_cost_the_same_queries(alarms, api, query_count):
    client = api("leader")
    known, *ids = at(alarms, "东街")
    few, many = ids[:1], ids[1:]
    take(client, [known])
    assert len(many) > 3
    assert query_count(lambda: take(client, few)) == query_count(lambda: take(client, many))


def test_every_alarm_stands_in_one_line_and_the_newest_that_lasts_in_front(alarms, api):
    episodes = api("leader").get("/api/v1/walls/district/").data["episodes"]
    lines = gather([row for row in episodes if row["is_alarm"]])
    assert (sum(line["count"] for line in lines), len(lines)) == (ALARMS, INDICATORS)
    assert lines[0]["code"] == alarms[0].indicator.code
    third = next(line for line in lines if line["code"] == alarms[3].indicator.code)
    assert (third["count"], third["ended_count"], third["has_ended"]) == (3, 1, False)
    assert third["areas"] == [alarm.area.name for alarm in reversed(alarms[3:6])]
    assert third["since"] == timezone.localtime(alarms[5].red_at).isoformat()


def test_line_whose_alarms_have_all_ended_goes_last(alarms, api):
    code, now = alarms[0].indicator.code, timezone.now()
    Episode.objects.filter(indicator__code=code).update(ended_at=now)
    next_revision()  # as whatever ends an episode raises it
    episodes = api("leader").get("/api/v1/walls/district/").data["episodes"]
    lines = gather([row for row in episodes if row["is_alarm"]])
    assert [line["code"] for line in lines if line["has_ended"]] == [code] == [lines[-1]["code"]]


def test_text_twin_names_every_place_of_a_line(town, alarms, client):
    client.force_login(town.people["leader"], backend="django.contrib.auth.backends.ModelBackend")
    text = client.get("/wall/district/table/").content.decode()
    assert f"告警待确认 {ALARMS} 项，{INDICATORS} 个指标" in text
    assert "、".join(alarm.area.name for alarm in reversed(alarms[3:6])) in text
