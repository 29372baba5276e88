"""The measurements the design's numbers come from. `make bench` prints them; no test runs them."""
