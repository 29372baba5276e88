"""A process to be killed: asks for a refund, which it approves. Says its run's id.

`python -m tests.crash.refunder URL SIMULATOR OWNER QUESTION`
"""

from __future__ import annotations

import sys
from pathlib import Path

from roundtrip import intents
from roundtrip.tools.python import tools_in
from tests.live_runs import QUICK, Place

ORDERS = Path(__file__).resolve().parents[2] / "sample_tools" / "orders.py"


def main(url: str, simulator: str, owner: str, question: str) -> None:
    refund = next(tool for tool in tools_in(ORDERS).tools if tool.name == "refund_order")
    with Place(url, simulator, tool=refund, timing=QUICK) as place:
        run = place.finish(owner, question, policy=refund.policy)
        place.runner.decide(owner, run, intents.approve(0))
        print(run, flush=True)
        place.runner.to_the_end(owner, run)
        place.rest(owner, run)


if __name__ == "__main__":
    main(*sys.argv[1:])
