"""How many tokens a text has, with the o200k vocabulary, offline.

Owns counting: the simulator's usage figures are these, and deterministic; what another provider
would count they only estimate.
"""

from __future__ import annotations

import json
from functools import cache
from threading import Lock, Thread
from typing import Any

_LOADING = Lock()


@cache
def _loaded() -> Any:
    import quicktok

    return quicktok.get_encoding("o200k_base")


def _tokenizer() -> Any:
    with _LOADING:  # `cache` alone would let two first callers load it twice.
        return _loaded()


def load_in_background() -> None:
    """Begin to load the vocabulary (0.7 s), so that the first reply need not wait for it."""
    Thread(target=_tokenizer, name="load-vocabulary", daemon=True).start()


def count(text: str) -> int:
    return _tokenizer().count(text) if text else 0


def count_json(value: Any) -> int:
    """The tokens of a value as compact JSON: what a model would read of a request."""
    return count(compact(value))


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def tokens_of(text: str) -> list[int]:
    """The tokens themselves, as numbers."""
    return list(_tokenizer().encode(text)) if text else []


def first_tokens(text: str, most: int) -> str:
    """As much of the text as so many tokens hold, without a broken character at the end."""
    if most <= 0:
        return ""
    tokenizer = _tokenizer()
    tokens = tokenizer.encode(text)
    return text if len(tokens) <= most else tokenizer.decode(tokens[:most], "ignore")
