"""Giving an order: on the data folder itself when nobody works on it, else to the server that does."""

from __future__ import annotations

import http.client
import json
from pathlib import Path

from pydantic import ValidationError

from app.errors import HelpdeskError
from server_stub.control.carrying_out import carry_out
from server_stub.control.orders import ORDER, Order, Report
from server_stub.folder import DataFolder, FolderInUse
from server_stub.services import open_services

PATIENCE = 600.0
"""Seconds an import may take."""


def give(root: Path, order: Order, address: str = "") -> Report:
    """Have an order carried out and return its report. Raises HelpdeskError when it was not.

    On PostgreSQL, whose `address` is given, servers and orders work side by side.
    """
    try:
        services = open_services(root, address=address)
    except FolderInUse as taken:
        return _call(DataFolder(root), order, taken)
    try:
        return carry_out(order, services)
    finally:
        services.close()


def _call(folder: DataFolder, order: Order, taken: FolderInUse) -> Report:
    try:
        ear = json.loads(folder.control.read_text("ascii"))
        connection = http.client.HTTPConnection(str(ear["host"]), int(ear["port"]), timeout=PATIENCE)
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {ear['secret']}"}
        connection.request("POST", "/control", ORDER.dump_json(order), headers)
        with connection.getresponse() as response:
            status, body = response.status, response.read()
        connection.close()
        report = Report.model_validate_json(body) if status == 200 else None
    except (OSError, ValueError, KeyError, http.client.HTTPException, ValidationError):
        raise taken from None
    if report is None:
        raise taken
    if report.failed:
        raise HelpdeskError(report.failed, report.hint)
    return report
