"""Rounds, medians and where the figures go."""

import json
import os
import platform
import statistics
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """One measured figure: its value in each round, and the share to the yardstick's."""

    scenario: str
    name: str
    unit: str
    size: int
    rounds: list[float]
    note: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.rounds)

    def line(self) -> str:
        low, high = min(self.rounds), max(self.rounds)
        spread = f"({low:.2f} to {high:.2f} in {len(self.rounds)} rounds)"
        return f"  {self.name:<44}{self.median:>10.2f} {self.unit:<5} {spread} {self.note}"


def machine() -> str:
    """Describe this machine in one line."""
    model = next(
        (
            line.split(":", 1)[1].strip()
            for line in Path("/proc/cpuinfo").read_text().splitlines()
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores of {model}, {memory:.0f} GB, load {os.getloadavg()[0]:.1f}"


def keep(figures: Sequence[Figure], *, folder: Path) -> Path:
    """Append one JSON line per figure to the scenario's file."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{figures[0].scenario}.jsonl"
    at = datetime.now(UTC).isoformat(timespec="seconds")
    with path.open("a") as file:
        for figure in figures:
            row = {**asdict(figure), "median": figure.median, "at": at, "machine": machine()}
            file.write(json.dumps(row, ensure_ascii=False) + "\n")
    return path


def report(figures: Sequence[Figure]) -> None:
    """Print figures and keep them beside those of earlier runs."""
    for figure in figures:
        print(figure.line())
    print(f"  kept in {keep(figures, folder=Path(os.environ['YIWANG_VAR']))}", flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


class Stopwatch:
    """Says whether a round is over, and how long it took."""

    def __init__(self, seconds: float) -> None:
        self.began_at = time.perf_counter()
        self._until = self.began_at + seconds

    @property
    def is_running(self) -> bool:
        return time.perf_counter() < self._until

    @property
    def elapsed(self) -> float:
        return time.perf_counter() - self.began_at


def at_most(value: float, target: float) -> str:
    """Say whether a figure keeps below its target, and by how much."""
    if value <= target:
        return f"target ≤ {target:g}: reached, {100 * (1 - value / target):.0f} % below"
    return f"target ≤ {target:g}: MISSED by {100 * (value / target - 1):.0f} %"


def at_least(value: float, target: float) -> str:
    """Say whether a figure keeps above its target, and by how much."""
    if value >= target:
        return f"target ≥ {target:g}: reached, {value / target:.2f} ×"
    return f"target ≥ {target:g}: MISSED, {value / target:.2f} × of it"
