"""Deskbell's companion server."""
