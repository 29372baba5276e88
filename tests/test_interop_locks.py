"""Other people's clients are pinned as strictly as what the project itself needs."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests import test_packaging as packaging

ROOT = packaging.ROOT
GROUPS = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
LOCKS = {group: ROOT / f"requirements-{group}.lock" for group in GROUPS}


@pytest.mark.parametrize("lock", LOCKS.values(), ids=LOCKS)
def test_their_lock_files_hold_names_versions_and_hashes_and_no_address(lock: Path) -> None:
    packaging.test_a_lock_file_holds_names_versions_and_hashes_and_no_address(lock)


@pytest.mark.parametrize("group", GROUPS)
def test_every_client_is_locked_at_a_version_its_group_allows(group: str) -> None:
    pins = packaging.locked(LOCKS[group])
    for client in map(Requirement, GROUPS[group]):
        version = pins.get(canonicalize_name(client.name), "absent")
        assert client.specifier.contains(version), f"{client}: {version}"


def test_what_runs_them_can_be_run_and_knows_every_lock_file() -> None:
    script = ROOT / "scripts" / "interop"
    assert os.access(script, os.X_OK)
    for lock in LOCKS.values():
        assert lock.name in script.read_text()


def test_a_plain_run_of_the_tests_leaves_them_out() -> None:
    environment = {name: value for name, value in os.environ.items() if "INTEROP" not in name}
    command = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [*command, "tests/interop"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert "no tests collected" in done.stdout, done.stdout + done.stderr
