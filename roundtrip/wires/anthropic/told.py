"""What this wire keeps of the JSON it told, and how it links results to calls."""

from roundtrip.wires.lens import Lens
from roundtrip.wires.links import Ids

NAME = "anthropic"
LINKS = Ids(NAME, prefix="toolu", unfit=r"[^a-zA-Z0-9_-]")
"""The API: "String should match pattern '^[a-zA-Z0-9_-]+$'"."""

_LENS = Lens(NAME)
kept, template = _LENS.kept, _LENS.template
