"""`ringtrue take-mail WORKSPACE < MESSAGE`: a request that was written to the privacy address of a workspace goes into its list.

For the mail server, which runs it for each message: `privacy: "|ringtrue take-mail riverside-dental"` in its aliases. The sender gets a
mail with the page on which to follow the request, and, where the right asks for it, the code that shows who they are.
"""

from __future__ import annotations

import argparse
import email.policy
import os
import re
import sys
from email.message import EmailMessage as Letter
from email.utils import parseaddr

from django.conf import settings
from django.core.mail import EmailMessage

from ringtrue.accounts import limiting
from ringtrue.accounts.limiting import DAY, HOUR, Window
from ringtrue.accounts.models import Workspace
from ringtrue.accounts.scoping import system_scope, workspace_scope
from ringtrue.rights import receiving, verifying
from ringtrue.rights.models import KINDS

MOST_BYTES = 1_000_000
PER_SENDER = (Window(5, HOUR), Window(20, DAY))
# The first that fits. What fits none asks to see the data: the desk reads the words beside it.
WORDS: tuple[tuple[str, str], ...] = (
    ("opt_out_sale", r"\b(?:do not|don.t|stop|never|not) (?:sell|share|selling|sharing)\b"),
    ("limit_sensitive", r"\bsensitive\b"),
    ("withdrawal", r"\b(?:withdraw|take back|revoke)\b.*\bconsent\b|\bunsubscribe\b"),
    ("child", r"\bmy (?:child|son|daughter)\b"),
    ("deletion", r"\b(?:delete|deletion|erase|erasure|remove|forget)\b"),
    ("correction", r"\b(?:correct|correction|rectify|wrong|misspelt)\b"),
    ("restriction", r"\brestrict(?:ion)?\b"),
    ("objection", r"\b(?:object|objection|stop using)\b"),
    ("portability", r"\b(?:portability|machine.readable)\b"),
)


class NotARequest(ValueError):
    """An answering machine of mail, or a message without a sender or words."""


def take(workspace: Workspace, message: bytes) -> receiving.Received:
    """Raises NotARequest; limiting.TooMany for a sender who has written too often."""
    letter = email.message_from_bytes(message, policy=email.policy.default)
    assert isinstance(letter, Letter)
    name, sender = parseaddr(str(letter.get("From", "")))
    if str(letter.get("Auto-Submitted", "no")).lower() != "no" or "@" not in sender:
        raise NotARequest("written by a machine, or by nobody")
    words = _words(letter)
    if not words:
        raise NotARequest("without words")
    limiting.take("rights-mail", sender.lower(), PER_SENDER)
    pages = f"{settings.PUBLIC_URL}/privacy/{workspace.slug}/"
    with workspace_scope(workspace.id):
        try:
            made = receiving.receive(
                workspace.id, kind_of(words), channel="email", name=name[:120], email=sender[:200], words=words[:4000]
            )
        except receiving.NotOpen:
            _reply(
                workspace, sender, f"Which rights you have depends on where you live. Please say so on this page:\n\n{pages}\n"
            )
            raise NotARequest("does not say where the person lives") from None
        follow = f"{pages}request/{made.token}/"
        asked = KINDS[made.request.kind].lower()
        _reply(workspace, sender, f"Your request has arrived: {asked}. You can follow it here:\n\n{follow}\n")
        verifying.begin(made.request, business=workspace.name)
    return made


def _reply(workspace: Workspace, to: str, text: str) -> None:
    said = f"Your request to {workspace.name}"
    EmailMessage(subject=said, body=text, to=[to], headers={"Auto-Submitted": "auto-replied"}).send()


def kind_of(words: str) -> str:
    """One of rights.models.KINDS."""
    return next((kind for kind, pattern in WORDS if re.search(pattern, words, re.I | re.S)), "access")


def _words(letter: Letter) -> str:
    """Subject and text, without what is quoted from an earlier mail."""
    part = letter.get_body(preferencelist=("plain",))
    text = part.get_content() if part is not None else ""
    own = [line for line in text.splitlines() if not line.startswith(">")]
    return "\n".join([str(letter.get("Subject", "")), *own]).strip()


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="ringtrue take-mail", description=__doc__)
    parser.add_argument("workspace", help="the name in its addresses, as in /w/NAME/")
    options = parser.parse_args(argv)
    with system_scope("a request by mail names its workspace"):
        workspace = Workspace.objects.filter(slug=options.workspace).first()
    if workspace is None:
        print(f"There is no workspace {options.workspace}.", file=sys.stderr)
        return os.EX_NOUSER
    try:
        take(workspace, sys.stdin.buffer.read(MOST_BYTES))
    except NotARequest:
        return 0  # nothing to answer: a bounce of ours would be answered by a machine again
    except limiting.TooMany:
        return os.EX_TEMPFAIL
    return 0
