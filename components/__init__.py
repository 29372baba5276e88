"""Streamlit widgets that the pages share: finished values in, intents out.

Owns how things look and how a person acts on them. Does not fetch, decide or store: a page hands
values in and passes intents on to the engine. Each widget has a folder or a module of its own.
"""
