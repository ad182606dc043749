"""`script/server`: the whole centre on one machine, from an empty folder to printed addresses."""

import argparse
import os
import shutil
import signal
import subprocess
import urllib.request
from dataclasses import dataclass

from launcher.cluster_home import forget_home
from launcher.places import Places, find_places, hold, is_port_free
from launcher.problem import Problem
from launcher.processes import Process, Supervisor, guard
from launcher.services import (
    LOCK,
    application_environment,
    leave_environment,
    start_servers,
    wait_until,
)
from launcher.telling import told_in_one_line

SITE_WITHIN = 120.0
LEAST_FREE_BYTES = 300 * 1024 * 1024
PAGES = {
    "Console": "/console/",
    "Phone": "/m/",
    "Wall": "/wall/pukou/",
    "Public": "/",
    "Admin": "/admin/",
    "API": "/api/docs/",
}
SIGN_INS = (
    "admin",
    "dispatcher",
    "street-dispatcher",
    "handler",
    "worker",
    "clerk",
    "supervisor",
    "leader",
    "reporter",
)


@dataclass(frozen=True, kw_only=True)
class Site:
    """Where the web server listens."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """Return the address as this machine reaches it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)
        return f"http://{host}:{self.port}"

    def answers(self) -> bool:
        """Tell whether the site is healthy: it runs and reaches its database and Redis."""
        # Proxies of the environment are for the world outside, not for this machine.
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with direct.open(f"{self.url}/healthz", timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False


def find_site() -> Site:
    """Read HOST and PORT and make sure that they can be had."""
    given = os.environ.get("PORT") or "8000"
    site = Site(
        host=os.environ.get("HOST") or "127.0.0.1", port=int(given) if given.isdigit() else -1
    )
    if not 0 < site.port < 65536:
        raise Problem(f"PORT is {given!r}.", remedy="Give a number from 1 to 65535.")
    if not is_port_free(host=site.host, port=site.port):
        raise Problem(
            f"Port {site.port} of {site.host} cannot be had: it is taken or not allowed.",
            remedy=f"Choose another, such as PORT={site.port % 60000 + 1111} script/server.",
        )
    return site


def check_disk(*, places: Places) -> None:
    free = shutil.disk_usage(places.var).free
    if free < LEAST_FREE_BYTES:
        raise Problem(
            f"The disk is full: {free // 2**20} MB are free at {places.var}.",
            remedy="Free some space or give another folder: YIWANG_VAR=/path.",
        )


def delete_everything(*, places: Places, is_agreed: bool) -> None:
    """Delete database, queue and photos of the private servers after a typed yes."""
    if os.environ.get("DATABASE_URL"):
        raise Problem(
            "--fresh deletes only the private database, and DATABASE_URL is given.",
            remedy="Empty that database yourself, or unset DATABASE_URL.",
        )
    if not is_agreed:
        print(f"This deletes the database, the queue and the photos under {places.var}.")
        try:
            answer = input("Type yes to go on: ")
        except EOFError:
            answer = ""
        if answer.strip() != "yes":
            raise Problem("Nothing was deleted.", remedy="Type yes, or add --yes.")
    forget_home(places=places)
    for name in ("redis", "media"):
        shutil.rmtree(places.var / name, ignore_errors=True)


def manage(*arguments: str, places: Places, environment: dict[str, str]) -> None:
    """Run one command of `manage.py` to its end."""
    command = [str(places.binaries / "python"), "manage.py", *arguments]
    # In a session of its own Ctrl-C does not reach it, so it ends without a stack trace.
    ended = subprocess.run(
        [*guard(signal.SIGTERM), *command],
        cwd=places.checkout,
        env=environment,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
        check=False,
    )
    if ended.returncode != 0:
        raise Problem(
            f"manage.py {arguments[0]} failed.",
            remedy="Its message stands above; --fresh begins with an empty database.",
        )


def processes(
    *, places: Places, site: Site, environment: dict[str, str], has_demo: bool
) -> list[Process]:
    """Describe the application's processes in the order of their start."""
    celery = ["celery", "--app", "governance"]
    web = [
        *("python", "-m", "governance.web", "--host", site.host, "--port", str(site.port)),
        *("--workers", environment.get("WEB_WORKERS", "2")),
    ]
    commands = {
        "web": web,
        "worker": [*celery, "worker", "--concurrency", "3", "--loglevel", "WARNING"],
        "scheduler": [*celery, "beat", "--scheduler", "celery.beat:Scheduler"],
    }
    if has_demo:
        commands["traffic"] = ["python", "manage.py", "simulate", "--base-url", site.url]
    return [
        Process(
            name=name,
            command=[str(places.binaries / command[0]), *command[1:]],
            environment=environment,
            folder=places.checkout,
            log=places.logs / f"{name}.log",
        )
        for name, command in commands.items()
    ]


def server_environment(*, places: Places, site: Site) -> dict[str, str]:
    """Return the application's environment; a server open to others accepts any host name."""
    environment = application_environment(places=places) | {"YIWANG_MODE": "demo"}
    if site.host not in ("127.0.0.1", "localhost", "::1"):
        environment.setdefault("ALLOWED_HOSTS", "*")
    return environment


def greeting(*, site: Site, places: Places, password: str | None) -> str:
    """Return what is printed when the site answers; no password means no demo."""
    lines = ["", f"Yiwang 一网 runs at {site.url}", ""]
    lines += [f"  {name:<8} {site.url}{path}" for name, path in PAGES.items()]
    if password is None:
        create = "script/services run -- python manage.py createsuperuser"
        lines += ["", f"  No demo, so nobody can sign in yet: {create}"]
    else:
        lines += ["", f"  Sign in as {', '.join(SIGN_INS)}", f"  Password   {password}"]
    return "\n".join([*lines, "", f"  Logs in {places.logs}. Ctrl-C stops everything.", ""])


def serve(*, places: Places, site: Site, has_demo: bool, supervisor: Supervisor) -> None:
    """Start all, print the addresses, and keep all running until asked to stop."""
    print("Starting PostgreSQL and Redis …", flush=True)
    start_servers(places=places, supervisor=supervisor)
    environment = server_environment(places=places, site=site)
    leave_environment(environment, places=places)
    print("Preparing the database …", flush=True)
    manage("migrate", "--noinput", "--verbosity=0", places=places, environment=environment)
    if has_demo:
        manage("load_demo", places=places, environment=environment)
    parts = processes(places=places, site=site, environment=environment, has_demo=has_demo)
    for process in parts[:3]:
        supervisor.add(process)
    print("Waiting for the site …", flush=True)
    wait_until(site.answers, supervisor=supervisor, what="The site", within=SITE_WITHIN)
    for process in parts[3:]:
        supervisor.add(process)
    password = environment["DEMO_PASSWORD"] if has_demo else None
    print(greeting(site=site, places=places, password=password), flush=True)
    supervisor.watch()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/server",
        description="Run the centre with the demo district.",
        epilog="Environment: PORT, HOST, DATABASE_URL, REDIS_URL, DEMO_PASSWORD, WEB_WORKERS, "
        "YIWANG_VAR, PG_SETTINGS (such as 'shared_buffers=1GB').",
    )
    parser.add_argument("--no-demo", action="store_true", help="an empty centre: no district")
    parser.add_argument("--fresh", action="store_true", help="delete the private database first")
    parser.add_argument("--yes", action="store_true", help="do not ask before deleting")
    return parser.parse_args()


@told_in_one_line
def main() -> int:
    arguments = _arguments()
    places = find_places()
    lock = hold(places=places, name=LOCK)
    if lock is None:
        holder = (places.var / f"{LOCK}.lock").read_text().strip()
        raise Problem(
            f"Process {holder} runs the servers of {places.var} already.",
            remedy="Stop it first, or give another folder: YIWANG_VAR=/path.",
        )
    site = find_site()
    check_disk(places=places)
    if arguments.fresh:
        delete_everything(places=places, is_agreed=arguments.yes)
    supervisor = Supervisor()
    supervisor.stop_on_signals()
    try:
        serve(places=places, site=site, has_demo=not arguments.no_demo, supervisor=supervisor)
    finally:
        print("Stopping …", flush=True)
        supervisor.stop(since=_servers(supervisor))
        supervisor.stop()
    print("Stopped.")
    return 0


def _servers(supervisor: Supervisor) -> int:
    """Count the private servers, which must outlive the processes that use them."""
    return sum(process.name in ("PostgreSQL", "Redis") for process in supervisor.processes)
