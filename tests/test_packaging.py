"""What the project promises about itself: its dependencies, its rooms, its set-up.

Owns no behaviour of the app. Each rule here is one a reviewer would otherwise check by eye.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
RUN_LOCK, DEV_LOCK = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"
LOCAL_LOCK = ROOT / "requirements-local.lock"

PINNED = re.compile(r"([a-z0-9-]+)==(\S+?)( ; [^\\]+)? \\")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")

PAGE_ONLY = {"streamlit"}
PROVIDERS = {"anthropic", "openai", "google"}

LONGEST_FILE = 400
"""Lines. Beyond it a file holds more than one thing."""


def locked(lock: Path) -> dict[str, str]:
    """Each pinned name and its version."""
    lines = lock.read_text().splitlines()
    return {pin[1]: pin[2] for line in lines if (pin := PINNED.fullmatch(line))}


def tracked() -> list[Path]:
    """The files of the checkout, as git knows them; skips where this is no git checkout."""
    if not (ROOT / ".git").exists() or not shutil.which("git"):
        pytest.skip("not a git checkout: which files belong to the project is not known")
    # A container may run the tests as another user than the checkout's owner.
    listing = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [path for name in listing.split("\0") if name and (path := ROOT / name).is_file()]


def imported(path: Path) -> Iterator[str]:
    """The top-level package of every import in a file, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.split(".")[0]


def importing(folder: str, forbidden: set[str]) -> list[str]:
    """The files below a folder that import one of the forbidden packages."""
    return [
        f"{path.relative_to(ROOT)}: {sorted(found)}"
        for path in sorted((ROOT / folder).rglob("*.py"))
        if (found := forbidden & set(imported(path)))
    ]


@pytest.mark.parametrize("lock", [RUN_LOCK, DEV_LOCK, LOCAL_LOCK], ids=lambda path: path.name)
def test_a_lock_file_holds_names_versions_and_hashes_and_no_address(lock: Path) -> None:
    lines = [line for line in lock.read_text().splitlines() if line]
    strange = [
        line
        for line in lines
        if not line.lstrip().startswith("#")
        and not PINNED.fullmatch(line)
        and not HASH.fullmatch(line)
    ]
    assert strange == []
    assert [line for line in lines if "://" in line or str(ROOT) in line] == []
    assert locked(lock)


def test_what_is_tested_is_what_runs() -> None:
    run, dev = locked(RUN_LOCK), locked(DEV_LOCK)
    assert {name: dev.get(name) for name in run} == run


def test_every_dependency_is_locked_at_a_version_it_allows() -> None:
    extras = PROJECT["optional-dependencies"]
    for lock, names in (
        (RUN_LOCK, PROJECT["dependencies"] + extras["postgres"]),
        (DEV_LOCK, extras["test"] + extras["dev"]),
    ):
        pins = locked(lock)
        for dependency in map(Requirement, names):
            version = pins.get(canonicalize_name(dependency.name), "absent")
            assert dependency.specifier.contains(version), f"{dependency}: {version}"


def test_every_dependency_has_its_reason_beside_it() -> None:
    text = (ROOT / "pyproject.toml").read_text()
    entries = re.findall(r'^    "([^"]+)",(.*)$', text, flags=re.MULTILINE)
    groups = tomllib.loads(text)["dependency-groups"].values()
    lists = [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values(), *groups]
    named = {name for listed in lists for name in listed}
    assert {name for name, _ in entries} == named
    assert [name for name, rest in entries if not re.fullmatch(r" +# \w.{8,}", rest)] == []


def test_the_engine_does_not_know_the_page() -> None:
    assert importing("roundtrip", PAGE_ONLY | {"pages", "components"}) == []


def test_pages_and_components_do_not_know_a_provider() -> None:
    assert importing("pages", PROVIDERS) == []
    assert importing("components", PROVIDERS) == []


def test_no_file_names_a_path_of_the_machine_it_was_written_on() -> None:
    shared = {Path(name) for name in ("/", "/tmp", "/home", "/opt", "/srv", "/usr", "/Users")}
    own = {ROOT, ROOT.parent, Path.home()} - shared
    path = re.compile(rf"(?<![\w.~/-])({'|'.join(re.escape(str(p)) for p in own)})(?![\w-])")
    naming = [
        f"{file.relative_to(ROOT)}: {hit[0]}"
        for file in tracked()
        if (hit := path.search(file.read_bytes().decode(errors="replace")))
    ]
    assert naming == []


def test_no_file_names_a_package_index() -> None:
    # Where packages come from is the machine's own setting, not the project's.
    index = re.compile(
        "|".join(["py" + r"pi\.", "python" + r"hosted\.", "index" + r"-url(=|\s+http)"])
    )
    naming = [
        f"{file.relative_to(ROOT)}: {hit[0]}"
        for file in tracked()
        if (hit := index.search(file.read_bytes().decode(errors="replace")))
    ]
    assert naming == []


def test_no_file_of_code_is_longer_than_one_thing_needs() -> None:
    code = {".py", ".js", ".css", ".html", ".toml", ""}
    lengths = {
        str(file.relative_to(ROOT)): len(file.read_bytes().splitlines())
        for file in tracked()
        if file.suffix in code
    }
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


def test_what_ci_runs_can_be_run() -> None:
    for name in (".ci/run", "scripts/setup", "scripts/browser", "scripts/system-packages"):
        assert os.access(ROOT / name, os.X_OK), name


def test_every_make_target_is_in_its_help() -> None:
    make = (ROOT / "Makefile").read_text()
    phony = re.search(r"^\.PHONY: (.+)$", make, flags=re.MULTILINE)
    assert phony
    described = re.findall(r"^([a-z-]+):.*## \w", make, flags=re.MULTILINE)
    assert sorted(described) == sorted(phony[1].split())


def bare_path(folder: Path, *commands: str) -> str:
    """A PATH with only what a script cannot do without, so that it finds and installs nothing."""
    for command in ("bash", "dirname", "basename", "cat", "cksum", "rm", *commands):
        found = shutil.which(command)
        assert found
        (folder / command).symlink_to(found)
    return str(folder)


def test_without_python_the_one_thing_to_install_is_said(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    shutil.copytree(ROOT / "scripts", checkout / "scripts")
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, checkout)
    commands = tmp_path / "bin"
    commands.mkdir()
    # As on Debian without python3-venv: there, and of no use.
    (commands / "python3").write_text("#!/bin/sh\nexit 1\n")
    (commands / "python3").chmod(0o755)
    done = subprocess.run(
        [checkout / "scripts" / "setup", "requirements.lock"],
        env={"PATH": bare_path(commands)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "python3-venv" in done.stderr
    assert not (checkout / ".venv").exists()


@pytest.mark.parametrize("required", [False, True])
def test_a_missing_browser_fails_only_where_one_is_required(tmp_path: Path, required: bool) -> None:
    if Path("/Applications").exists():
        pytest.skip("on macOS a browser is found without PATH")
    done = subprocess.run(
        [ROOT / "scripts" / "browser"],
        env={"PATH": bare_path(tmp_path), "ROUNDTRIP_REQUIRE_BROWSER": str(int(required))},
        capture_output=True,
        text=True,
    )
    assert (done.returncode != 0) is required
    assert done.stdout == ""
    assert "No Chromium was found" in done.stderr


def options(table: dict[str, object], above: str = "") -> Iterator[tuple[str, object]]:
    """Each setting with its full name, e.g. `theme.dark.textColor`."""
    for name, value in table.items():
        if isinstance(value, dict):
            yield from options(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def test_every_setting_of_the_page_is_one_that_streamlit_has() -> None:
    from streamlit import config

    for name, _ in options(CONFIG):
        config.get_option(name)  # raises when there is none of that name


def test_the_page_is_for_this_machine_and_asks_nobody_anything() -> None:
    settings = dict(options(CONFIG))
    assert settings["server.address"] == "127.0.0.1"
    assert settings["server.headless"] is True
    assert settings["browser.gatherUsageStats"] is False
    assert settings["runner.postScriptGC"] is False


def test_the_theme_needs_no_network() -> None:
    assert [value for _, value in options(CONFIG) if "//" in str(value)] == []


def luminance(colour: str) -> float:
    """Relative luminance of `#rrggbb`, 0 to 1 (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_can_be_read_on_every_ground_they_stand_on(scheme: str) -> None:
    theme = CONFIG["theme"][scheme]
    plain = [theme["backgroundColor"], theme["secondaryBackgroundColor"]]
    pairs = [
        (name, theme[name], ground)
        for name in ("textColor", "linkColor", "grayTextColor")
        for ground in plain
    ] + [
        (name, theme[name], ground)
        for name in theme
        if name.endswith("TextColor")
        for ground in [*plain, theme.get(name.replace("Text", "Background"), plain[0])]
    ]
    for name, ink, ground in pairs:
        light, dark = sorted((luminance(ink), luminance(ground)), reverse=True)
        # WCAG 2.2, 1.4.3: text of ordinary size.
        assert (light + 0.05) / (dark + 0.05) >= 4.5, f"{name} {ink} on {ground}"
