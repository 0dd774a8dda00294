"""What Deskbell does from the command line, one file a verb; imports nothing heavy before it is needed."""
