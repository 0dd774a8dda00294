"""`deskbell diagnose`: what this computer would say about itself in a ticket, and what is wrong with it."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from app.commands.call import Call, ExitCode, add_json, print_json

if TYPE_CHECKING:
    from app.commands.call import Verbs
    from app.diagnostics.runner import Diagnosis


def declare(verbs: Verbs, shared: argparse.ArgumentParser) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser("diagnose", parents=[shared], help="check this computer and its way to the helpdesk")
    add_json(parser)
    parser.set_defaults(run=run)


def run(call: Call) -> ExitCode:
    """Print facts and findings; findings are an answer, not a failure."""
    services = call.services
    diagnosis = services.device.diagnose(window=services.system.foreground())
    if call.options.json:
        print_json(as_json(diagnosis))
        return ExitCode.DONE
    for seen in diagnosis.observations:
        for item in seen.items:
            print(f"{item.name:24}{item.value}")
    print()
    for finding in diagnosis.findings:
        print(f"[{finding.severity}] {finding.sentence} {finding.recommendation}".rstrip())
    if not diagnosis.findings:
        print("Nothing wrong was found.")
    return ExitCode.DONE


def as_json(diagnosis: Diagnosis) -> dict[str, object]:
    """The printed form: `{context, findings, milliseconds}`."""
    return {
        "context": [
            {"name": item.name, "value": item.value, "origin": item.origin.value}
            for seen in diagnosis.observations
            for item in seen.items
        ],
        "findings": [
            {
                "probe": finding.probe,
                "section": finding.section.value,
                "severity": finding.severity.value,
                "summary": finding.sentence,
                "advice": finding.recommendation,
            }
            for finding in diagnosis.findings
        ],
        "milliseconds": round(diagnosis.milliseconds, 1),
    }
