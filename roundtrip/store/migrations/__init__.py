"""How a database of any earlier version becomes one of `tables.py`, step by step.

To change the schema: change `tables.py`, write `versions/NNNN_what.py` by hand. A test fails
while the two differ. A step that was released is never edited.
"""
