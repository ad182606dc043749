"""Child processes: started, watched, started again, and stopped to the last grandchild."""

import contextlib
import os
import signal
import subprocess
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from launcher.problem import Problem

LOG_LIMIT = 10 * 1024 * 1024
LOOK_EVERY = 0.2
LONGEST_PAUSE = 30.0
STEADY_AFTER = 60.0
STOP_WITHIN = 12.0


@dataclass(kw_only=True)
class Process:
    """One program that runs until it is told to stop.

    `user` is the account to run as (None: the caller's), `stop_signal` asks it to end.
    """

    name: str
    command: list[str]
    environment: dict[str, str]
    folder: Path
    log: Path
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    child: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause: float = 1.0
    resume_at: float | None = None

    def start(self) -> None:
        """Start the program in a session of its own, writing to its log."""
        _rotate(self.log)
        with self.log.open("ab") as log:
            self.child = subprocess.Popen(
                [*guard(self.stop_signal), *self.command],
                env=self.environment,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **as_account(self.user),
            )
        self.started_at = time.monotonic()
        self.resume_at = None

    def has_ended(self) -> bool:
        return self.child is not None and self.child.poll() is not None

    def ask_to_stop(self) -> None:
        if self.child is not None and self.child.poll() is None:
            self.child.send_signal(self.stop_signal)

    def wait_or_kill(self, *, deadline: float) -> None:
        """Wait for the end until `deadline` (monotonic seconds), then kill all that is left."""
        if self.child is None or self.resume_at is not None:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.child.wait(timeout=max(0.0, deadline - time.monotonic()))
        self.kill_group()
        self.child.wait()

    def kill_group(self) -> None:
        """Kill the program's whole session, such as web workers that lost their parent."""
        if self.child is not None:
            try:
                os.killpg(self.child.pid, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                # Nothing is left of the group (PermissionError: only a zombie of another user).
                return

    def last_lines(self, *, count: int = 5) -> str:
        """Return the end of the log."""
        with self.log.open(errors="replace") as lines:
            return "".join(deque(lines, maxlen=count)).rstrip()


def guard(number: signal.Signals) -> list[str]:
    """Return the prefix of a command that the kernel ends when this process is killed."""
    return ["setpriv", "--pdeathsig", number.name.removeprefix("SIG"), "--"]


class Account(TypedDict, total=False):
    """The arguments of `subprocess` that choose the account of a child."""

    user: str
    group: str
    extra_groups: list[str]


def as_account(user: str | None) -> Account:
    """Return the arguments that run a child as that account, None for the caller's."""
    return {} if user is None else {"user": user, "group": user, "extra_groups": []}


def _rotate(log: Path) -> None:
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))


class Supervisor:
    """Keep processes alive and stop them in the reverse order of their start."""

    def __init__(self) -> None:
        self.processes: list[Process] = []
        # A plain flag: the lock inside an Event could be held when the signal comes.
        self.is_stopping = False
        self.is_watching = False

    def stop_on_signals(self) -> None:
        """End the start-up or `watch` on Ctrl-C, TERM and a closed terminal; the second kills."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, *_: object) -> None:
        if self.is_stopping:
            for process in self.processes:
                process.kill_group()
            return
        self.is_stopping = True
        if not self.is_watching:
            raise KeyboardInterrupt

    def add(self, process: Process) -> None:
        """Start the process and watch it from now on."""
        self.processes.append(process)
        process.start()

    def fail_if_ended(self) -> None:
        """Raise a Problem if a process ended before the start-up was through."""
        for process in self.processes:
            if process.has_ended():
                raise Problem(
                    f"{process.name} ended at its start:\n{process.last_lines()}\n",
                    remedy=f"Its log is {process.log}.",
                )

    def watch(self) -> None:
        """Start again, with growing pauses, whatever ends; return when asked to stop."""
        self.is_watching = True
        while not self.is_stopping:
            for process in self.processes:
                self._look_after(process)
            time.sleep(LOOK_EVERY)

    def _look_after(self, process: Process) -> None:
        if not process.has_ended():
            return
        now = time.monotonic()
        if process.resume_at is None:
            self._plan_restart(process, now=now)
        elif now >= process.resume_at:
            process.start()
            print(f"{process.name} started again.", flush=True)

    def _plan_restart(self, process: Process, *, now: float) -> None:
        assert process.child is not None
        # Orphans of the group would still hold its port.
        process.kill_group()
        if now - process.started_at > STEADY_AFTER:
            process.pause = 1.0
        process.resume_at = now + process.pause
        print(
            f"{process.name} ended unexpectedly (code {process.child.returncode}); starting again "
            f"in {process.pause:.0f} s. Its log: {process.log}",
            flush=True,
        )
        process.pause = min(process.pause * 2, LONGEST_PAUSE)

    def stop(self, *, since: int = 0) -> None:
        """Stop the processes added after the first `since`, all at once."""
        chosen = self.processes[since:]
        for process in chosen:
            process.ask_to_stop()
        deadline = time.monotonic() + STOP_WITHIN
        for process in chosen:
            process.wait_or_kill(deadline=deadline)
        del self.processes[since:]
