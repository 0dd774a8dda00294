"""Tests of the way to the helpdesk."""
