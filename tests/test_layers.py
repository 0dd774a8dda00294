"""The dependency rules of the README, checked on every import statement."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SMALL = {"app.errors", "app.settings", "app.paths", "app.journal", "app.private"}
LOW = SMALL | {"app.protocol", "app.system", "app.knowledge"}
SERVICES = {"app.capture", "app.diagnostics", "app.helpdesk", "app.assist"}
MAY_IMPORT: dict[str, set[str]] = {
    "app.protocol": set(),
    "app.errors": set(),
    "app.settings": {"app.errors"},
    "app.paths": {"app.errors", "app.system"},
    "app.journal": {"app.errors"},
    "app.system": {"app.errors"},
    "app.knowledge": {"app.protocol", "app.errors"},
    "app.private": set(),
    "app.capture": {"app.errors", "app.system", "app.private"},
    "app.diagnostics": {"app.errors", "app.system", "app.protocol"},
    "app.helpdesk": {"app.errors", "app.protocol", "app.knowledge", "app.private"},
    "app.assist": {"app.errors", "app.protocol", "app.system"},
    "app.answers": LOW | SERVICES,
    "app.report": LOW | SERVICES | {"app.answers"},
    "app.ui": LOW | SERVICES | {"app.answers", "app.report"},
    "app.commands": LOW | SERVICES | {"app.answers", "app.report", "app.assembly"},
    "server_stub": {"app.protocol", "app.knowledge", "app.errors"},
}
ANYTHING = ("app.assembly", "app.__main__")
QT = ("app.ui", *ANYTHING)
HEAVY = ("numpy", "cv2", "onnxruntime", "rapidocr", "av", "aiortc")
MAY_BE_HEAVY = ("app.capture", "app.assist", "server_stub")
SYSTEM_QUESTIONS = ("sys.platform", "platform.system(", "os.name ")
SOURCES = [path for top in ("app", "server_stub") for path in sorted((ROOT / top).rglob("*.py"))]


def inside(name: str, *packages: str) -> bool:
    return any(name == package or name.startswith(package + ".") for package in packages)


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_package(name: str) -> bool:
    return (ROOT / Path(*name.split("."))).is_dir()


def complaints(module: str, source: str) -> list[str]:
    """What a module's imports break, one sentence each."""
    names = set(imports(ast.parse(source)))
    found = []
    if not inside(module, *QT) and any(inside(name, "PySide6") for name in names):
        found.append("Qt lives in app.ui")
    if not inside(module, *MAY_BE_HEAVY) and any(inside(name, *HEAVY) for name in names):
        found.append("numpy and the engines stay out of the tray")
    if not inside(module, "app.system") and any(question in source for question in SYSTEM_QUESTIONS):
        found.append("only app.system asks which system this is")
    ours = {name for name in names if inside(name, "app", "server_stub")} - {"app.__version__"}
    if module != "app" and not inside(module, *ANYTHING):
        package = next((each for each in MAY_IMPORT if inside(module, each)), None)
        if package is None:
            return [*found, f"{module} belongs to no layer"]
        allowed = {package, *MAY_IMPORT[package]}
        found += [f"{module} may not import {name}" for name in sorted(ours) if not inside(name, *allowed)]
    if inside(module, "app"):
        found += [f"{module} may not import {name}" for name in sorted(ours) if inside(name, "server_stub")]
    return found


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_module_keeps_to_its_layer(path: Path) -> None:
    assert complaints(module_of(path), path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("app.capture.frame", "from PySide6.QtGui import QImage"),
        ("app.capture.frame", "from app import ui"),
        ("app.helpdesk.outbox", "import app.capture.frame"),
        ("app.report", "import server_stub.database"),
        ("app.ui.tray", "import numpy"),
        ("app.helpdesk.outbox", "import sys\nif sys.platform == 'win32': pass"),
        ("server_stub.tickets", "from app.helpdesk import outbox"),
        ("app.surprise", "import json"),
    ],
)
def test_the_rules_catch_a_breach(module: str, source: str) -> None:
    assert complaints(module, source)


@pytest.mark.parametrize("path", [p for p in SOURCES if p.name == "__init__.py"], ids=module_of)
def test_a_package_file_holds_no_code(path: Path) -> None:
    kinds = {type(node) for node in ast.parse(path.read_text(encoding="utf-8")).body}

    assert kinds <= {ast.Expr, ast.Assign, ast.Import, ast.ImportFrom, ast.FunctionDef}
