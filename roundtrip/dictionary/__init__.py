"""The dictionary: one conversation in every wire's spelling, aligned concept by concept.

Everything shown is what the codecs write. Where a thing stands in a wire's JSON is found by
writing it once more with just that thing changed, so no field name of any wire stands here and a
new wire needs none. `subject.py`: what is spelled (`from_run.py`: of a run, `shortened.py`: of a
long one); `things.py` (with `focus.py`, `edits.py`): what it is made of; `spelled.py` and
`places.py`: where each thing stands; `rows.py`: the concepts; `speaker.py`: one wire saying them;
`entries.py`: all wires side by side; `drawing.py`: as text.
No Streamlit, no network.
"""

from roundtrip.dictionary.entries import Dictionary, dictionary
from roundtrip.dictionary.from_run import of_run
from roundtrip.dictionary.subject import Subject, worked_example

__all__ = ["Dictionary", "Subject", "dictionary", "of_run", "worked_example"]
