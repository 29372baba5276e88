"""The page as a person meets it: the served app, driven through a real Chromium."""
