"""My tickets: the list, one ticket with its conversation, and the reply."""
