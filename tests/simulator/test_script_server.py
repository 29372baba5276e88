"""`python -m roundtrip.simulator --scripts FOLDER`: a person's own scripts, right and wrong."""

from __future__ import annotations

import re
import signal
from pathlib import Path

import anthropic

from tests.simulator.asking import ask
from tests.simulator.scripted import MINE
from tests.simulator.test_server_process import started


def test_own_scripts_are_served_and_a_mistake_is_told_with_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(MINE)
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text(MINE.replace("title: Mine", "titel: Mine"))
    process, line = started("--port", "0", "--scripts", str(tmp_path))
    try:
        address = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert address, line
        with anthropic.Anthropic(base_url=f"{address[0]}/anthropic", api_key="any") as client:
            request = ask("Weather in Tokyo?", extra_headers={"x-script": "mine"})
            [block] = client.messages.create(**request).content
    finally:
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=20)

    assert block.text == "Hello from a file."
    assert complaints.splitlines() == [
        f"script not used: {wrong}:1: title: it is missing",
        f"script not used: {wrong}:2: titel: there is no such field; did you mean title?",
    ]


def test_a_folder_that_is_not_there_is_a_usage_error(tmp_path: Path) -> None:
    process, line = started("--port", "0", "--scripts", str(tmp_path / "none"))
    _, errors = process.communicate(timeout=20)

    assert (process.returncode, line) == (2, "")
    assert "none: No such file or directory" in errors
