"""A stand-in for an Asterisk, written from its documentation; it was never compared with a real one.

It executes the very dialplan that the console shows (https://docs.asterisk.org/Configuration/Dialplan/): variables, the functions CURL,
URIENCODE, LEN and CALLERID, the applications that stand in it. One object is one channel that executes a context of it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote, urlsplit

from picows import ws_connect

from ringtrue.reception.tests.asterisk_media import AudioSocketStream, Media, WebSocketChannel

Post = Callable[[str, bytes], tuple[int, bytes]]
Conversation = Callable[[Media], Awaitable[None]]


class AsteriskCall:
    """`post(address, body) -> (status, body)` reaches our hooks. `dialplan`, `websocket_client`: the files, as the operator has them.
    `rings() -> DIALSTATUS`: who is called at the trunk, until that is over.
    Afterwards `applications` are those that were executed, `dialed` the numbers at the trunk, `media` the connection to us."""

    unique = 1763800000.0

    def __init__(
        self, post: Post, dialplan: str, websocket_client: str, exten: str, caller: str, *, context: str = "ringtrue", unique: str = "",
        variables: dict[str, str] | None = None, rings: Callable[[], str] = lambda: "ANSWER",
    ) -> None:  # fmt: skip
        AsteriskCall.unique += 1
        self.variables = {
            "EXTEN": exten,
            "UNIQUEID": unique or f"{AsteriskCall.unique}",
            "CALLERID(num)": caller,
            **(variables or {}),
        }
        self.reference = self.variables["UNIQUEID"]
        self._context, self._rings = context, rings
        self._post = post
        self._uri = re.search(r"^uri = (\S+)", websocket_client, re.MULTILINE)[1]  # type: ignore[index]
        self._client = re.search(r"^\[(\w+)\]", websocket_client)[1]  # type: ignore[index]
        self._steps: dict[str, list[tuple[str, str, str]]] = {}  # pattern -> (label, application, arguments)
        self.applications: list[str] = []
        self.statuses: list[int] = []
        self.dialed: list[str] = []
        self.media: Media | None = None
        self._read(dialplan)

    def _read(self, dialplan: str) -> None:
        pattern = context = ""
        for line in dialplan.splitlines():
            if section := re.fullmatch(r"\[([\w-]+)\]", line):
                context = section[1]
            elif context not in ("globals", self._context):
                continue
            elif step := re.fullmatch(r"(?:exten => ([^,]+),1|\s+same => n)(?:\((\w+)\))?,(\w+)\((.*)\)", line):
                pattern = step[1] or pattern
                self._steps.setdefault(pattern, []).append((step[2] or "", step[3], step[4]))
            elif entry := re.fullmatch(r"(\w+) = (.*)", line):
                self.variables[entry[1]] = entry[2]
            else:
                assert not line, f"an Asterisk would not read: {line}"

    def run(self, conversation: Conversation) -> None:
        (pattern,) = [one for one in self._steps if one != "h"]
        if pattern.startswith("_"):
            assert re.fullmatch(pattern[1:].replace(".", ".+").replace("X", "[0-9]"), self.variables["EXTEN"])
        else:
            assert pattern == self.variables["EXTEN"]
        self._execute(self._steps[pattern], conversation)
        self._execute(self._steps.get("h", []), conversation)

    def _execute(self, steps: list[tuple[str, str, str]], conversation: Conversation) -> None:
        at = 0
        while at < len(steps):
            _, application, given = steps[at]
            arguments = self.filled(given)
            self.applications.append(application)
            at += 1
            if application == "Set":
                name, _, value = arguments.partition("=")
                self.variables[name] = value
            elif application == "GotoIf":
                condition, _, label = arguments.partition("?")
                if condition not in ("", "0"):
                    at = next(index for index, step in enumerate(steps) if step[0] == label)
            elif application == "Hangup":
                return
            elif application == "Answer":
                pass
            else:
                getattr(self, f"_{application.lower()}")(arguments, conversation)
                if self.media is not None and self.media.hung_up:
                    return

    # Applications

    def _dial(self, arguments: str, conversation: Conversation) -> None:
        technology, _, rest = arguments.partition("/")
        if technology != "WebSocket":
            number, _, options = rest.partition(",")
            assert "L(" in options or self._context == "ringtrue-out", "a transfer without a limit"
            self.dialed.append(number.partition("@")[0])
            self.variables["DIALSTATUS"] = self._rings()
            return
        client, _, options = rest.partition("/")
        assert client == self._client, "no such client in websocket_client.conf"
        held = re.fullmatch(r"c\(ulaw\)nv\((.*)\)", options)
        assert held is not None, options
        channel = WebSocketChannel()
        self._converse(channel, ws_connect(lambda: channel, f"{self._uri}?{held[1]}"), conversation)
        self.variables["DIALSTATUS"] = "ANSWER" if channel.answered else "CHANUNAVAIL"

    def _audiosocket(self, arguments: str, conversation: Conversation) -> None:
        name, _, address = arguments.partition(",")
        service = urlsplit(f"//{address}")
        stream = AudioSocketStream()
        self._converse(stream, stream.connect(str(service.hostname), service.port or 0, name), conversation)

    def _converse(self, media: Media, connecting: Awaitable[Any], conversation: Conversation) -> None:
        self.media = media

        async def run() -> None:
            await connecting
            playing = asyncio.create_task(media.clock())
            await conversation(media)
            await media.over()
            await playing

        asyncio.run(run())

    # Variables and functions

    def filled(self, text: str) -> str:
        """With each ${...} and $[...], the inner ones first."""
        while held := re.search(r"\$\{([^${}]*)\}", text):
            text = text[: held.start()] + self._value(held[1]) + text[held.end() :]
        while held := re.search(r"\$\[([^][]*)\]", text):
            left, _, right = held[1].partition(" != ")
            text = text[: held.start()] + str(int(left.strip() != right.strip())) + text[held.end() :]
        return text

    def _value(self, name: str) -> str:
        function = re.fullmatch(r"(\w+)\((.*)\)", name)
        if function is None or name in self.variables:
            base, _, cut = name.partition(":")
            held = self.variables.get(base, "")
            return held[int(cut.split(":")[0]) :][: int(cut.split(":")[1])] if cut else held
        what, given = function[1], function[2]
        if what == "URIENCODE":
            return quote(given, safe="")
        if what == "LEN":
            return str(len(given))
        assert what == "CURL", name
        address, _, body = given.partition(",")
        status, answer = self._post(urlsplit(address).path, body.encode())
        self.statuses.append(status)
        return answer.decode()


def originate(
    post: Post, dialplan: str, websocket_client: str, told: dict[str, Any], conversation: Conversation, status: str = "ANSWER"
) -> AsteriskCall:
    """A Local channel, as ARI was `told` to make it: its second half rings the number; when that is answered (`status`), its first half is
    connected. Returns the second half when all is over."""
    number = told["endpoint"].removeprefix("Local/").partition("@")[0]

    def rings() -> str:
        if status == "ANSWER":
            variables = told["variables"]
            AsteriskCall(
                post, dialplan, websocket_client, told["extension"], number, context=told["context"], variables=variables
            ).run(conversation)
        return status

    called = AsteriskCall(
        post,
        dialplan,
        websocket_client,
        number,
        told["callerId"],
        context="ringtrue-out",
        unique=told["otherChannelId"],
        rings=rings,
    )
    called.run(conversation)
    return called
