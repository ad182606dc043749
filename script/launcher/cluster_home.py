"""The folder of the private cluster: one that PostgreSQL's account can enter."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from launcher.places import Places
from launcher.problem import Problem
from launcher.processes import as_account

OUTSIDE = Path("/var/lib")


def find_home(*, places: Places, user: str | None) -> Path:
    """Return `var/pg`, or the folder outside a closed checkout that it points to.

    `user` is the account of the server, None for the caller's.
    """
    pointer = places.var / "pg"
    if pointer.is_symlink():
        _drop_foreign_pointer(pointer)
    if not pointer.exists():
        pointer.mkdir(mode=0o700)
        _give_to(pointer, user=user)
    if not _can_write(pointer, user=user):
        _move_outside(pointer, user=user)
    return pointer.resolve()


def forget_home(*, places: Places) -> None:
    """Delete the cluster, wherever it lies."""
    pointer = places.var / "pg"
    if pointer.is_symlink():
        _drop_foreign_pointer(pointer)
    if pointer.is_symlink():
        shutil.rmtree(pointer.resolve())
        pointer.unlink()
    elif pointer.exists():
        shutil.rmtree(pointer)


def _drop_foreign_pointer(pointer: Path) -> None:
    """Remove a pointer that came with a copied checkout, and adopt the home of a moved one."""
    owner = pointer / "owner"
    if not owner.exists():
        pointer.unlink()
        return
    original = Path(owner.read_text().strip())
    if original == pointer:
        return
    if original.resolve() == pointer.resolve():
        pointer.unlink()
    else:
        owner.write_text(f"{pointer}\n")


def _move_outside(pointer: Path, *, user: str | None) -> None:
    if user is None or pointer.is_symlink() or any(pointer.iterdir()):
        raise Problem(
            f"The database files in {pointer} belong to another account.",
            remedy="Run as the account that made them, or give another folder: YIWANG_VAR=/path.",
        )
    home = Path(tempfile.mkdtemp(prefix="yiwang-", dir=OUTSIDE))
    (home / "owner").write_text(f"{pointer}\n")
    _give_to(home, user=user)
    pointer.rmdir()
    pointer.symlink_to(home)


def _give_to(folder: Path, *, user: str | None) -> None:
    if user is not None:
        shutil.chown(folder, user, user)


def _can_write(folder: Path, *, user: str | None) -> bool:
    probe = ["/usr/bin/test", "-w", str(folder.resolve())]
    return subprocess.run(probe, check=False, **as_account(user)).returncode == 0
