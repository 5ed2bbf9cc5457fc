"""Throw-away servers for tests and the bench: real programs on loopback, gone when the test is."""
