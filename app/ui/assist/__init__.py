"""Remote assistance on the employee's screen: the question, the banner, what the agent points at, and the record."""
