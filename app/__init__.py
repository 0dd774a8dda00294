"""Deskbell's client: the help bell on every company computer."""

__version__ = "0.1.0"
