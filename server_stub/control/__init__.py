"""Orders to a server: carried out on the data folder, or by the process that already works on it."""
