"""How an operator's entries for Zadarma are read: a SIP login as any other (`sip/entering.py`), and the keys of the API."""

from __future__ import annotations

from collections.abc import Mapping

from ringtrue.voice.lines.about import Entered, NotEntered
from ringtrue.voice.lines.sip import entering as sip
from ringtrue.voice.lines.zadarma.about import HOSTS


def read(given: Mapping[str, str]) -> Entered:
    """`given`: as the fields of `about.ABOUT`. Connecting the same login again changes the credentials. Raises NotEntered."""
    key, secret = given.get("key", "").strip(), given.get("secret", "").strip()
    if not key:
        raise NotEntered("key", "Write the API key: under Settings, Integrations and API, Keys and API, in your Zadarma account.")
    if not secret:
        raise NotEntered("secret", "Write the API secret. It stands beside the API key.")
    host = given.get("host", "")
    if host not in dict(HOSTS):
        raise NotEntered("host", "Choose what Ringtrue signs in with: a SIP login, or an extension of the PBX.")
    login = sip.read({**given, "kind": "account", "transport": "udp", "name": f"Zadarma {given.get('user', '').strip()}"})
    return Entered(account=login.account, name=login.name, credentials={**login.credentials, "key": key, "secret": secret})
