"""Prompts whose answer stands in the shop's handbook: search first, then read."""

from __future__ import annotations

from collections.abc import Sequence

from tests.simulator.learner_case import SAMPLE, Case, Kind, also, case, course, some_of
from tests.simulator.learner_wanted import get_order, read_document, search_documents

HANDBOOK = also("search_documents", "read_document")


def searched(
    id: str, kind: Kind, prompt: str, *documents: str, offered: Sequence[str] = HANDBOOK
) -> Case:
    """A search that finds one of the documents, then reading one or more of them."""
    first = (search_documents(*documents),)
    first_choice, *others = some_of((first,), tuple(map(read_document, documents)))
    return case(id, kind, prompt, *first_choice, or_else=others, offered=tuple(offered))


SEARCHES = (
    searched("handbook-01", "plain", "How long can I return something I bought?", "returns"),
    searched("handbook-02", "plain", "What does standard delivery cost?", "shipping"),
    searched(
        "handbook-03",
        "plain",
        "When is the shop open on Saturday?",
        "opening_hours",
        offered=SAMPLE,
    ),
    searched("handbook-04", "plain", "How long is a gift card valid?", "gift_cards"),
    searched("handbook-05", "plain", "What is the warranty on fountain pens?", "warranty"),
    searched("handbook-06", "paraphrase", "can i pay with paypal in your shop", "payment"),
    searched(
        "handbook-07", "paraphrase", "What does it cost to be a Paper Club member?", "paper_club"
    ),
    searched(
        "handbook-08",
        "paraphrase",
        "How much do you charge for the repair of a keyboard switch?",
        "repairs",
        offered=SAMPLE,
    ),
    searched(
        "handbook-09",
        "paraphrase",
        "My parcel seems to be lost. What is the shop's rule then?",
        "damaged_or_lost",
    ),
    searched(
        "handbook-10",
        "paraphrase",
        "who gets to see my address? question about privacy",
        "privacy",
    ),
    searched("handbook-11", "typo", "waht is the retrun policy for headphones", "returns"),
    searched(
        "handbook-12", "typo", "opnening hours of the shop??", "opening_hours", offered=SAMPLE
    ),
    searched(
        "handbook-13",
        "chain",
        "If I send back a bookshelf, who pays for the collection?",
        "bulky_items",
        "returns",
    ),
    searched(
        "handbook-14",
        "chain",
        "Until when can I return a Christmas present ordered in November? Look in the handbook.",
        "holiday_season",
        "returns",
    ),
    searched(
        "handbook-15",
        "paraphrase",
        "What does the handbook say about refunds above 500 dollars?",
        "damaged_or_lost",
        offered=SAMPLE,
    ),
    searched(
        "handbook-16",
        "paraphrase",
        "Is delivery to the kerb only for a standing desk, or do they carry it upstairs?",
        "bulky_items",
        "shipping",
    ),
)

READINGS = (
    case(
        "document-01",
        "plain",
        "Read the document 'returns'.",
        [read_document("returns")],
        [],
        offered=HANDBOOK,
    ),
    case(
        "document-02",
        "plain",
        "open the handbook document with the id gift_cards",
        [read_document("gift_cards")],
        [],
        offered=SAMPLE,
    ),
    case(
        "document-03",
        "paraphrase",
        "Show me the whole text of the document paper_club please",
        [read_document("paper_club")],
        offered=HANDBOOK,
    ),
    case(
        "document-04",
        "typo",
        "raed document warranty",
        [read_document("warranty")],
        offered=HANDBOOK,
    ),
    case(
        "document-05",
        "several-at-once",
        "Read the documents shipping and bulky_items and tell me how they differ.",
        [read_document("shipping"), read_document("bulky_items")],
        [],
        offered=HANDBOOK,
    ),
    case(
        "document-06",
        "error-recovery",
        "Read document holidays.",
        [read_document("holidays")],
        [read_document("holiday_season")],
        or_else=(
            course([read_document("holidays")], []),
            course([search_documents("holiday_season")]),
        ),
        offered=HANDBOOK,
    ),
    case(
        "document-07",
        "missing-information",
        "read me the document",
        reply="asks back",
        offered=HANDBOOK,
    ),
    case(
        "document-08",
        "near-miss",
        "What should be in a good employee handbook?",
        reply="answers",
        offered=HANDBOOK,
    ),
    case(
        "document-09",
        "near-miss",
        "I read a good book about paper last week.",
        reply="small talk",
        offered=SAMPLE,
    ),
    case(
        "document-10",
        "several-at-once",
        "What did O-5010 cost, and what does the handbook say about sending back an office chair?",
        [get_order("O-5010"), search_documents("bulky_items", "returns")],
        offered=SAMPLE,
    ),
)

PROMPTS = (*SEARCHES, *READINGS)
