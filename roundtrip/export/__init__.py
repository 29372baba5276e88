"""A run in other forms: as a file of our own, and for other people's programs."""
