"""What client and server say to each other: messages, problem codes, tables of states. No I/O."""
