"""Fetching over HTTP from a real server that redirects, drips, lies and hangs up."""

import base64
import hashlib
import json
import socket

import pytest

from datahub.enums import Cadence, FetchState, FileFormat, LoadMode, LoadState, SourceAuth
from datahub.models import Fetch, Load, Source
from datahub.services import undo_load, work_fetches, work_loads
from datahub.services.fetching import forget_fetches
from governance.lib import outbound
from tests.datahub.loading import AT, as_csv, person, rows_of
from tests.datahub.sources import (
    LOOPBACK,
    PAST,
    allow,
    fetch,
    give,
    give_plainly,
    save,
    send_on,
    serving,
)

FIRST, SECOND = as_csv([person(1), person(2)]), as_csv([person(2), person(3), person(4)])


@pytest.fixture
def server(settings, tmp_path, db):
    settings.MEDIA_ROOT = str(tmp_path)
    settings.FETCH_NETWORKS = [LOOPBACK]
    with serving() as server:
        allow(server.origin)
        yield server


@pytest.fixture
def source(server, hub, people):
    server.answers["/a.csv"] = give(FIRST)
    return save(hub.people, people["reporter"], f"{server.origin}/a.csv")


def files(settings_root):
    return [path for path in settings_root.rglob("*") if path.is_file()]


def told(attempt):
    return attempt.state, attempt.detail


def test_fetched_file_takes_the_road_of_a_load(source, server, hub):
    attempt = fetch(source)
    assert (told(attempt), attempt.file_bytes) == ((FetchState.LOADED, ""), len(FIRST))
    assert attempt.load.state == LoadState.WAITING
    assert work_loads() == 1
    load = Load.objects.get()
    assert (load.state, load.rows_loaded, load.asked_by) == (LoadState.DONE, 2, source.saved_by)
    assert (load.uuid, load.digest) == (attempt.uuid, hashlib.sha256(FIRST).hexdigest())
    assert [row[1] for row in rows_of(hub.people)] == ["演示1", "演示2"]
    assert server.asked[0][1]["Accept-Encoding"] == "identity"
    assert source.next_at is None  # only by hand


def test_bad_rows_of_a_fetched_file_go_into_quarantine(source, server, hub):
    rows = [*(person(n) for n in range(1, 12)), person(12, 手机号="123")]
    server.answers["/a.csv"] = give(as_csv(rows))
    fetch(source)
    work_loads()
    load = Load.objects.get()
    assert (load.rows_loaded, load.rows_bad, load.bad_rows.count()) == (11, 1, 1)


@pytest.mark.parametrize("answer", [give, give_plainly])
def test_unchanged_content_makes_no_load(source, server, answer):
    server.answers["/a.csv"] = answer(FIRST)
    fetch(source)
    work_loads()
    assert told(fetch(source)) == (FetchState.UNCHANGED, "")
    assert Load.objects.count() == 1
    server.answers["/a.csv"] = answer(SECOND)
    assert fetch(source).state == FetchState.LOADED
    assert Load.objects.count() == 2


def test_what_was_taken_back_does_not_return_by_itself(source, people):
    fetch(source)
    work_loads()
    undo_load(load=Load.objects.get(), by=people["reporter"], at=AT)
    assert fetch(source).state == FetchState.UNCHANGED


def test_content_is_loaded_again_after_a_load_that_failed(source):
    fetch(source)
    Load.objects.update(state=LoadState.FAILED, finished_at=AT)
    assert fetch(source).state == FetchState.LOADED


@pytest.mark.parametrize(
    ("mode", "names"),
    [
        (LoadMode.FULL, ["演示2", "演示3", "演示4"]),
        (LoadMode.APPEND, ["演示1", "演示2", "演示3", "演示4"]),
        (LoadMode.UPSERT, ["演示1", "演示2", "演示3", "演示4"]),
    ],
)
def test_modes(server, hub, people, mode, names):
    server.answers["/a.csv"] = give(FIRST)
    source = save(hub.people, people["reporter"], f"{server.origin}/a.csv", mode=mode)
    fetch(source)
    server.answers["/a.csv"] = give(SECOND)
    fetch(source)
    work_loads()
    assert sorted(row[1] for row in rows_of(hub.people)) == names


def test_name_and_password_go_to_their_own_place_only(server, hub, people):
    with serving() as other:
        allow(other.origin)
        other.answers["/b.csv"] = give(FIRST)
        server.answers["/a.csv"] = send_on(f"{other.origin}/b.csv")
        address = f"{server.origin}/a.csv"
        source = save(hub.people, people["reporter"], address, auth=SourceAuth.BASIC, user="hub",
                      secret="tide")  # fmt: skip
        assert fetch(source).state == FetchState.LOADED
        basic = "Basic " + base64.b64encode(b"hub:tide").decode()
        assert server.asked[0][1]["Authorization"] == basic
        assert "Authorization" not in other.asked[0][1]


def test_token_header_is_sent(server, hub, people):
    server.answers["/a.csv"] = give(FIRST)
    source = save(hub.people, people["reporter"], f"{server.origin}/a.csv",
                  auth=SourceAuth.HEADER, header="X-Token", secret="tide")  # fmt: skip
    fetch(source)
    assert server.asked[0][1]["X-Token"] == "tide"


INNER = "的地址在内部网络（回环、链路本地或私有地址），没有开放抓取，已拒绝。"


def test_redirect_to_an_inner_address_is_refused(source, server, settings):
    # 127.0.0.1 may be asked here, another loopback address may not.
    settings.FETCH_NETWORKS = ["127.0.0.1/32"]
    with serving() as inner:
        place = f"http://127.0.0.2:{inner.server_port}"
        allow(place)
        server.answers["/a.csv"] = send_on(f"{place}/secrets.csv")
        assert told(fetch(source)) == (FetchState.FAILED, f"127.0.0.2 {INNER}")
        assert inner.asked == []


def test_redirect_to_a_host_that_is_not_listed_is_refused(source, server):
    with serving() as other:
        server.answers["/a.csv"] = send_on(f"{other.origin}/b.csv")
        port = other.server_port
        words = f"对方转到了 127.0.0.1:{port}，不在允许抓取的主机之列。"
        assert told(fetch(source)) == (FetchState.FAILED, words)
        assert other.asked == []


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://127.0.0.1/a", "gopher://x/"])
def test_redirect_to_another_scheme_is_refused(source, server, target):
    server.answers["/a.csv"] = send_on(target)
    attempt = fetch(source)
    assert "对方转到了不能抓取的地址" in attempt.detail


def test_redirects_have_an_end(source, server):
    server.answers["/a.csv"] = send_on("/a.csv")
    assert fetch(source).detail == "对方转来转去，没有给出文件。"
    assert len(server.asked) == 6


def test_inner_address_is_refused_without_an_allowed_network(source, server, settings):
    settings.FETCH_NETWORKS = []
    assert told(fetch(source)) == (FetchState.FAILED, f"127.0.0.1 {INNER}")
    assert server.asked == []


def test_name_is_asked_for_once(source, server, monkeypatch, settings):
    """A name that would lead elsewhere when it is asked a second time leads nowhere else."""
    settings.FETCH_NETWORKS = ["127.0.0.1/32"]
    place = f"http://hub.example:{server.server_port}"
    allow(place)
    Source.objects.update(address=f"{place}/a.csv")
    asked, plainly = [], socket.getaddrinfo

    def resolve(host, port, *args, **more):
        if host != "hub.example":
            return plainly(host, port, *args, **more)
        asked.append(host)
        return plainly(f"127.0.0.{len(asked)}", port, *args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    assert fetch(source).state == FetchState.LOADED
    assert (asked, server.asked[0][1]["Host"]) == (["hub.example"], place[7:])


@pytest.mark.parametrize(
    ("address", "may"),
    [
        ("8.8.8.8", True),
        ("10.1.2.3", True),  # FETCH_NETWORKS
        ("::ffff:10.1.2.3", True),
        ("10.2.0.1", False),
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("2606:4700::1111", True),
    ],
)
def test_which_addresses_may_be_reached(settings, address, may):
    settings.FETCH_NETWORKS = ["10.1.0.0/16"]
    assert outbound.may_be_reached(address) == may


def test_one_inner_address_of_several_refuses_the_name(settings, monkeypatch):
    found = [(2, 1, 6, "", ("8.8.8.8", 80)), (2, 1, 6, "", ("10.0.0.1", 80))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **more: found)
    with pytest.raises(outbound.InnerAddressError):
        outbound.addresses_of("hub.example", 80)


def test_proxies_of_the_environment_are_not_asked(source, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert fetch(source).state == FetchState.LOADED


def cut(handler):
    handler.tell(200, {"Content-Type": "text/csv", "Content-Length": "1000"}, FIRST[:40])
    handler.close_connection = True


def endless(handler):
    handler.tell(200, {"Content-Type": "text/csv", "Transfer-Encoding": "chunked"})
    try:
        while not handler.server.released.is_set():
            handler.wfile.write(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
    except OSError:
        pass


def without_length(handler):
    handler.tell(200, {"Content-Type": "text/csv", "Connection": "close"}, FIRST)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (give(b"", status=404), "对方没有这个文件（404）。"),
        (give(b"", status=500), "对方的系统出错（500）。"),
        (give(b"", status=401), "对方不认这里的用户名、密码或令牌（401）。"),
        (give(b"<html>", kind="text/html; charset=utf-8"),
         "对方给的是网页（可能是登录页），不是数据文件。"),
        (give(b"%PDF", kind="application/pdf"), "对方说内容是 application/pdf，不是 CSV。"),
        (give(FIRST, **{"Content-Encoding": "gzip"}), "对方压缩了传输内容，请关闭压缩。"),
        (give(b""), "对方给的文件是空的。"),
        (give(b"x" * 1_500_000), "文件超过 1 MB，已停下。"),
        (endless, "文件超过 1 MB，已停下。"),
        (without_length, "对方没有说明文件有多长，断了也看不出来，不能装载。"),
        (cut, "传到一半断了，或对方的回答不合规范；没有装载任何内容。"),
    ],
)  # fmt: skip
def test_what_goes_wrong_is_told(source, server, settings, tmp_path, answer, words):
    settings.LOAD_BYTES_LIMIT = 1024 * 1024
    server.answers["/a.csv"] = answer
    assert told(fetch(source)) == (FetchState.FAILED, words)
    assert (Load.objects.count(), files(tmp_path)) == (0, [])


def drip_body(handler):
    handler.tell(200, {"Content-Type": "text/csv", "Content-Length": "1000000"})
    _drip(handler)


def drip_head(handler):
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    _drip(handler)


def _drip(handler):
    try:
        while not handler.server.released.wait(0.05):
            handler.wfile.write(b"x")
    except OSError:
        pass


@pytest.mark.parametrize("answer", [drip_head, drip_body])
def test_slow_drip_ends_at_the_limit(source, server, settings, answer):
    settings.FETCH_MINUTES = 0.5 / 60
    server.answers["/a.csv"] = answer
    # The server would drip on until the end of the test.
    assert told(fetch(source)) == (FetchState.FAILED, "没有在规定时间内取完，已停下。")


def test_nobody_at_home(source, server, hub, people):
    with serving() as gone:
        allow(gone.origin)
        source = save(hub.people, people["reporter"], f"{gone.origin}/a.csv")
    assert fetch(source).detail == "连不上对方的服务器。"


def test_tries_again_sooner_and_sooner_no_more(source, server):
    """After failures in a row the waits grow; a success begins anew."""
    server.answers["/a.csv"] = give(b"", status=500)
    waits = []
    for _ in range(6):
        attempt = fetch(source)
        waits.append(source.next_at and (source.next_at - attempt.finished_at).seconds // 60)
    assert (waits, source.attempts) == ([1, 5, 15, 60, 240, None], 6)
    server.answers["/a.csv"] = give(FIRST)
    fetch(source)
    assert (source.attempts, source.next_at) == (0, None)


def test_wrong_password_is_not_tried_before_the_schedule(server, hub, people):
    server.answers["/a.csv"] = give(b"", status=403)
    source = save(hub.people, people["reporter"], f"{server.origin}/a.csv", cadence=Cadence.HOURLY)
    attempt = fetch(source)
    assert (source.next_at - attempt.finished_at).seconds == 3600


def test_only_what_is_due_is_fetched(source):
    assert work_fetches() == 0
    Source.objects.update(next_at=PAST, is_active=False)
    assert work_fetches() == 0


def test_format_names_the_file(server, hub, people):
    line = json.dumps({"id_no": person(1)["身份证号"], "name": "演示1"})
    server.answers["/x"] = give(line.encode(), kind="application/json")
    source = save(hub.people, people["reporter"], f"{server.origin}/x", format=FileFormat.JSONL)
    fetch(source)
    work_loads()
    load = Load.objects.get()
    assert (load.file_name[-6:], load.state, load.rows_loaded) == (".jsonl", LoadState.DONE, 1)


def test_old_attempts_are_forgotten(source):
    fetch(source)
    assert forget_fetches(at=AT) == 0
    Fetch.objects.update(started_at=PAST)
    assert forget_fetches(at=AT) == 0
    assert forget_fetches(at=AT.replace(month=5)) == 1
