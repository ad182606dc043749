"""Where the private servers keep their files, and which ports they hold."""

import fcntl
import json
import os
import random
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from launcher.problem import Problem

# Below the range from which Linux takes the ports of outgoing connections.
PRIVATE_PORTS = range(20000, 30000)


@dataclass(frozen=True, kw_only=True)
class Places:
    """The checkout and its folder of run-time files."""

    checkout: Path
    var: Path

    @property
    def logs(self) -> Path:
        return self.var / "log"

    @property
    def secrets(self) -> Path:
        return self.var / "secrets"

    @property
    def binaries(self) -> Path:
        return self.checkout / ".venv" / "bin"

    def port_of(self, *, service: str) -> int:
        """Return the service's port: the remembered one while it is free, else a new one."""
        ports = self.remembered_ports()
        port = ports.get(service)
        if port is None or not is_port_free(host="127.0.0.1", port=port):
            port = next(iter(_free_ports(but=set(ports.values()))))
            self._ports_file.write_text(json.dumps(ports | {service: port}) + "\n")
        return port

    def remembered_ports(self) -> dict[str, int]:
        """Return the ports by service as the last start left them."""
        if not self._ports_file.exists():
            return {}
        ports: dict[str, int] = json.loads(self._ports_file.read_text())
        return ports

    @property
    def _ports_file(self) -> Path:
        return self.var / "ports.json"


def find_places() -> Places:
    """Locate the checkout above this file and its `YIWANG_VAR`, which is made if need be."""
    checkout = Path(__file__).resolve().parents[2]
    var = Path(os.environ.get("YIWANG_VAR") or checkout / "var").absolute()
    places = Places(checkout=checkout, var=var)
    try:
        places.logs.mkdir(parents=True, exist_ok=True)
        places.secrets.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise Problem(
            f"The folder {var} cannot be written ({error.strerror}).",
            remedy="Free some disk space or give another folder: YIWANG_VAR=/path.",
        ) from error
    return places


def is_port_free(*, host: str, port: int) -> bool:
    """Tell whether a server could listen there now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _free_ports(*, but: set[int]) -> "filter[int]":
    tries = random.sample(PRIVATE_PORTS, k=200)
    return filter(lambda port: port not in but and is_port_free(host="127.0.0.1", port=port), tries)


def hold(*, places: Places, name: str) -> IO[str] | None:
    """Take the lock of that name until this process ends, or return None if another holds it."""
    lock = (places.var / f"{name}.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    lock.truncate(0)
    lock.write(f"{os.getpid()}\n")
    lock.flush()
    return lock
