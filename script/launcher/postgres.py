"""The private PostgreSQL: own folder, own account, own port; never the machine's cluster."""

import os
import shutil
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path

from launcher import credentials
from launcher.cluster_home import find_home
from launcher.places import Places
from launcher.problem import Problem
from launcher.processes import Process, as_account

DATABASE = "yiwang"
ROLE = "yiwang"
# PostgreSQL refuses to run as root, so under root it runs as the account of Debian's package.
ACCOUNT_UNDER_ROOT = "postgres"
# jit costs more on this application's short queries than it ever saves.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "fsync": "on",
    "jit": "off",
    "shared_buffers": "256MB",
    "max_connections": "200",
    "max_wal_size": "2GB",
}
# A socket path has room for 107 bytes, file name included.
LONGEST_SOCKET_FOLDER = 80


@dataclass(frozen=True, kw_only=True)
class PrivatePostgres:
    """A database server under `var/pg`; `user` is its account, None for the caller's."""

    places: Places
    binaries: Path
    home: Path
    port: int
    password: str
    user: str | None

    @property
    def cluster(self) -> Path:
        return self.home / "data"

    def prepare(self) -> None:
        """Make the cluster if there is none, and end a server that lost its keeper."""
        if not (self.cluster / "PG_VERSION").exists():
            self._initialise()
        note = self.cluster / "postmaster.pid"
        if note.exists() and note.read_text().splitlines()[1] != str(self.cluster):
            # A copied folder: the note names the server of the original, which is not ours.
            note.unlink()
        control = [str(self.binaries / "pg_ctl"), "-D", str(self.cluster)]
        if self._run([*control, "status"]).returncode == 0:
            self._run([*control, "stop", "-m", "fast"])

    def process(self) -> Process:
        """Describe the server as a process to be watched."""
        command = [str(self.binaries / "postgres"), "-D", str(self.cluster)]
        for name, value in self._settings().items():
            command += ["-c", f"{name}={value}"]
        # PostgreSQL takes INT as "end open connections and stop".
        return Process(
            name="PostgreSQL",
            command=command,
            environment=self._environment(),
            folder=self.home,
            log=self.places.logs / "postgres.log",
            user=self.user,
            stop_signal=signal.SIGINT,
        )

    def is_ready(self) -> bool:
        return self._run([*self._client("pg_isready"), "-q"]).returncode == 0

    def make_database(self) -> None:
        """Create the application's database unless it exists."""
        question = f"SELECT 1 FROM pg_database WHERE datname = '{DATABASE}'"
        found = self._run([*self._client("psql"), "-d", "postgres", "-Atc", question])
        if found.stdout.strip() == "1":
            return
        made = self._run([*self._client("createdb"), DATABASE])
        if made.returncode != 0:
            raise Problem(
                f"The database could not be created: {(found.stderr + made.stderr).strip()}",
                remedy=f"See {self.places.logs / 'postgres.log'}, or begin anew with --fresh.",
            )

    def _client(self, program: str) -> list[str]:
        return [str(self.binaries / program), "-h", "127.0.0.1", "-p", str(self.port), "-U", ROLE]

    def _settings(self) -> dict[str, str]:
        given = dict(pair.split("=", 1) for pair in os.environ.get("PG_SETTINGS", "").split())
        short = len(os.fsencode(self.home)) <= LONGEST_SOCKET_FOLDER
        place = {"port": str(self.port), "unix_socket_directories": str(self.home) if short else ""}
        return SETTINGS | given | place

    def _environment(self) -> dict[str, str]:
        return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}

    def _initialise(self) -> None:
        # Laid out beside and renamed, so that an interrupted attempt is never taken for a cluster.
        draft = self.home / "draft"
        shutil.rmtree(draft, ignore_errors=True)
        password = self.home / "password"
        with open(os.open(password, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(self.password + "\n")
        if self.user is not None:
            shutil.chown(password, self.user)
        # Trigram search splits Chinese only where the character type is UTF-8.
        locale = ["--encoding=UTF8", "--locale=C.UTF-8"]
        access = [f"--username={ROLE}", "--auth=scram-sha-256", f"--pwfile={password}"]
        program = str(self.binaries / "initdb")
        made = self._run([program, "-D", str(draft), *locale, *access])
        password.unlink()
        if made.returncode != 0:
            shutil.rmtree(draft, ignore_errors=True)
            raise Problem(
                f"PostgreSQL could not lay out its files: {made.stderr.strip()}",
                remedy="Free some disk space or give another folder: YIWANG_VAR=/path.",
            )
        draft.rename(self.cluster)

    def _run(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            env=self._environment() | {"PGPASSWORD": self.password},
            cwd=self.home,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **as_account(self.user),
        )


def address(*, places: Places, port: int) -> str:
    """Return the DATABASE_URL of the private server on that port."""
    password = credentials.server_password(folder=places.secrets, server="postgres")
    return f"postgis://{ROLE}:{password}@127.0.0.1:{port}/{DATABASE}"


def private_postgres(*, places: Places) -> PrivatePostgres:
    """Find the programs and the home of this checkout's database server."""
    user = ACCOUNT_UNDER_ROOT if os.geteuid() == 0 else None
    return PrivatePostgres(
        places=places,
        binaries=_binaries(),
        home=find_home(places=places, user=user),
        port=places.port_of(service="postgres"),
        password=credentials.server_password(folder=places.secrets, server="postgres"),
        user=user,
    )


def _binaries() -> Path:
    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        extension = Path("/usr/share/postgresql") / folder.parent.name / "extension"
        if (extension / "postgis.control").exists() and (folder / "initdb").exists():
            return folder
    raise Problem(
        "PostgreSQL with PostGIS is missing.",
        remedy="Run script/bootstrap as root, or give DATABASE_URL.",
    )
