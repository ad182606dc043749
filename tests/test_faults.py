"""A centre of its own is broken while commands flow; `script/bench faults` does it for longer."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def test_nothing_is_lost_or_doubled_when_processes_die(tmp_path):
    outside = {
        name: value
        for name, value in os.environ.items()
        if name not in ("DATABASE_URL", "REDIS_URL", "YIWANG_MODE", "DJANGO_SETTINGS_MODULE")
    }
    ended = subprocess.run(
        [sys.executable, "-m", "bench.faults", "--rounds", "1", "--starts", "1", "--seed", "5"],
        cwd=ROOT,
        env=outside | {"YIWANG_VAR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    lines = [json.loads(line) for line in (tmp_path / "faults.jsonl").read_text().splitlines()]
    assert {line["name"]: line["median"] for line in lines}["violations"] == 0
