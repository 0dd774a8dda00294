"""The verbs of deskbell-server, one file each."""
