"""What the commands say when they cannot go on, run as a person would run them."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[1]
BOOTSTRAP_INPUTS = ("requirements.txt", "requirements-dev.txt", "package.json", "package-lock.json")
PROGRAMS = (
    *("apt-get", "awk", "bash", "cat", "command", "cp", "cut", "df", "dirname", "find", "flock"),
    *("grep", "id", "mkdir", "node", "npm", "ogrinfo", "python3.11", "sha256sum", "tail", "tr"),
)
NOBODY = 65534


@pytest.fixture
def checkout():
    """Return a bare checkout that any account may write, unlike pytest's own folders."""
    folder = Path(tempfile.mkdtemp(prefix="yiwang-test-", dir="/var/tmp"))
    shutil.copytree(ROOT / "script", folder / "script")
    for name in BOOTSTRAP_INPUTS:
        shutil.copy(ROOT / name, folder)
    folder.chmod(0o777)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def programs(checkout):
    """Return a folder of all programs that bootstrap uses, save Redis and sudo."""
    folder = checkout / "programs"
    folder.mkdir()
    for name in PROGRAMS:
        if found := shutil.which(name):
            (folder / name).symlink_to(found)
    return folder


def os_release(checkout, *lines):
    path = checkout / "os-release"
    path.write_text("\n".join(lines) + "\n")
    return str(path)


def run(*command, user=None, stdin="", **environment):
    """Run the command outside the private servers of this test run."""
    inherited = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "REDIS_URL", "PORT", "HOST", "YIWANG_VAR")
    }
    account = {} if user is None else {"user": user, "group": user, "extra_groups": []}
    return subprocess.run(
        [str(part) for part in command],
        env=inherited | environment,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        **account,
    )


def launch(*arguments, **options):
    return run(sys.executable, ROOT / "script" / "launch.py", *arguments, **options)


@pytest.fixture
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_bootstrap_on_another_system_points_at_docker(checkout, programs):
    release = os_release(checkout, "ID=fedora", "VERSION_ID=41")
    ended = run(checkout / "script/bootstrap", PATH=str(programs), YIWANG_OS_RELEASE=release)
    assert (ended.returncode, ended.stderr) == (
        1,
        "This system is not Debian 12, and these are missing: redis-server. "
        "On another system use Docker: docker compose up (see README.md).\n",
    )


def test_bootstrap_without_root_names_the_command_to_run(checkout, programs):
    release = os_release(checkout, "ID=debian", "VERSION_ID=12")
    user = NOBODY if os.geteuid() == 0 else None
    ended = run(
        *(checkout / "script/bootstrap",), user=user, PATH=str(programs), YIWANG_OS_RELEASE=release
    )
    assert (ended.returncode, ended.stderr) == (
        1,
        "Packages are missing and only root may install them. "
        "Run: sudo apt-get install redis-server\n",
    )


def test_bootstrap_on_a_full_disk_says_how_much_is_needed(checkout, programs):
    (programs / "redis-server").symlink_to("/bin/true")
    (programs / "df").unlink()
    (programs / "df").write_text("#!/bin/sh\necho size; echo '/dev/sda1 100 97 3 97% /'\n")
    (programs / "df").chmod(0o755)
    ended = run(checkout / "script/bootstrap", PATH=str(programs))
    assert (ended.returncode, ended.stderr) == (
        1,
        "The disk is full: 3 MB are free at ., 1000 MB are needed. "
        "Free some space and start again.\n",
    )


def test_bootstrap_without_network_says_so(checkout):
    ended = run(
        checkout / "script/bootstrap",
        # Port 9 of this machine refuses at once, as an unplugged network does.
        PIP_INDEX_URL="http://127.0.0.1:9/simple",
        PIP_CONFIG_FILE=os.devnull,
        PIP_FIND_LINKS="",
        PIP_RETRIES="1",
    )
    assert ended.returncode == 1
    assert ended.stderr.splitlines()[-1] == (
        "There is no network, or the package server does not answer. "
        "Connect this machine (or set its proxy) and start again."
    )
    assert not (checkout / ".venv/.yiwang").exists()


def test_server_on_a_taken_port_offers_another(taken_port):
    ended = run(ROOT / "script/server", PORT=str(taken_port))
    assert (ended.returncode, ended.stderr) == (
        1,
        f"Port {taken_port} is taken. Stop what uses it, "
        "or choose another: PORT=8001 script/server\n",
    )


def test_server_refuses_a_port_that_is_no_number(tmp_path):
    ended = launch("server", PORT="eighty", YIWANG_VAR=str(tmp_path))
    assert (ended.returncode, ended.stderr) == (
        1,
        "PORT is 'eighty'. Give a number from 1 to 65535.\n",
    )


def test_server_fresh_deletes_nothing_without_a_yes(tmp_path):
    photo = tmp_path / "media" / "photo.jpg"
    photo.parent.mkdir()
    photo.touch()
    ended = launch("server", "--fresh", stdin="y\n", YIWANG_VAR=str(tmp_path), PORT=free_port())
    assert (ended.returncode, ended.stderr) == (1, "Nothing was deleted. Type yes, or add --yes.\n")
    assert photo.exists()


def test_server_fresh_leaves_a_given_database_alone(tmp_path):
    ended = launch(
        *("server", "--fresh", "--yes"),
        YIWANG_VAR=str(tmp_path),
        PORT=free_port(),
        DATABASE_URL="postgis://somebody@db.example/theirs",
    )
    assert (ended.returncode, ended.stderr) == (
        1,
        "--fresh deletes only the private database, and DATABASE_URL is given. "
        "Empty that database yourself, or unset DATABASE_URL.\n",
    )


def test_server_in_a_folder_that_cannot_be_written_names_it(tmp_path):
    blocked = tmp_path / "file"
    blocked.touch()
    ended = launch("server", YIWANG_VAR=str(blocked / "var"))
    assert (ended.returncode, ended.stderr) == (
        1,
        f"The folder {blocked}/var cannot be written (Not a directory). "
        "Free some disk space or give another folder: YIWANG_VAR=/path.\n",
    )


def test_services_run_needs_a_command(tmp_path):
    ended = launch("services", "run", "--", YIWANG_VAR=str(tmp_path))
    assert (ended.returncode, ended.stderr) == (
        1,
        "No command is given. Write script/services run -- COMMAND.\n",
    )


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as server:
        return str(server.getsockname()[1])


def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


def test_compose_runs_migrations_before_the_application():
    services = compose()["services"]
    waits = {
        name: service["depends_on"]["migrate"]["condition"]
        for name, service in services.items()
        if "migrate" in service.get("depends_on", {})
    }
    done = "service_completed_successfully"
    assert waits == {"web": done, "worker": done, "scheduler": done}


def test_compose_secrets_have_no_default():
    text = (ROOT / "docker-compose.yml").read_text()
    asked = {
        name: f"${{{name}:?Set {name}, see .env.example}}" in text
        for name in ("SECRET_KEY", "FIELD_KEYS", "POSTGRES_PASSWORD", "REDIS_PASSWORD")
    }
    assert asked == dict.fromkeys(asked, True)


def test_compose_opens_no_port_but_the_proxy():
    published = {name for name, service in compose()["services"].items() if "ports" in service}
    assert published == {"proxy"}


def test_compose_is_accepted_by_its_client(tmp_path):
    client = compose_client()
    if client is None:
        pytest.skip("no compose client on this machine")
    example = (ROOT / ".env.example").read_text()
    settings = tmp_path / "env"
    settings.write_text(example.replace("=\n", "=secret\n"))
    arguments = ["--env-file", settings, "--file", ROOT / "docker-compose.yml", "config", "--quiet"]
    accepted = run(*client, *arguments)
    assert (accepted.returncode, accepted.stderr) == (0, "")


def compose_client():
    for client in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(client[0]) and run(*client, "version").returncode == 0:
            return client
    return None
