"""Tests of the report window."""
