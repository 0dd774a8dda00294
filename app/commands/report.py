"""`deskbell report --image FILE --say TEXT`: a report without a window, for scripts and for tills without hands."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from app.commands.call import Call, ExitCode, add_json, print_error, print_json
from app.errors import HelpdeskError

if TYPE_CHECKING:
    from app.commands.call import Verbs
    from app.commands.delivery import Delivery
    from app.report import Journey

UNASKED = 10.0
"""Seconds to try to send when nobody said how long."""


def declare(verbs: Verbs, shared: argparse.ArgumentParser) -> None:
    """Add the verb to the command line."""
    parser = verbs.add_parser(
        "report",
        parents=[shared],
        help="report a problem with a picture and a sentence",
        description="The report is kept on this computer before anything is sent. Without --wait that is enough.",
    )
    parser.add_argument("--image", type=Path, action="append", metavar="FILE", help="a picture of the problem")
    parser.add_argument("--say", default="", metavar="TEXT", help="what is wrong, in a sentence")
    parser.add_argument("--wait", type=seconds, metavar="SECONDS", help="end with 1 when it has not arrived by then")
    parser.add_argument("--later", action="store_true", help="only keep it; the bell in the tray sends it")
    add_json(parser)
    parser.set_defaults(run=run, keeps_log=True, parser=parser)


def seconds(text: str) -> float:
    """0 to an hour. Raises ArgumentTypeError."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 3600:
        raise argparse.ArgumentTypeError(f"{text} is not a number of seconds from 0 to 3600")
    return value


def run(call: Call) -> ExitCode:
    """Read, look for answers, keep the report, deliver it."""
    options, services = call.options, call.services
    if not options.image and not options.say.strip():
        options.parser.error("a report needs --image or --say")
    journey = services.journey()
    draft_id = keep(journey, options.image or [], options.say)
    patience = UNASKED if options.wait is None else options.wait
    if options.later or not services.settings.server_url:
        return say(call, journey, draft_id, None)
    from app.commands.delivery import deliver

    return say(call, journey, draft_id, deliver(services.outbox, services.courier, draft_id, patience))


def keep(journey: Journey, images: list[Path], sentence: str) -> UUID:
    """Walk the journey up to the outbox; text that cannot be read does not stop a report. Raises HelpdeskError."""
    from app.report import picture_of

    frames = [journey.open_picture(path) for path in images]
    for frame in frames[:1]:
        try:
            journey.suggest(journey.read(frame))
        except HelpdeskError as error:
            print_error(error)
    return journey.send(journey.manifest(sentence, [picture_of(frame) for frame in frames]))


def say(call: Call, journey: Journey, draft_id: UUID, delivery: Delivery | None) -> ExitCode:
    """Tell where the report is now."""
    options = call.options
    state = call.services.outbox.get(draft_id).state.value if delivery is None else delivery.item.state.value
    number = delivery.item.number if delivery is not None else ""
    trouble = delivery.trouble if delivery is not None else None
    if options.json:
        advice = journey.advice
        print_json(
            {
                "draft_id": str(draft_id),
                "number": number or None,
                "state": state,
                "complete": delivery is not None and delivery.complete,
                "codes": list(journey.signature.codes),
                "suggestions": [article.title for article in advice.suggestions] if advice is not None else [],
                "milliseconds": {step.value: round(took, 1) for step, took in journey.milliseconds.items()},
                "error": None if trouble is None else {"summary": trouble.summary, "hint": trouble.hint},
            }
        )
    elif number:
        print(f"Your report is {number}.")
    else:
        print(f"Your report is kept on this computer as {draft_id} and will be sent later.")
    if trouble is not None:
        print_error(trouble)
    refused = trouble is not None and state == "refused"
    return ExitCode.FAILED if refused or (options.wait is not None and not number) else ExitCode.DONE
