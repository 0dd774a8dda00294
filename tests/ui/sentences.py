"""Collects every sentence for people from the client's source: tr() literals and the templates of errors."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
ERRORS = "HelpdeskError"


@dataclass(frozen=True)
class Source:
    """One module: its dotted name and its syntax tree."""

    name: str
    tree: ast.Module


@cache
def sources() -> tuple[Source, ...]:
    """The client's modules."""
    paths = sorted((ROOT / "app").rglob("*.py"))
    return tuple(
        Source(".".join(path.relative_to(ROOT).with_suffix("").parts), ast.parse(path.read_text(encoding="utf-8")))
        for path in paths
    )


def constants(all_sources: tuple[Source, ...]) -> dict[str, str]:
    """String constants of modules by name: `NAME` for the module's own and `module.NAME` as others write it."""
    found: dict[str, str] = {}
    for source in all_sources:
        for node in source.tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                text = folded(node.value, found, source.name)
                if text is not None:
                    found[f"{source.name}:{node.targets[0].id}"] = text
                    found[f"{source.name.rsplit('.', 1)[-1]}.{node.targets[0].id}"] = text
    return found


def folded(node: ast.AST | None, known: dict[str, str], module: str) -> str | None:
    """The string an expression stands for, None when that is not known before it runs."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = folded(node.left, known, module), folded(node.right, known, module)
        return None if left is None or right is None else left + right
    if isinstance(node, ast.Name):
        return known.get(f"{module}:{node.id}")
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return known.get(f"{node.value.id}.{node.attr}")
    return None


def error_classes(all_sources: tuple[Source, ...]) -> frozenset[str]:
    """The names of HelpdeskError and everything derived from it."""
    bases = {
        node.name: {base.id if isinstance(base, ast.Name) else getattr(base, "attr", "") for base in node.bases}
        for source in all_sources
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ClassDef)
    }
    family = {ERRORS}
    while True:
        more = {name for name, parents in bases.items() if parents & family} - family
        if not more:
            return frozenset(family)
        family |= more


def called(node: ast.Call) -> str:
    """The last part of what is called."""
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def spoken() -> Iterator[tuple[str, str]]:
    """Every sentence with the module it stands in."""
    everything = sources()
    known = constants(everything)
    family = error_classes(everything)
    for source in everything:
        for node in ast.walk(source.tree):
            if not isinstance(node, ast.Call):
                continue
            if called(node) == "tr":
                text = folded(node.args[0], known, source.name) if node.args else None
                assert text is not None, f"tr() without a literal in {source.name}, line {node.lineno}"
                yield text, source.name
            elif called(node) in family:
                named = {word.arg: word.value for word in node.keywords if word.arg in ("summary", "hint")}
                for each in (*node.args[:2], *named.values()):
                    yield from ((text, source.name) for text in texts_of(each, known, source.name) if text)


def texts_of(node: ast.AST, known: dict[str, str], module: str) -> Iterator[str]:
    """The strings an argument may be; a choice gives both."""
    if isinstance(node, ast.IfExp):
        yield from texts_of(node.body, known, module)
        yield from texts_of(node.orelse, known, module)
    text = folded(node, known, module)
    if text is not None:
        yield text


def tables() -> Iterator[str]:
    """What the helpdesk's parts keep in tables of labels, by the tables' names."""
    for source in sources():
        for node in ast.walk(source.tree):
            if not source.name.startswith("app.helpdesk") or not isinstance(node, ast.Assign):
                continue
            name = getattr(node.targets[0], "id", "").lower()
            if isinstance(node.value, ast.Dict) and name.endswith(("labels", "families")):
                yield from (each.value for each in node.value.values if isinstance(each, ast.Constant))
