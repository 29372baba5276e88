"""What this wire keeps of the JSON it told, and how it links results to calls."""

from roundtrip.wires.lens import Lens
from roundtrip.wires.links import Ids

NAME = "openai-responses"
LINKS = Ids(NAME, prefix="call", longest=64)

_LENS = Lens(NAME)
kept, template = _LENS.kept, _LENS.template
