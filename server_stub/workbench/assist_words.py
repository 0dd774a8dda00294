"""What remote assistance says to agents, in the reader's language."""

from __future__ import annotations

from app.protocol.handover import Step
from app.protocol.language import Catalogue
from app.protocol.session import Grade, Reason, State
from server_stub.assist.service import Hurdle
from server_stub.events.tables import AssistStep, Details

GRADES = {Grade.VIEW: "View", Grade.POINT: "Point", Grade.CONTROL: "Control"}
STATES = {
    State.INVITED: "Calling the employee's computer…",
    State.SHOWN: "The employee is being asked",
    State.ALLOWED: "Allowed – connecting…",
    State.ACTIVE: "Connected",
    State.PAUSED: "Paused",
    State.ENDED: "Ended",
}
REASONS = {
    Reason.DENIED: "The employee said no",
    Reason.NOT_ANSWERED: "Nobody answered",
    Reason.NOT_STARTED: "Allowed, but the connection did not come about in time",
    Reason.STOPPED_BY_EMPLOYEE: "The employee stopped it",
    Reason.STOPPED_BY_AGENT: "The agent stopped it",
    Reason.HOST_ENDED: "Deskbell was closed on the employee's computer",
    Reason.LOCKED: "The employee's screen was locked",
    Reason.EXPIRED: "The time was up and was not extended",
    Reason.IDLE: "Nothing was done for a long time",
    Reason.LINK_LOST: "The connection was lost for too long",
    Reason.UNSUPPORTED: "The employee's desktop does not let Deskbell share its screen",
    Reason.DESKTOP_DENIED: "The desktop asked the employee as well, and did not get a yes for the same screen",
    Reason.DESKTOP_STOPPED: "It was ended by the desktop's own sign for sharing",
    Reason.SHUT_OUT: "The computer or the agent was shut out",
    Reason.VIOLATION: "It was ended because a message did not belong to it",
}
ADVICE = {
    Reason.DENIED: "That is their right. Write on the ticket what you need to see, or ask for a picture instead.",
    Reason.NOT_ANSWERED: "They may be away from the desk or serving a customer. Write on the ticket, or try later.",
    Reason.VIOLATION: "Tell whoever looks after security, with the ticket's number.",
    Reason.UNSUPPORTED: "A session under Wayland cannot be shared unless IT allows it. Ask for a picture instead.",
    Reason.DESKTOP_DENIED: "Invite again: they have half a minute to choose the same screen in the desktop's question.",
    Reason.LINK_LOST: "Invite again when the computer is back on the network.",
}
HURDLES = {
    Hurdle.TICKET_CLOSED: "Remote assistance starts from an open ticket only.",
    Hurdle.REASON_SHORT: "Say in at least ten characters why: the employee reads it.",
    Hurdle.PROOF_NEEDED: "Give your password once more.",
    Hurdle.PROOF_WRONG: "That is not your password.",
    Hurdle.TOO_OFTEN: "Too many attempts. Wait a few minutes.",
    Hurdle.BUSY: "Busy: a colleague is connected to this computer or is asking to be.",
    Hurdle.BUSY_YOURSELF: "You have an invitation or session on this computer already. End it first.",
}
STEPS = {
    AssistStep.INVITED: "{actor} offered remote assistance",
    AssistStep.SHOW: "The employee was asked about remote assistance",
    AssistStep.ALLOW: "The employee allowed the screen to be seen",
    AssistStep.DENY: "The employee did not allow it",
    AssistStep.NOT_ANSWERED: "The question was not answered",
    AssistStep.START: "Remote assistance began",
    AssistStep.ASK_GRADE: "Asked the employee for “{grade}”",
    AssistStep.GRANT_GRADE: "The employee allowed “{grade}”",
    AssistStep.REFUSE_GRADE: "The employee did not allow more",
    AssistStep.LOWER_GRADE: "Back to “{grade}”",
    AssistStep.ASK_SCREEN: "Asked the employee for another screen",
    AssistStep.CHOOSE_SCREEN: "The employee chose another screen to be seen",
    AssistStep.REFUSE_SCREEN: "The employee did not show another screen",
    AssistStep.PAUSE: "The employee paused the picture",
    AssistStep.RESUME: "The picture goes on",
    AssistStep.LOSE_LINK: "The connection was cut",
    AssistStep.REGAIN_LINK: "The connection is back",
    AssistStep.CONFIRM: "The employee extended the time",
    AssistStep.CHAT: "They wrote to each other during remote assistance",
    AssistStep.OFFER_FILE: "{actor} offered the file “{file}”",
    AssistStep.OFFER_TEXT: "{actor} offered text for the clipboard",
    AssistStep.TAKE_OFFER: "The employee took it",
    AssistStep.REFUSE_OFFER: "The employee did not take it",
    AssistStep.WITHDRAW_OFFER: "{actor} withdrew it",
    AssistStep.END_OFFER: "{outcome}",
    AssistStep.GIVE_TEXT: "The employee sent copied text",
    AssistStep.RECORD: "The session is recorded",
    AssistStep.RECORDING_BROKEN: "The recording broke off: {file}",
    AssistStep.RECORDING_WATCHED: "{actor} watched the recording",
    AssistStep.RECORDING_DELETED: "{actor} deleted the recording",
    AssistStep.ENDED: "Remote assistance ended: {why}",
}
OUTCOMES = {
    Step.KEPT: "The file lies in the employee's download folder (SHA-256 {digest}…)",
    Step.CHANGED: "The file arrived changed and was deleted",
    Step.NO_SPACE: "There was no room for the file on the employee's computer",
    Step.INFECTED: "The employee's virus scanner objected to the file; it was deleted",
}


class AssistWords:
    """Names for what happens in remote assistance."""

    def __init__(self, tr: Catalogue) -> None:
        self._tr = tr

    def grade(self, grade: Grade) -> str:
        """A grade's name."""
        return self._tr(GRADES[grade])

    def state(self, state: State) -> str:
        """Where a session stands."""
        return self._tr(STATES[state])

    def reason(self, reason: Reason) -> str:
        """Why a session ended."""
        return self._tr(REASONS[reason])

    def advice(self, reason: Reason) -> str:
        """What an agent can do then."""
        return self._tr(ADVICE[reason]) if reason in ADVICE else ""

    def hurdle(self, hurdle: Hurdle) -> str:
        """Why an invitation was not made."""
        return self._tr(HURDLES[hurdle])

    def step(self, details: Details, actor: str) -> str:
        """One line of a session's history."""
        if details.step is None:
            return self._tr("Remote assistance")
        return self._tr(
            STEPS[details.step],
            actor=actor or self._tr("The server"),
            grade=self.grade(details.grade) if details.grade else "",
            why=self.reason(details.reason) if details.reason else "",
            file=details.told.split(" ", 2)[-1],
            outcome=self._outcome(details.told),
        )

    def _outcome(self, told: str) -> str:
        """How a file that was taken ended; `told` is the ledger's line, a step and a SHA-256."""
        step, _, digest = told.partition(" ")
        if step not in set(OUTCOMES):
            return ""
        return self._tr(OUTCOMES[Step(step)], digest=digest[:12])
