"""`deskbell journey`: walks the whole way of a report on a bundled picture, telling each step."""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from app.commands.call import Call, ExitCode, add_json, print_json
from app.errors import HelpdeskError

if TYPE_CHECKING:
    from app.commands.call import Verbs
    from app.commands.delivery import Delivery
    from app.helpdesk.privacy import Manifest
    from app.report import Journey

PICTURE = Path(__file__).parent.parent / "samples" / "pos-error.png"
SENTENCE = "收银台 03 刷卡支付一直失败，后面有顾客在排队。"
PATIENCE = 30.0
"""Seconds the demonstration tries to deliver its ticket."""


def declare(verbs: Verbs, shared: argparse.ArgumentParser) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser(
        "journey",
        parents=[shared],
        help="walk through a whole report on a bundled picture (--server URL --token TOKEN)",
    )
    parser.add_argument("--image", type=Path, default=PICTURE, metavar="FILE", help="another picture")
    parser.add_argument("--say", default=SENTENCE, metavar="TEXT", help="another sentence")
    add_json(parser)
    parser.set_defaults(run=run, keeps_log=True, parser=parser)


def run(call: Call) -> ExitCode:
    """Walk the journey; the last line is one JSON object. With --json it is the only one."""
    if not call.services.settings.server_url:
        call.options.parser.error("the journey needs --server URL")
    from app.commands.delivery import deliver
    from app.report import Step

    tell = Teller(quiet=call.options.json)
    services = call.services
    tell(f"Server      {services.server.base_url}")
    services.enrolment.credential(services.server.base_url) or services.server.enrol()
    services.reader.warm()
    tell(f"Knowledge   {knowledge(call)}")
    started = time.monotonic()
    journey = services.journey()
    manifest = walk(call, journey, tell)
    draft_id = journey.send(manifest)
    tell(f"Saved       report {draft_id} is safe on this computer", journey.milliseconds[Step.SAVE])
    sending = time.monotonic()
    delivery = deliver(services.outbox, services.courier, draft_id, PATIENCE)
    ended = time.monotonic()
    if not delivery.item.number:
        raise delivery.trouble or HelpdeskError(
            "The ticket did not reach the helpdesk in {seconds} s.", seconds=PATIENCE
        )
    took = {step.value: value for step, value in journey.milliseconds.items()}
    took |= {"deliver": (ended - sending) * 1000, "total": (ended - started) * 1000}
    tell(
        f"Delivered   ticket {delivery.item.number}, files complete: {'yes' if delivery.complete else 'no'}",
        took["deliver"],
    )
    closing(call, journey, delivery, took, tell)
    return ExitCode.DONE if delivery.complete else ExitCode.FAILED


class Teller:
    """Prints a step and its milliseconds, or nothing."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet

    def __call__(self, line: str, milliseconds: float | None = None) -> None:
        if not self._quiet:
            print(line if milliseconds is None else f"{line}  ({milliseconds:.0f} ms)", flush=True)


def knowledge(call: Call) -> str:
    """Fetch the pack, as the bell does when it starts, and say what is in it."""
    try:
        call.services.pack.refresh()
    except HelpdeskError as error:
        return f"the server is asked directly ({error.summary})"
    base = call.services.pack.base()
    return "the server is asked directly" if base is None else f"{base.count} articles on this computer"


def walk(call: Call, journey: Journey, tell: Teller) -> Manifest:
    """From the picture to the list of what will be sent."""
    from app.protocol.knowledge import Outcome
    from app.report import Step, picture_of

    frame = journey.open_picture(call.options.image)
    took = journey.milliseconds
    tell(f"Picture     {call.options.image.name}, {frame.image.width} x {frame.image.height}", took[Step.CAPTURE])
    reading = journey.read(frame)
    region = reading.region
    where = f"at {region.x},{region.y} {region.width} x {region.height}"
    kind = "dialog" if reading.is_dialog else "picture"
    tell(f"Read        {kind} {where}, {len(reading.lines)} lines by {reading.engine}", journey.milliseconds[Step.READ])
    for line in reading.lines:
        tell(f"            | {line.text}")
    advice = journey.suggest(reading)
    tell(f"Recognised  {', '.join(advice.signature.codes) or 'no code'}", journey.milliseconds[Step.SUGGEST])
    for place, article in enumerate(advice.suggestions, 1):
        why = ", ".join(article.reason.evidence) or article.reason.kind.value
        tell(f"Answer {place}    {article.title}  [{why}]")
    for article in advice.suggestions[:1]:
        body = journey.article(article.id).body
        tell(f"Opened      {article.title} ({len(body)} characters); it did not help")
        journey.outcome(article.id, Outcome.DID_NOT_HELP)
    manifest = journey.manifest(call.options.say, [picture_of(frame)])
    tell(f"Context     {len(journey.context())} facts about this computer", journey.milliseconds[Step.CONTEXT])
    parts = Counter(item.part.value for item in manifest.items if item.included)
    tell("Preview     exactly this will be sent: " + ", ".join(f"{part} {count}" for part, count in parts.items()))
    for item in manifest.items:
        if item.part == "field":
            tell(f"            | {item.label}: {item.value.replace(chr(10), ' / ')}  [{item.origin.value}]")
    return manifest


def closing(call: Call, journey: Journey, delivery: Delivery, took: dict[str, float], tell: Teller) -> None:
    """The last lines."""
    url = f"{call.services.server.base_url}/workbench/tickets/{delivery.item.ticket_id}"
    tell(f"Workbench   {url}")
    print_json(
        {
            "ticket": delivery.item.number,
            "suggestions": [article.title for article in journey.advice.suggestions] if journey.advice else [],
            "milliseconds": {step: round(value, 1) for step, value in took.items()},
            "workbench": url,
        }
    )
