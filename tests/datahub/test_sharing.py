"""Sharing: asked for, decided by the owner, read while it lasts, ended by itself."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.enums import AccessKind
from accounts.models import AccessLog, User
from datahub.enums import RequestState as S
from datahub.models import SharingRequest
from datahub.services import current_reader, end_due_sharing
from datahub.services.sharing import approve_sharing, ask_sharing, revoke_sharing
from grids.models import Post
from grids.services import end_post
from tests.datahub.loading import as_csv, id_number, load, person

ROWS = "/api/v1/resources/people/rows/"
ASK = "/api/v1/resources/people/requests/"


@pytest.fixture
def residents(hub, people, settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    load(hub.people, people["reporter"], as_csv([person(n) for n in (1, 2)]))
    return hub.people


def today():
    return timezone.localdate()


def in_days(days):
    return today() + timedelta(days=days)


def ask(api, name="dispatcher", code="people", **changes):
    given = {"purpose": "核对补贴", "ends_on": in_days(30).isoformat(), **changes}
    return api(name).post(f"/api/v1/resources/{code}/requests/", given)


def act(api, name, uuid, action, **given):
    return api(name).post(f"/api/v1/sharing-requests/{uuid}/{action}/", given)


def approve(api, uuid, *, name="handler", days=10, **more):
    return act(api, name, uuid, "approve", granted_until=in_days(days).isoformat(), **more)


def test_road_from_asking_to_the_end_of_the_grant(residents, api, people):
    assert api("dispatcher").get(ROWS).status_code == 403
    asked = ask(api)
    assert (asked.status_code, asked.data["state"], asked.data["unit"]) == (
        201, S.WAITING, "区",
    )  # fmt: skip
    assert api("dispatcher").get(ROWS).status_code == 403
    done = approve(api, asked.data["uuid"])
    assert (done.status_code, done.data["state"], done.data["decided_by"]) == (
        200, S.APPROVED, str(people["handler"]),
    )  # fmt: skip
    rows = api("dispatcher").get(ROWS)
    assert (rows.status_code, rows.data["results"][0]["name"]) == (200, "演**")
    assert api("dispatcher").post(f"{ROWS}reveal/", {"purpose": "x"}).status_code == 403
    SharingRequest.objects.update(granted_until=in_days(-1))
    refused = api("dispatcher").get(ROWS)
    assert (refused.status_code, refused.data["code"]) == (403, "grant_ended")
    assert f"{in_days(-1)} 终止（授权到期）" in refused.data["detail"]
    assert SharingRequest.objects.get().state == S.ENDED


def test_last_day_still_counts_and_the_sweep_ends_the_rest(residents, api):
    uuid = ask(api).data["uuid"]
    approve(api, uuid, days=0)
    assert api("dispatcher").get(ROWS).status_code == 200
    at = timezone.now()
    assert end_due_sharing(at=at) == 0
    assert end_due_sharing(at=at + timedelta(days=1)) == 1
    assert end_due_sharing(at=at + timedelta(days=1)) == 0
    assert not User.objects.get(username="dispatcher").has_perm("view_rows", residents)


def test_personal_columns_only_where_asked_and_each_look_is_on_record(residents, api, people):
    uuid = ask(api, is_personal=True).data["uuid"]
    approve(api, uuid)
    shown = api("dispatcher").post(f"{ROWS}reveal/", {"purpose": "核对张某补贴"})
    assert (shown.status_code, shown.data["results"][0]["id_no"]) == (200, id_number(1))
    logged = AccessLog.objects.get(kind=AccessKind.PERSONAL_VIEWED)
    assert (logged.user, logged.subject) == (people["dispatcher"], "resource people")
    assert logged.purpose.startswith("核对张某补贴（2 行")


def test_page_shows_the_looks_to_owner_and_asker(residents, api, client, people):
    uuid = ask(api, is_personal=True).data["uuid"]
    approve(api, uuid)
    api("dispatcher").post(f"{ROWS}reveal/", {"purpose": "核对张某补贴"})
    for name in ("handler", "dispatcher"):
        client.force_login(people[name])
        page = client.get(reverse("datahub:request", args=[uuid])).content.decode()
        assert "核对张某补贴（2 行" in page


def test_refusal_carries_its_reason(residents, api):
    uuid = ask(api).data["uuid"]
    assert set(act(api, "handler", uuid, "refuse", answer=" ").data["fields"]) == {"answer"}
    done = act(api, "handler", uuid, "refuse", answer="用途不明")
    assert (done.data["state"], done.data["answer"]) == (S.REFUSED, "用途不明")
    assert approve(api, uuid).status_code == 409
    assert api("dispatcher").get(ROWS).data["code"] == "forbidden"
    assert ask(api).status_code == 201


def test_revoked_grant_says_who_and_why(residents, api, people):
    uuid = ask(api).data["uuid"]
    approve(api, uuid)
    assert act(api, "dispatcher", uuid, "revoke", reason="x").status_code == 403
    done = act(api, "handler", uuid, "revoke", reason="事项已办完")
    assert done.data["ending"] == f"{people['handler'].name}：事项已办完"
    refused = api("dispatcher").get(ROWS).data
    assert (refused["code"], "事项已办完" in refused["detail"]) == ("grant_ended", True)
    assert act(api, "handler", uuid, "revoke", reason="again").status_code == 409


def test_withdrawn_by_its_asker_only(residents, api):
    uuid = ask(api).data["uuid"]
    assert act(api, "handler", uuid, "withdraw").status_code == 403
    assert act(api, "dispatcher", uuid, "withdraw").data["state"] == S.WITHDRAWN
    assert act(api, "dispatcher", uuid, "withdraw").status_code == 409
    assert approve(api, uuid).status_code == 409


OUTSIDERS = ("other-handler", "worker", "leader", "reporter", "nobody", "granted")


@pytest.mark.parametrize("name", OUTSIDERS)
def test_outsiders_neither_see_nor_decide(residents, api, client, people, name):
    uuid = ask(api).data["uuid"]
    url = f"/api/v1/sharing-requests/{uuid}/"
    assert api(name).get(url).status_code == 404
    assert api(name).get("/api/v1/sharing-requests/").data["results"] == []
    assert approve(api, uuid, name=name).status_code == 404
    for action, given in (
        ("refuse", {"answer": "x"}),
        ("revoke", {"reason": "x"}),
        ("withdraw", {}),
    ):
        assert act(api, name, uuid, action, **given).status_code == 404
    client.force_login(people[name])
    assert client.get(reverse("datahub:request", args=[uuid])).status_code == 404
    assert "核对补贴" not in client.get(reverse("datahub:requests")).content.decode()
    for action in ("approve", "refuse", "revoke", "withdraw"):
        page = client.post(reverse("datahub:request-act", args=[uuid, action]))
        assert page.status_code == 404
    assert SharingRequest.objects.get().state == S.WAITING


def test_administrator_of_the_catalogue_looks_only(residents, api):
    uuid = ask(api).data["uuid"]
    assert api("administrator").get(f"/api/v1/sharing-requests/{uuid}/").status_code == 200
    assert approve(api, uuid, name="administrator").status_code == 403


def test_strangers_are_sent_away(residents, client, api):
    uuid = ask(api).data["uuid"]
    assert client.get("/api/v1/sharing-requests/").status_code == 401
    assert client.post(ASK, {}).status_code in (401, 403)
    assert client.get(reverse("datahub:request", args=[uuid])).status_code == 302


def test_nobody_decides_on_their_own_request(residents, people):
    reader = current_reader(user=people["handler"])
    made = SharingRequest.objects.create(
        uuid="00000000-0000-4000-8000-000000000001", resource=residents,
        asked_by=people["handler"], unit="x", purpose="x", ends_on=in_days(3),
        asked_at=timezone.now(),
    )  # fmt: skip
    with pytest.raises(Exception, match="自己的申请"):
        approve_sharing(
            request=made, reader=reader, by=people["handler"], granted_until=in_days(1),
            at=timezone.now(),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("name", "code", "changes", "status", "word"),
    [
        ("dispatcher", "people", {"purpose": " "}, 400, "purpose"),
        ("dispatcher", "people", {"ends_on": "2020-01-01"}, 400, "ends_on"),
        ("dispatcher", "people", {"ends_on": "9999-01-01"}, 400, "ends_on"),
        ("dispatcher", "people", {"ends_on": "x"}, 400, "ends_on"),
        ("dispatcher", "shops", {}, 409, "has_right"),
        ("handler", "people", {"is_personal": True}, 409, "has_right"),
        ("dispatcher", "files", {}, 404, "not_found"),
        ("granted", "people", {"is_personal": True}, 403, "forbidden"),
        ("administrator", "files", {}, 409, "withheld"),
        ("nobody", "people", {}, 404, "not_found"),
    ],
)
def test_what_cannot_be_asked_for(residents, api, name, code, changes, status, word):
    answer = ask(api, name, code, **changes)
    assert answer.status_code == status
    assert word in answer.data["fields"] or answer.data["code"] == word
    assert SharingRequest.objects.count() == 0


def test_one_request_waits_at_a_time(residents, api):
    assert ask(api).status_code == 201
    assert ask(api).data["code"] == "waiting"


@pytest.mark.parametrize("days", [-1, 31])
def test_grant_lies_between_today_and_the_day_asked_for(residents, api, days):
    answer = approve(api, ask(api).data["uuid"], days=days)
    assert (answer.status_code, set(answer.data["fields"])) == (400, {"granted_until"})


def test_resource_that_is_withheld_meanwhile_is_not_granted(residents, api):
    uuid = ask(api).data["uuid"]
    type(residents).objects.filter(pk=residents.pk).update(sharing="withheld")
    assert approve(api, uuid).data["code"] == "withheld"


def test_grant_ends_with_the_post(residents, api, people):
    uuid = ask(api).data["uuid"]
    approve(api, uuid)
    post = Post.objects.get(user=people["dispatcher"])
    end_post(post=post, ends_on=date(2026, 1, 2))
    assert api("dispatcher").get(ROWS).status_code in (403, 404)
    assert SharingRequest.objects.get().ending == "申请人不再在岗"
    again = SharingRequest.objects.create(
        uuid="00000000-0000-4000-8000-000000000001", resource=residents,
        asked_by=people["dispatcher"], unit="x", purpose="x", ends_on=in_days(3),
        asked_at=timezone.now(),
    )  # fmt: skip
    assert approve(api, again.uuid, days=1).data["code"] == "no_post"


def given_to(people, residents, *, is_personal, days):
    """Ask and approve past the check for a right that is there already."""
    made = SharingRequest.objects.create(
        uuid=f"00000000-0000-4000-8000-{SharingRequest.objects.count():012d}", resource=residents,
        asked_by=people["dispatcher"], unit="x", purpose="x", ends_on=in_days(90),
        asked_at=timezone.now(), is_personal=is_personal,
    )  # fmt: skip
    return approve_sharing(
        request=made, reader=current_reader(user=people["handler"]), by=people["handler"],
        granted_until=in_days(days), at=timezone.now(),
    )  # fmt: skip


def rights(people, residents):
    user = User.objects.get(pk=people["dispatcher"].pk)
    return [
        user.has_perm(f"datahub.{one}", residents) for one in ("view_rows", "view_personal_rows")
    ]


def test_overlapping_grants_end_one_by_one(residents, people):
    at = timezone.now()
    given_to(people, residents, is_personal=True, days=1)
    given_to(people, residents, is_personal=False, days=5)
    assert rights(people, residents) == [True, True]
    end_due_sharing(at=at + timedelta(days=2))
    assert rights(people, residents) == [True, False]
    end_due_sharing(at=at + timedelta(days=6))
    assert rights(people, residents) == [False, False]


def test_what_was_granted_by_hand_stays(residents, people):
    assign_perm("view_rows", people["dispatcher"], residents)
    made = given_to(people, residents, is_personal=True, days=1)
    revoke_sharing(
        request=made, reader=current_reader(user=people["handler"]), by=people["handler"],
        reason="x", at=timezone.now(),
    )  # fmt: skip
    assert rights(people, residents) == [True, False]


def test_what_was_granted_by_hand_stays_after_two_grants(residents, people):
    assign_perm("view_rows", people["dispatcher"], residents)
    at = timezone.now()
    given_to(people, residents, is_personal=True, days=1)
    given_to(people, residents, is_personal=True, days=5)
    end_due_sharing(at=at + timedelta(days=2))
    assert rights(people, residents) == [True, True]
    end_due_sharing(at=at + timedelta(days=6))
    assert rights(people, residents) == [True, False]


def test_pages_of_both_sides(residents, client, people):
    client.force_login(people["dispatcher"])
    page = client.get(reverse("datahub:resource", args=["people"])).content.decode()
    assert reverse("datahub:ask-for", args=["people"]) in page
    url = reverse("datahub:ask-for", args=["people"])
    bad = client.post(url, {"purpose": "核对补贴", "ends_on": "x"})
    assert (bad.status_code, 'value="核对补贴"' in bad.content.decode()) == (400, True)
    asked = client.post(url, {"purpose": "核对补贴", "ends_on": in_days(5).isoformat()})
    assert asked.status_code == 302
    assert "撤回申请" in client.get(asked.url).content.decode()
    client.force_login(people["handler"])
    assert "待您审批" in client.get(reverse("datahub:requests")).content.decode()
    uuid = SharingRequest.objects.get().uuid
    decide = reverse("datahub:request-act", args=[uuid, "approve"])
    late = client.post(decide, {"granted_until": in_days(9).isoformat(), "answer": "可用"})
    assert (late.status_code, "可用" in late.content.decode()) == (400, True)
    client.post(decide, {"granted_until": in_days(5).isoformat()})
    assert SharingRequest.objects.get().state == S.APPROVED
    assert client.post(reverse("datahub:request-act", args=[uuid, "x"])).status_code == 404
    client.force_login(people["dispatcher"])
    assert client.get(reverse("datahub:rows", args=["people"])).status_code == 200


def test_page_of_an_ended_grant_says_so(residents, client, api, people):
    approve(api, ask(api).data["uuid"])
    SharingRequest.objects.update(granted_until=in_days(-1))
    client.force_login(people["dispatcher"])
    page = client.get(reverse("datahub:rows", args=["people"]))
    assert (page.status_code, "终止（授权到期）" in page.content.decode()) == (403, True)


def test_admin_shows_requests_and_changes_none(residents, api, client, people):
    ask(api)
    client.force_login(people["root"])
    made = SharingRequest.objects.get()
    assert client.get("/admin/datahub/sharingrequest/").status_code == 200
    url = f"/admin/datahub/sharingrequest/{made.pk}/change/"
    assert client.post(url, {"state": "approved"}).status_code == 403


def test_asking_needs_no_more_than_it_must(residents, people):
    made = ask_sharing(
        resource=residents, reader=current_reader(user=people["worker"]), by=people["worker"],
        purpose="x", is_personal=False, ends_on=in_days(1), at=timezone.now(),
    )  # fmt: skip
    assert (made.state, made.unit != "") == (S.WAITING, True)
