"""The way to the helpdesk: client of the server, durable outbox, courier, offline pack, privacy preview."""
