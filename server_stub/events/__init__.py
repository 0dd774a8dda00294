"""The append-only log of everything that happened, and the feeds made of it."""
