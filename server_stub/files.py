"""Files as answers, whole or in parts, with problem details where a part cannot be had."""

from __future__ import annotations

from fastapi.responses import FileResponse
from starlette.types import Message, Receive, Scope, Send

from app.protocol.problems import ProblemCode
from server_stub.problems import Refusal, answer


class KeptFile(FileResponse):
    """A file that takes `Range` and `If-Range`; what the framework says in plain text otherwise is a problem here."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refused = 0

        async def told(message: Message) -> None:
            nonlocal refused
            if message["type"] == "http.response.start" and message["status"] in (400, 416):
                refused = message["status"]
            elif not refused:
                await send(message)

        await super().__call__(scope, receive, told)
        if refused:
            problem = answer(Refusal(ProblemCode.MALFORMED, "the file does not have that range"))
            problem.status_code = refused
            await problem(scope, receive, send)
