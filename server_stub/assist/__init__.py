"""Remote assistance: invitations, the relay between host and viewer, and the ledger of it all."""
