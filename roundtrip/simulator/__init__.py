"""A stand-in for the providers: a server that speaks their wires, and the model behind it.

`model/` decides what to say; the server modules beside it decide how it is said. Nothing here
is used by a run against a real API.
"""
