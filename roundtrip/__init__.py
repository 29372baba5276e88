"""Roundtrip's engine: the loop of function calling, its wires, its record. Imports no Streamlit."""

__version__ = "0.1.0"
