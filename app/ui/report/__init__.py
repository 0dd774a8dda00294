"""The report window, from the click to the ticket's number.

Everybody who wants a report calls `start_report`: the tray, the home page, a second start of the program.
"""

from app.ui.report.begin import start_report

__all__ = ["start_report"]
