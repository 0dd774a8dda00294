"""Requests that may arrive twice and count once."""
