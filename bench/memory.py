"""What the processes beneath this one hold in memory, by kind."""

import os
from pathlib import Path

# By a word of the command line; the simulated day is none of ours.
KINDS = {
    "web": "governance.web",
    "worker": "\0worker\0",
    "beat": "\0beat\0",
    "renderer": "--type=renderer",
}


def held() -> dict[str, float]:
    """Give the megabytes of each kind, pages that processes share counted once."""
    found = dict.fromkeys(KINDS, 0.0)
    for process in descendants(os.getpid()):
        try:
            command = (process / "cmdline").read_text()
            size = proportional(process)
        except OSError:  # ended meanwhile
            continue
        for kind, word in KINDS.items():
            if word in command:
                found[kind] += size
    return found


def descendants(root: int) -> list[Path]:
    found, parents = [], [root]
    while parents:
        parent = parents.pop()
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                pids = [int(pid) for pid in children.read_text().split()]
            except OSError:
                continue
            found += [Path(f"/proc/{pid}") for pid in pids]
            parents += pids
    return found


def proportional(process: Path) -> float:
    lines = (process / "smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
