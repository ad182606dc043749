"""The launcher with real processes: what it starts, keeps alive and leaves behind."""

import os
import select
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from launcher import cluster_home, credentials
from launcher.places import Places, hold
from launcher.processes import Process, Supervisor

ROOT = Path(__file__).resolve().parents[1]
LAUNCH = [sys.executable, str(ROOT / "script" / "launch.py")]


@pytest.fixture
def places():
    """Return a home that PostgreSQL's account can enter, which pytest's own folders are not."""
    var = Path(tempfile.mkdtemp(prefix="yiwang-test-", dir="/var/tmp"))
    var.chmod(0o755)
    (var / "log").mkdir()
    (var / "secrets").mkdir()
    yield Places(checkout=ROOT, var=var)
    cluster_home.forget_home(places=Places(checkout=ROOT, var=var))
    shutil.rmtree(var)


@pytest.fixture
def closed_places(places):
    """Return a home inside a folder that only its owner may enter, such as root's."""
    places.var.chmod(0o700)
    return places


def script(places, text):
    return Process(
        name="part",
        command=["/bin/sh", "-c", text],
        environment={"PATH": os.environ["PATH"], "NOTE": str(places.var / "note")},
        folder=places.var,
        log=places.logs / "part.log",
    )


def wait_for_end(pid):
    """Wait until the process is gone; a zombie that its parent must collect counts as gone."""
    try:
        descriptor = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([descriptor], [], [], 15)[0])
    finally:
        os.close(descriptor)


def test_supervisor_starts_an_ended_process_again(places, capsys):
    part = script(
        places, 'echo x >> "$NOTE"; [ $(wc -l < "$NOTE") = 1 ] || kill -TERM $PPID; exit 3'
    )
    part.pause = 0.0
    supervisor = Supervisor()
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    supervisor.stop_on_signals()
    try:
        supervisor.add(part)
        supervisor.watch()
    finally:
        supervisor.stop()
        for number, action in before.items():
            signal.signal(number, action)
    assert (places.var / "note").read_text() == "x\nx\n"
    assert capsys.readouterr().out.splitlines()[:2] == [
        "part ended unexpectedly (code 3); starting again in 0 s. "
        f"Its log: {places.logs / 'part.log'}",
        "part started again.",
    ]


def test_supervisor_stops_children_of_children(places):
    supervisor = Supervisor()
    (places.var / "note").touch()
    os.mkfifo(places.var / "ids")
    supervisor.add(script(places, 'trap "" TERM; sleep 600 & echo $! > ids; exit 0'))
    grandchild = int((places.var / "ids").read_text())
    supervisor.stop()
    assert wait_for_end(grandchild)
    assert supervisor.processes == []


def test_secrets_are_made_once_and_kept_from_others(tmp_path):
    first = {make: make(folder=tmp_path) for make in SECRETS}
    again = {make: make(folder=tmp_path) for make in SECRETS}
    modes = {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
    assert (again, modes) == (first, {0o600})


SECRETS = (credentials.secret_key, credentials.field_keys, credentials.demo_password)


def test_port_is_remembered_until_another_program_takes_it(places):
    port = places.port_of(service="postgres")
    assert places.port_of(service="postgres") == port
    with socket.create_server(("127.0.0.1", port)):
        other = places.port_of(service="postgres")
    assert other != port
    assert places.port_of(service="postgres") == other


def test_lock_has_one_holder(places):
    lock = hold(places=places, name="services")
    assert hold(places=places, name="services") is None
    lock.close()
    assert hold(places=places, name="services") is not None


def outside_servers():
    """Return the environment without the servers of this test run."""
    given = ("DATABASE_URL", "REDIS_URL")
    return {name: value for name, value in os.environ.items() if name not in given}


@pytest.fixture
def keeper(places):
    """Return the keeper of private servers that answer."""
    with subprocess.Popen(
        [*LAUNCH, "services", "up"],
        env=outside_servers() | {"YIWANG_VAR": str(places.var)},
        stdout=subprocess.PIPE,
        text=True,
    ) as keeper:
        try:
            printed = [keeper.stdout.readline().split("=")[0] for _ in range(2)]
            assert printed == ["DATABASE_URL", "REDIS_URL"]
            yield keeper
        finally:
            keeper.kill()


def server_ids(places):
    """Return the process ids of the private PostgreSQL and of Redis."""
    notes = (places.var / "pg/data/postmaster.pid", places.var / "redis/redis.pid")
    return [int(note.read_text().split()[0]) for note in notes]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGKILL])
def test_servers_end_with_their_keeper(places, keeper, number):
    ids = server_ids(places)
    keeper.send_signal(number)
    keeper.wait(timeout=30)
    assert [wait_for_end(pid) for pid in ids] == [True, True]


def test_servers_of_a_killed_keeper_start_again_with_their_tables(places, keeper):
    made = in_services(places, "create table kept as select 7 as number")
    keeper.kill()
    keeper.wait()
    assert made == (0, "SELECT 1\n")
    assert in_services(places, "select number from kept") == (0, "7\n")


def in_services(places, statement):
    """Run a statement beside the private servers; return the exit code and what it printed."""
    client = 'psql --no-psqlrc -Atc "$1" "postgresql${DATABASE_URL#postgis}"'
    ended = subprocess.run(
        [*LAUNCH, "services", "run", "--", "bash", "-c", client, "bash", statement],
        env=outside_servers() | {"YIWANG_VAR": str(places.var)},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
    )
    return ended.returncode, ended.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run under another account")
def test_cluster_moves_out_of_a_closed_folder(closed_places):
    home = cluster_home.find_home(places=closed_places, user="postgres")
    assert home.parent == cluster_home.OUTSIDE
    assert home.owner() == "postgres"
    assert cluster_home.find_home(places=closed_places, user="postgres") == home
    cluster_home.forget_home(places=closed_places)
    assert not home.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's servers run under another account")
def test_copied_checkout_leaves_the_cluster_of_the_original(closed_places):
    home = cluster_home.find_home(places=closed_places, user="postgres")
    copy = closed_places.var / "copy"
    copy.mkdir()
    (copy / "pg").symlink_to(home)
    other = Places(checkout=ROOT, var=copy)
    assert cluster_home.find_home(places=other, user="postgres") != home
    cluster_home.forget_home(places=other)
    assert home.exists()
