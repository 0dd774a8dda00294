"""Placeholder."""


def declare(verbs, shared):
    pass
