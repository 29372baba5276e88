"""Killed inside the refund: the money went out once, and the run waits for a person."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

from roundtrip import intents
from roundtrip.controls import controls
from roundtrip.loop import AwaitDecision, next_action
from roundtrip.tools.python import tools_in
from tests.live_runs import AT_ONCE, Place, a_database, an_owner, simulator, until

CHECKOUT = Path(__file__).resolve().parents[2]
ORDERS = CHECKOUT / "sample_tools" / "orders.py"
PLEASE = "Refund order O-5018, it arrived damaged"


def refunds(desk: Path) -> list[str]:
    if not desk.exists():
        return []
    with sqlite3.connect(desk, timeout=10) as connection:
        try:
            return [row[0] for row in connection.execute("select order_id from refunds")]
        except sqlite3.OperationalError:  # not made yet
            return []


def test_killed_inside_the_refund_there_is_one_refund_and_three_offers(tmp_path: Path) -> None:
    desk, url, owner = tmp_path / "desk.sqlite3", a_database(tmp_path), an_owner()
    refund = next(tool for tool in tools_in(ORDERS).tools if tool.name == "refund_order")
    with simulator(AT_ONCE) as simulated:
        command = [sys.executable, "-m", "tests.crash.refunder", url, simulated, owner, PLEASE]
        desk_and_pause = {"ROUNDTRIP_ORDER_DESK": str(desk), "ROUNDTRIP_ORDER_DESK_PAUSE_S": "60"}
        environment = os.environ | desk_and_pause
        process = subprocess.Popen(command, cwd=CHECKOUT, env=environment, stdout=subprocess.PIPE)
        assert process.stdout is not None
        run = process.stdout.readline().decode().strip()
        until(lambda: refunds(desk))
        process.kill()
        process.communicate()
        with Place(url, simulated, tool=refund) as place:
            until(lambda: not place.runner.is_live(owner, run))
            state = place.state(owner, run)
            assert isinstance(next_action(state), AwaitDecision)
            shown = controls(state, live=False)
            assert shown.offers == ("run_again", "enter_result", "give_up")
            assert "refund_order" in (shown.hint or "")
            assert refunds(desk) == ["O-5018"]
            place.runner.decide(owner, run, intents.enter_result(0, "It was refunded."))
            place.runner.to_the_end(owner, run)
            place.rest(owner, run)
            assert place.state(owner, run).answer
        assert refunds(desk) == ["O-5018"]
