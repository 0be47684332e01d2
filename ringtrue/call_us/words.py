"""What a visitor reads around a call from a web site, in the language that the business chose for its button."""

from __future__ import annotations

from typing import Any

from ringtrue.agents.publishing import current, snapshot_of
from ringtrue.call_us.models import CallButton
from ringtrue.privacy.listening import may_be_listened_to
from ringtrue.privacy.policy import call_policy
from ringtrue.reception.agreeing_on_recording import flow_of

LANGUAGES = {"en": "English", "de": "Deutsch", "es": "Español"}
LABELS = {"en": "Call us", "de": "Rufen Sie an", "es": "Llámenos"}

_FIELDS = (
    "start", "close", "connecting", "live", "lost", "over", "again", "mute", "unmute", "hang_up", "you", "agent", "captions",
    "level", "no_microphone", "broke",
)  # fmt: skip
_SAID = {
    "en": (
        "Start the call", "Close", "Connecting…", "You are on the line", "The connection broke. Trying again…", "The call is over.",
        "Call again", "Mute", "Unmute", "Hang up", "You", "Assistant", "What is said", "Your voice",
        "The microphone cannot be used. Allow it for this page and try again.", "The connection could not be made. Please try again.",
    ),
    "de": (
        "Anruf beginnen", "Schließen", "Verbindung wird aufgebaut …", "Sie sind verbunden",
        "Die Verbindung ist abgebrochen. Neuer Versuch …", "Der Anruf ist beendet.", "Noch einmal anrufen", "Stumm", "Ton an",
        "Auflegen", "Sie", "Assistent", "Was gesagt wird", "Ihre Stimme",
        "Das Mikrofon kann nicht benutzt werden. Erlauben Sie es für diese Seite und versuchen Sie es noch einmal.",
        "Die Verbindung kam nicht zustande. Bitte versuchen Sie es noch einmal.",
    ),
    "es": (
        "Empezar la llamada", "Cerrar", "Conectando…", "Está en línea", "Se cortó la conexión. Intentando de nuevo…",
        "La llamada ha terminado.", "Llamar de nuevo", "Silenciar", "Activar micrófono", "Colgar", "Usted", "Asistente",
        "Lo que se dice", "Su voz", "No se puede usar el micrófono. Permítalo para esta página e inténtelo de nuevo.",
        "No se pudo establecer la conexión. Inténtelo de nuevo.",
    ),
}  # fmt: skip
REFUSALS = {
    "en": {
        "too_often": "You have called often in a short time. Please try again later.",
        "busy": "All lines are busy just now. Please try again in a few minutes.",
        "not_now": "Nobody answers here just now. Please try again later.",
    },
    "de": {
        "too_often": "Sie haben in kurzer Zeit oft angerufen. Bitte versuchen Sie es später noch einmal.",
        "busy": "Im Augenblick sind alle Leitungen besetzt. Bitte versuchen Sie es in ein paar Minuten noch einmal.",
        "not_now": "Im Augenblick antwortet hier niemand. Bitte versuchen Sie es später noch einmal.",
    },
    "es": {
        "too_often": "Ha llamado muchas veces en poco tiempo. Inténtelo más tarde.",
        "busy": "Todas las líneas están ocupadas. Inténtelo dentro de unos minutos.",
        "not_now": "En este momento no contesta nadie. Inténtelo más tarde.",
    },
}
_NOTICE = {
    "en": {
        "ai": "You will speak with an AI assistant of {business}, not with a person.",
        "announce": "The call is recorded. If you do not want that, say so.",
        "ask": "You are asked first whether the call may be recorded.",
        "off": "The call is not recorded.",
        "text": "What is said is written down.",
        "nothing": "Nothing of what you say is kept.",
        "listening": "A colleague may listen in.",
        "english": "",
        "more": "How {business} handles your data",
    },
    "de": {
        "ai": "Sie sprechen mit einem KI-Assistenten von {business}, nicht mit einem Menschen.",
        "announce": "Der Anruf wird aufgezeichnet. Wenn Sie das nicht wollen, sagen Sie es.",
        "ask": "Sie werden zuerst gefragt, ob der Anruf aufgezeichnet werden darf.",
        "off": "Der Anruf wird nicht aufgezeichnet.",
        "text": "Was gesagt wird, wird aufgeschrieben.",
        "nothing": "Von dem, was Sie sagen, wird nichts behalten.",
        "listening": "Jemand vom Team kann mithören.",
        "english": "Der Assistent spricht Englisch.",
        "more": "Wie {business} mit Ihren Daten umgeht",
    },
    "es": {
        "ai": "Hablará con un asistente de IA de {business}, no con una persona.",
        "announce": "La llamada se graba. Si no lo desea, dígalo.",
        "ask": "Primero se le pregunta si se puede grabar la llamada.",
        "off": "La llamada no se graba.",
        "text": "Lo que se dice se pone por escrito.",
        "nothing": "No se guarda nada de lo que diga.",
        "listening": "Alguien del equipo puede escuchar.",
        "english": "El asistente habla inglés.",
        "more": "Cómo trata {business} sus datos",
    },
}


def words(button: CallButton) -> dict[str, str]:
    return dict(zip(_FIELDS, _SAID[button.language], strict=True))


def notice(button: CallButton) -> list[str]:
    """What a visitor is told before the call, from the policy in force. Needs the scope."""
    said = _NOTICE[button.language]
    policy = call_policy(button.workspace_id, call=_agreement(button))
    keeps = policy["storage.mode"] != "metadata_only"
    flow = policy["recording.flow"] if keeps and policy["storage.audio"] else "off"
    keys = ["ai", flow]
    keys += ["text"] if keeps and policy["storage.transcript"] else ["nothing"] if flow == "off" else []
    keys += ["listening"] if flow != "off" and may_be_listened_to(policy) else []
    return [said[key].format(business=business(button)) for key in (*keys, "english") if said[key]]


def _agreement(button: CallButton) -> dict[str, str]:
    """How recording is agreed on with somebody whose place nobody knows."""
    version = current(button.agent)
    return {"recording.flow": flow_of(button.workspace_id, snapshot_of(version))} if version else {}


def link_words(button: CallButton) -> str:
    return _NOTICE[button.language]["more"].format(business=business(button))


def business(button: CallButton) -> str:
    """As the agent names it. Needs the scope."""
    version = current(button.agent)
    return (snapshot_of(version).business if version else "") or button.workspace.name


def ink(color: str) -> str:
    """Black or white, whichever is read better on this color (WCAG 2.2, relative luminance)."""
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "#000000" if (light + 0.05) / 0.05 > 1.05 / (light + 0.05) else "#ffffff"


def shown(button: CallButton, more: str) -> dict[str, Any]:
    """All that the script of the button draws. more: the address of the page about data. Needs the scope."""
    return {
        "label": button.label, "color": button.color, "ink": ink(button.color), "language": button.language,
        "words": words(button), "notice": notice(button), "more": {"words": link_words(button), "address": more},
    }  # fmt: skip
