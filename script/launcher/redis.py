"""The private Redis: tasks and hints that may vanish, so it keeps nothing on disk."""

import os
import shutil
import socket
from dataclasses import dataclass

from launcher import credentials
from launcher.places import Places
from launcher.problem import Problem
from launcher.processes import Process

CONFIGURATION = """\
bind 127.0.0.1
protected-mode yes
port {port}
requirepass {password}
appendonly no
save ""
pidfile redis.pid
"""


@dataclass(frozen=True, kw_only=True)
class PrivateRedis:
    """A Redis server under `var/redis`."""

    places: Places
    program: str
    port: int
    password: str

    def process(self) -> Process:
        """Write the configuration and describe the server as a process to be watched."""
        folder = self.places.var / "redis"
        folder.mkdir(mode=0o700, exist_ok=True)
        configuration = folder / "redis.conf"
        # A file, because anybody may read the arguments of a process.
        with open(
            os.open(configuration, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w"
        ) as file:
            file.write(self._configuration())
        return Process(
            name="Redis",
            command=[self.program, configuration.name],
            environment={"PATH": os.environ.get("PATH", os.defpath)},
            folder=folder,
            log=self.places.logs / "redis.log",
        )

    def is_ready(self) -> bool:
        """Tell whether the server answers to its password."""
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as client:
                client.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                return client.makefile("rb").read(12) == b"+OK\r\n+PONG\r\n"
        except OSError:
            return False

    def _configuration(self) -> str:
        return CONFIGURATION.format(port=self.port, password=self.password)


def address(*, places: Places, port: int) -> str:
    """Return the REDIS_URL of the private server on that port."""
    password = credentials.server_password(folder=places.secrets, server="redis")
    return f"redis://:{password}@127.0.0.1:{port}/0"


def private_redis(*, places: Places) -> PrivateRedis:
    """Find the program and the port of this checkout's Redis."""
    program = shutil.which("redis-server")
    if program is None:
        raise Problem(
            "Redis is missing.", remedy="Run script/bootstrap as root, or give REDIS_URL."
        )
    return PrivateRedis(
        places=places,
        program=program,
        port=places.port_of(service="redis"),
        password=credentials.server_password(folder=places.secrets, server="redis"),
    )
