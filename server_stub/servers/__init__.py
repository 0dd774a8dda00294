"""Several servers on one PostgreSQL database: who is there, and passing sockets on to whoever relays their session."""
