"""Whether the privacy settings of a workspace allow an engine. What it cannot do and a setting needs refuses it, in words."""

from __future__ import annotations

from uuid import UUID

from ringtrue.calls.models import UNASKED, Call
from ringtrue.hosted.engine import CANNOT, About
from ringtrue.hosted.finding import engines
from ringtrue.privacy import ledger
from ringtrue.privacy.policy import effective

_NEEDS: tuple[tuple[str, tuple[str, ...], str, str], ...] = (
    ("recording.flow", ("ask",), "wait_for_consent", "Callers are asked before a call is recorded"),
    ("storage.mode", ("metadata_only",), "keep_nothing", "Nothing that callers say may be kept anywhere"),
    ("storage.mode", ("excluding_pii",), "redact_first", "Names and numbers are taken out before anything is stored"),
    ("sensitive.special", ("redact", "after_consent"), "redact_first", "Talk of health, belief and the like is not kept"),
)
"""Setting, values of it that need something, what it is (a word of CANNOT), and the promise in words."""


class EngineRefused(Exception):
    """`str(self)` is a sentence for the person who wanted the engine."""


def why_not(workspace_id: UUID, engine: str) -> list[str]:
    """Sentences; none where the engine may be used. Needs the workspace's scope."""
    return _missing(workspace_id, engines()[engine])


def require(workspace_id: UUID, engine: str) -> None:
    """Asked before an agent or a call goes there. Raises EngineRefused. Needs the workspace's scope."""
    reasons = why_not(workspace_id, engine)
    if reasons:
        raise EngineRefused(" ".join(reasons))


def settle_recording(call: Call) -> bool:
    """Asked before a call goes there: whether the engine may record it. Who has to be asked first, by the law of a place or after an
    earlier no, is not declined where the engine cannot ask: the call is held without recording, and `call` says so from then on. Raises
    EngineRefused where the business holds no call unrecorded. Needs the workspace's scope."""
    about = engines()[call.line]
    if call.recording_flow in ("off", UNASKED):
        return False
    if call.storage_mode == "metadata_only" or "wait_for_consent" not in about.cannot:
        return True
    if call.recording_flow == "announce" and not ledger.refused_before(call.subject, "recording"):
        return True
    if effective(call.workspace_id, "recording.on_refusal").value == "end":
        raise EngineRefused(
            f"This caller has to be asked before the call is recorded, and calls that may not be recorded are ended: {about.title} "
            f"cannot {CANNOT['wait_for_consent']}."
        )
    call.recording_flow = UNASKED
    call.save(update_fields=["recording_flow"])
    return False


def _missing(workspace_id: UUID, about: About) -> list[str]:
    found = []
    for key, values, code, promise in _NEEDS:
        value = effective(workspace_id, key)
        if code in about.cannot and value.value in values:
            remedy = " It can be used once recording is switched off." if key == "recording.flow" else ""
            found.append(f"{promise} ({value.sentence}): {about.title} cannot {CANNOT[code]}.{remedy}")
    return found
