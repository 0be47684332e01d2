"""Which language models answer the calls of a workspace: connecting them, checking them, and what goes with the order of a call.

Keys are locked with Fernet in the database and opened only here: for the order of a call, which goes to the loop over the private
socket of this installation, and for a check. Nothing of this is written to a log, an event or an audit entry.
"""

from __future__ import annotations

import importlib.util
import os
from typing import Any, Literal, cast
from uuid import UUID

import httpx
import structlog
from cryptography.fernet import InvalidToken

from ringtrue.agents import asking_order
from ringtrue.agents.models import LanguageModel
from ringtrue.core import audit
from ringtrue.core.encrypting import lock_credentials, unlock_credentials
from ringtrue.notifications import reaching
from ringtrue.privacy import subprocessors
from ringtrue.voice.agent import ModelChoice, StorageMode

log = structlog.get_logger(__name__)
Provider = Literal["anthropic", "openai", "compatible"]
MOST = 5
CHECK_S = 12.0
NAMES = {"anthropic": "Anthropic", "openai": "OpenAI", "compatible": "Own server"}
ADDRESSES = {"anthropic": "https://api.anthropic.com", "openai": "https://api.openai.com/v1"}
EXTRA_MISSING = (
    "This installation lacks the package that talks to language models. "
    "Whoever runs it installs it with: pip install -r requirements/llm.txt"
)


class CannotConnect(ValueError):
    """`str(self)` is a sentence for the person at the form; `field` names the input it is about."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def installed() -> bool:
    return importlib.util.find_spec("pydantic_ai") is not None


def of_installation() -> ModelChoice | None:
    """A model that whoever runs the installation gives to every workspace that has none of its own: RINGTRUE_MODEL_PROVIDER
    (anthropic, openai, compatible), RINGTRUE_MODEL, RINGTRUE_MODEL_KEY, RINGTRUE_MODEL_URL (any server, also inside)."""
    provider, model = os.environ.get("RINGTRUE_MODEL_PROVIDER", ""), os.environ.get("RINGTRUE_MODEL", "")
    if provider not in LanguageModel.PROVIDERS or not model:
        return None
    return ModelChoice(
        provider=cast("Provider", provider),
        model=model,
        base_url=os.environ.get("RINGTRUE_MODEL_URL", ""),
        key=os.environ.get("RINGTRUE_MODEL_KEY", ""),
    )


def connected(workspace_id: UUID) -> list[LanguageModel]:
    """In the order in which they are asked. Needs the workspace's scope."""
    return asking_order.in_order(LanguageModel, workspace_id)


def chosen(workspace_id: UUID, mode: StorageMode) -> tuple[ModelChoice, ...]:
    """For a call of this storage mode. Where nothing that is said may be kept, it is not given to a provider either, unless the
    business said so for that model; the installation's own model needs RINGTRUE_MODEL_IN_METADATA_ONLY=1 for that."""
    rows = connected(workspace_id)
    if not rows:
        own = of_installation()
        if own is not None and subprocessors.withheld(workspace_id, [own.provider]):
            return ()
        allowed = mode != "metadata_only" or os.environ.get("RINGTRUE_MODEL_IN_METADATA_ONLY") == "1"
        return (own,) if own is not None and allowed else ()
    found = []
    withheld = subprocessors.withheld(workspace_id, [row.provider for row in rows])
    for row in rows:
        if row.provider in withheld:
            continue
        if mode == "metadata_only" and not row.in_metadata_only:
            continue
        try:
            found.append(choice_of(row))
        except InvalidToken:  # the keys of this installation were lost: a call is answered all the same
            log.error("key of a language model cannot be opened", language_model=str(row.id))
    return tuple(found)


def choice_of(row: LanguageModel) -> ModelChoice:
    key = unlock_credentials(row.key_locked)["key"] if row.key_locked else ""
    return ModelChoice(provider=cast("Provider", row.provider), model=row.model, base_url=row.base_url, key=key)


def connect(
    workspace_id: UUID, *, provider: str, model: str, key: str, base_url: str = "", in_metadata_only: bool = False, actor: str
) -> LanguageModel:
    """A new model, asked after those that are there. Needs the workspace's scope. Raises CannotConnect."""
    model, key, base_url = model.strip(), key.strip(), base_url.strip().rstrip("/")
    if provider not in LanguageModel.PROVIDERS:
        raise CannotConnect("provider", "Please choose the provider from the list.")
    if not model or len(model) > 120 or any(ord(letter) <= 32 for letter in model):
        raise CannotConnect("model", "Please give the model's name as the provider writes it, such as claude-haiku-5-5.")
    if provider != "compatible" and not key:
        raise CannotConnect("key", f"{NAMES[provider]} needs a key. You make one in your account there.")
    if len(key) > 500 or any(not 33 <= ord(letter) <= 126 for letter in key):
        raise CannotConnect("key", "This is not a key: it has spaces or other signs in it that no key has.")
    if provider == "compatible":
        _check_address(base_url)
    elif base_url:
        base_url = ""
    try:
        subprocessors.require(workspace_id, provider)
    except subprocessors.NotRegistered as refused:
        raise CannotConnect("provider", str(refused)) from None
    before = connected(workspace_id)
    if len(before) >= MOST:
        raise CannotConnect("model", f"There are {MOST} models already. Remove one first.")
    row = LanguageModel.objects.create(
        workspace_id=workspace_id,
        provider=provider,
        model=model,
        base_url=base_url,
        key_locked=lock_credentials({"key": key}) if key else "",
        place=asking_order.next_place(before),
        in_metadata_only=in_metadata_only,
    )
    audit.record(
        "model.connected",
        actor=actor,
        workspace_id=workspace_id,
        target=asking_order.target(row),
        provider=provider,
        model=model,
    )
    return row


def disconnect(row: LanguageModel, *, actor: str) -> None:
    asking_order.take_away(row, "model.disconnected", actor=actor, provider=row.provider)


def ask_first(row: LanguageModel, *, actor: str) -> None:
    asking_order.put_first(row, "model.asked_first", actor=actor)


def _check_address(base_url: str) -> None:
    if not base_url:
        raise CannotConnect("base_url", "Please give the address of the server, such as https://models.example.com/v1.")
    if os.environ.get("RINGTRUE_MODELS_INSIDE") == "1":
        if not base_url.startswith(("http://", "https://")):
            raise CannotConnect("base_url", "The address must begin with https:// or http://.")
        return
    try:
        reaching.check_form(base_url)
    except reaching.Refused as problem:
        raise CannotConnect(
            "base_url",
            f"{problem} For a server inside your network, whoever runs this installation sets RINGTRUE_MODELS_INSIDE=1.",
        ) from None


def check(row: LanguageModel, client: httpx.Client | None = None) -> tuple[bool, str]:
    """Ask the model for one word. Whether it works, and a sentence. Nothing of what the provider answered is in it."""
    if not installed():
        return False, EXTRA_MISSING
    try:
        subprocessors.require(row.workspace_id, row.provider)
        choice = choice_of(row)
    except subprocessors.NotRegistered as refused:
        return False, str(refused)
    except InvalidToken:
        return False, "The stored key cannot be opened any more. Remove the model and connect it again."
    address = choice.base_url or ADDRESSES.get(choice.provider, "")
    if choice.provider == "compatible" and os.environ.get("RINGTRUE_MODELS_INSIDE") != "1":
        try:
            reaching.resolve(address)
        except reaching.Refused as problem:
            return False, str(problem)
        except OSError:
            return False, "No server of this name is known. Is the address right?"
    asked: dict[str, Any] = {"model": choice.model, "messages": [{"role": "user", "content": "Say yes."}], "stream": False}
    if choice.provider == "anthropic":
        path, headers = "/v1/messages", {"x-api-key": choice.key, "anthropic-version": "2023-06-01"}
        asked["max_tokens"] = 8
    else:
        path, headers = "/chat/completions", {"authorization": f"Bearer {choice.key or 'none'}"}
    ours = client or httpx.Client(timeout=CHECK_S, follow_redirects=False, trust_env=False)
    try:
        answer = ours.post(address + path, json=asked, headers=headers)
        return _judged(answer, NAMES[choice.provider] if choice.provider != "compatible" else "The server")
    except httpx.TimeoutException:
        return False, f"There was no answer within {CHECK_S:.0f} seconds."
    except httpx.HTTPError:
        return False, "The server could not be reached. Is the address right, and may this machine go out to it?"
    finally:
        if client is None:
            ours.close()


def _judged(answer: httpx.Response, who: str) -> tuple[bool, str]:
    status = answer.status_code
    if status == 200:
        try:
            body = answer.json()
        except ValueError:
            body = None
        known = isinstance(body, dict) and ("content" in body or "choices" in body)
        return (
            (True, "It works: the model answered.")
            if known
            else (False, "Something answers there, but not as a language model does.")
        )
    words = {
        400: "{who} does not accept the request. Does this model hold conversations?",
        401: "{who} does not accept the key. Has it been copied whole, and is it still valid?",
        403: "{who} does not let this key use the model.",
        404: "{who} does not know a model of this name.",
        402: "The account there has no credit left.",
        429: "{who} has had too many requests from this account, or its limit is used up. Try again in a minute.",
        529: "{who} is overloaded just now. Try again in a minute.",
    }
    if 300 <= status < 400:
        return False, "The address leads on to another one. Please give the final address."
    if status in words:
        return False, words[status].format(who=who)
    return False, f"{who} has a fault just now (status {status})." if status >= 500 else f"{who} refuses this (status {status})."
