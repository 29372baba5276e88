"""The wires: one module for each provider API's spelling of function calling."""
