"""The client on a temporary folder, with and without a real server."""

from __future__ import annotations

import gc
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QLocale
from PySide6.QtWidgets import QApplication

from app.assembly import Services, assemble
from app.protocol.language import Catalogue, Language
from app.ui import language, theme
from app.ui.background import Background
from app.ui.desk import Desk
from tests.server_stub.served import Served, serving


@pytest.fixture(autouse=True)
def english_and_light(qapp: QApplication) -> Iterator[None]:
    """Each test begins in English and in light colours, whatever the one before did."""
    palette, sheet, font = qapp.palette(), qapp.styleSheet(), qapp.font()
    yield

    language._Spoken.catalogue = Catalogue(Language.ENGLISH, {})
    theme._Worn.shades = theme.LIGHT
    QLocale.setDefault(QLocale("en"))
    qapp.setStyleSheet(sheet)
    qapp.setPalette(palette)
    qapp.setFont(font)
    QCoreApplication.sendPostedEvents()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol() -> Generator[None, object, object]:
    """Windows a test leaves behind are deleted here: no thread of its own, of its server's or of the next test may.

    The collector runs on whatever thread happens to allocate. A window deleted beside the thread that paints it takes
    the whole run along, and so does a timer that goes on without its object. Here, unlike in a fixture, the test's own
    arguments are no longer held. What was there before is frozen: looking it over each time took a quarter of the time.
    """
    gc.disable()
    gc.freeze()
    try:
        return (yield)
    finally:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
        gc.enable()


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment in which everything of the client's lies in the test's folder."""
    return {"DESKBELL_HOME": str(tmp_path / "home")}


@pytest.fixture
def services(home: dict[str, str]) -> Iterator[Services]:
    """The client's parts where no helpdesk is set up."""
    made = assemble({}, home)
    made.paths.make()
    yield made
    made.close()


@pytest.fixture
def helpdesk(tmp_path: Path) -> Iterator[Served]:
    """A real server in this process."""
    with serving(tmp_path / "server", unlimited=True) as running:
        yield running


@pytest.fixture
def connected(home: dict[str, str], helpdesk: Served) -> Iterator[Services]:
    """The client's parts with that server set up."""
    made = assemble({"server_url": helpdesk.url, "enrolment_token": helpdesk.token}, home)
    made.paths.make()
    yield made
    made.close()


@pytest.fixture
def background(qapp: QApplication) -> Iterator[Background]:
    made = Background()
    yield made
    made.close()


@pytest.fixture
def desk(services: Services, background: Background) -> Desk:
    return Desk(services, background)


@pytest.fixture
def online(connected: Services, background: Background) -> Desk:
    return Desk(connected, background)
