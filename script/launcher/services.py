"""The private PostgreSQL and Redis together: start them for a command, or join running ones."""

import argparse
import os
import shlex
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial

from launcher import credentials, postgres, redis
from launcher.places import Places, find_places, hold, is_port_free
from launcher.problem import Problem
from launcher.processes import Supervisor
from launcher.telling import told_in_one_line

LOCK = "services"
URL_OF_SERVER = {"postgres": "DATABASE_URL", "redis": "REDIS_URL"}
LEFT_NAMES = (
    "YIWANG_MODE",
    "DATABASE_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "FIELD_KEYS",
    "DEMO_PASSWORD",
)
READY_WITHIN = 60.0


def addresses(*, places: Places) -> dict[str, str]:
    """Return DATABASE_URL and REDIS_URL: those given, else those of the private servers."""
    ports = places.remembered_ports()
    private = {}
    if "postgres" in ports:
        private["DATABASE_URL"] = postgres.address(places=places, port=ports["postgres"])
    if "redis" in ports:
        private["REDIS_URL"] = redis.address(places=places, port=ports["redis"])
    return private | {
        name: os.environ[name] for name in URL_OF_SERVER.values() if os.environ.get(name)
    }


def application_environment(*, places: Places) -> dict[str, str]:
    """Return the environment in which `manage.py` and every server process run."""
    folder = places.secrets
    defaults = {
        "SECRET_KEY": credentials.secret_key(folder=folder),
        "FIELD_KEYS": credentials.field_keys(folder=folder),
        "DEMO_PASSWORD": credentials.demo_password(folder=folder),
        "YIWANG_MODE": "demo",
        "PYTHONUNBUFFERED": "1",
    }
    given = {name: value for name, value in os.environ.items() if value}
    path = f"{places.binaries}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    fixed = {"YIWANG_VAR": str(places.var), "PATH": path}
    return defaults | given | addresses(places=places) | fixed


def leave_environment(environment: Mapping[str, str], *, places: Places) -> None:
    """Write what a `manage.py` typed by hand needs to meet the same servers."""
    lines = [f"{name}='{environment[name]}'\n" for name in LEFT_NAMES if name in environment]
    path = places.var / "environment"
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.writelines(lines)


def start_servers(*, places: Places, supervisor: Supervisor) -> None:
    """Start the private servers whose address is not given and wait until they answer."""
    if not os.environ.get("DATABASE_URL"):
        database = postgres.private_postgres(places=places)
        database.prepare()
        supervisor.add(database.process())
        wait_until(database.is_ready, supervisor=supervisor, what="PostgreSQL")
        database.make_database()
    if not os.environ.get("REDIS_URL"):
        queue = redis.private_redis(places=places)
        supervisor.add(queue.process())
        wait_until(queue.is_ready, supervisor=supervisor, what="Redis")


def wait_until(
    is_ready: Callable[[], bool], *, supervisor: Supervisor, what: str, within: float = READY_WITHIN
) -> None:
    """Wait until the server answers, failing at once if it ends."""
    deadline = time.monotonic() + within
    while not is_ready():
        supervisor.fail_if_ended()
        if time.monotonic() > deadline:
            raise Problem(f"{what} does not answer.", remedy="See the logs under var/log.")
        time.sleep(0.1)


def _are_up(places: Places) -> bool:
    ports = places.remembered_ports()
    wanted = [server for server, name in URL_OF_SERVER.items() if not os.environ.get(name)]
    return all(
        server in ports and not is_port_free(host="127.0.0.1", port=ports[server])
        for server in wanted
    )


@contextmanager
def running_servers(*, places: Places) -> Iterator[Supervisor]:
    """Have the servers for the length of a block; those of another process are left to it."""
    supervisor = Supervisor()
    lock = hold(places=places, name=LOCK)
    try:
        if lock is not None:
            start_servers(places=places, supervisor=supervisor)
        else:
            wait_until(partial(_are_up, places), supervisor=supervisor, what="The other start")
        yield supervisor
    finally:
        supervisor.stop()
        if lock is not None:
            lock.close()


def run_command(command: list[str], *, environment: Mapping[str, str]) -> int:
    """Run the command in the foreground; it gets Ctrl-C from the terminal and TERM from here."""
    try:
        child = subprocess.Popen(command, env=environment)
    except FileNotFoundError as error:
        raise Problem(f"{command[0]} is not found.", remedy="Check its spelling.") from error
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: child.terminate())
    return child.wait()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/services", description="The private PostgreSQL and Redis of this checkout."
    )
    actions = parser.add_subparsers(dest="action", required=True)
    run = actions.add_parser("run", help="run a command beside the servers, then stop them")
    run.add_argument("command", nargs=argparse.REMAINDER)
    actions.add_parser("env", help="print the environment of the running servers for eval")
    actions.add_parser("up", help="keep the servers running until Ctrl-C")
    return parser.parse_args()


def _run(*, places: Places, command: list[str]) -> int:
    command = command[1:] if command[:1] == ["--"] else command
    if not command:
        raise Problem("No command is given.", remedy="Write script/services run -- COMMAND.")
    with running_servers(places=places):
        environment = application_environment(places=places)
        leave_environment(environment, places=places)
        return run_command(command, environment=environment)


def _env(*, places: Places) -> int:
    environment = application_environment(places=places)
    for name in sorted(set(environment) - set(os.environ) | {"PATH", "YIWANG_VAR"}):
        print(f"export {name}={shlex.quote(environment[name])}")
    return 0


def _up(*, places: Places) -> int:
    with running_servers(places=places) as supervisor:
        if not supervisor.processes:
            raise Problem("The servers run already.", remedy="Use them: script/services env.")
        supervisor.stop_on_signals()
        leave_environment(application_environment(places=places), places=places)
        for name, value in addresses(places=places).items():
            print(f"{name}={value}", flush=True)
        supervisor.watch()
    return 0


@told_in_one_line
def main() -> int:
    arguments = _arguments()
    places = find_places()
    if arguments.action == "run":
        return _run(places=places, command=arguments.command)
    return {"env": _env, "up": _up}[arguments.action](places=places)
