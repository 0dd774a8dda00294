"""Remote assistance on the employee's machine: the host process, its capture, input, link and ledger."""
