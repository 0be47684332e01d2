"""Deleting at the carriers what is deleted here. When, how often, and what they answered: `privacy/deleting_elsewhere.py`."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from cryptography.fernet import InvalidToken

from ringtrue.accounts.scoping import workspace_scope
from ringtrue.numbers.connecting import credentials_of
from ringtrue.numbers.models import LineAccount
from ringtrue.privacy import deleting_elsewhere
from ringtrue.privacy.deleting_elsewhere import Answer, NotYet, Refused
from ringtrue.voice.lines import finding
from ringtrue.voice.lines.deleting import NotNow, WillNot


def register() -> None:
    for line in finding.lines():
        module = finding.part(line, "deleting")
        if module is not None:
            deleting_elsewhere.DELETERS[line] = _deleter(line, module)


def _deleter(line: str, module: Any) -> deleting_elsewhere.Deleter:
    def delete(workspace_id: UUID, account: str, kind: str, reference: str) -> Answer:
        """`account`: the carrier's name of it; "" asks each that is connected."""
        with workspace_scope(workspace_id):
            accounts = list(LineAccount.objects.filter(line=line, **({"account_ref": account} if account else {})))
        if not accounts:
            raise Refused("no_account")
        for one in accounts:
            try:
                if module.delete(one.account_ref, credentials_of(one), kind, reference):
                    return Answer("deleted")
            except NotNow as reason:
                raise NotYet(str(reason)) from None
            except InvalidToken:
                raise Refused("credentials") from None
            except WillNot as reason:
                raise Refused(str(reason)) from None
        return Answer("not_found", found=False)

    return delete
