"""The engines there are, best first."""

from __future__ import annotations

from app.capture.engine import ReadingEngine
from app.capture.rapid import RapidEngine
from app.capture.tesseract import TesseractEngine


def all_engines() -> tuple[ReadingEngine, ...]:
    """One of each; making them loads nothing."""
    return (RapidEngine(), TesseractEngine())
