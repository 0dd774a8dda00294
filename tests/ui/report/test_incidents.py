"""What IT knows of already is told before anything else, where it is looked at first."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from PySide6.QtWidgets import QApplication, QLabel, QWidget

from app.protocol.announcements import Announcement, Severity
from app.ui.article import ArticleView
from app.ui.background import Background
from app.ui.language import LanguageSwitch
from app.ui.report.incident_card import IncidentCard
from app.ui.reports import Reports
from app.ui.theme import Theme
from tests.ui.report.conftest import Shop

DOWN = Announcement(
    id=UUID(int=7),
    title="Card terminals are down",
    body="**Cash** and QR codes work.",
    severity=Severity.INCIDENT,
    locale="en",
    since=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
    until=None,
)
PARTY = DOWN.model_copy(update={"id": UUID(int=8), "title": "Summer party", "severity": Severity.NOTICE})


def words(widget: QWidget) -> str:
    labels = [label.text() for label in widget.findChildren(QLabel)]
    return "\n".join([*labels, *(view.toPlainText() for view in widget.findChildren(ArticleView))])


def test_an_incident_stands_above_the_answers(shop: Shop) -> None:
    shop.incidents = (DOWN,)
    flow = shop.advised()
    answers = flow.window.picture.answers
    shop.wait(lambda: bool(answers.cards) and answers.cards[0].y() > 0)

    card = answers.incidents[0]

    assert card.y() < answers.cards[0].y()
    assert "Card terminals are down" in words(card)
    assert "Cash and QR codes work." in words(card)
    assert "you need not report it" in words(card)


def test_a_till_is_told_where_it_sends(shop: Shop, qapp: QApplication, english: LanguageSwitch) -> None:
    Theme(qapp, "light")
    shop.incidents = (DOWN, PARTY)
    flow = shop.report(quick=True)
    window, check = flow.window, flow.window.check
    window.setGeometry(0, 0, 1024, 728)
    shop.wait(check.go.isEnabled)

    check.private.show()  # what looks private is offered here as well

    english.use("zh-CN")

    assert [card.incident for card in check.incidents] == [DOWN]
    shop.wait(lambda: "无需再次报告" in words(check))
    bottom = check.go.mapTo(window, check.go.rect().bottomRight())
    assert bottom.x() < 1024
    assert bottom.y() < 728
    assert window.minimumSizeHint().height() <= 728


def test_only_incidents_are_told_to_somebody_who_reports(shop: Shop, background: Background) -> None:
    reports = Reports(shop.services, background, lambda: (DOWN, PARTY))

    reports.begin()
    flow = reports.flow
    assert flow is not None
    shop.flows.append(flow)
    shop.wait(lambda: flow.window.isVisible())

    assert [card.incident for card in flow.window.findChildren(IncidentCard)] == [DOWN, DOWN]
