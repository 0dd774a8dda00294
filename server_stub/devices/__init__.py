"""Devices: enrolment tokens, secrets and who is asking."""
