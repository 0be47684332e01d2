"""Recognizers, voices, language models and hosted engines. Their checks are tests with a server of their own beside their code: one set for all
providers of a kind, which finds them by itself. Here stands which tests those are, and what they show."""

from __future__ import annotations

from typing import get_args, get_type_hints

from ringtrue.hosted import finding
from ringtrue.hosted.engine import CANNOT
from ringtrue.voice.agent import ModelChoice
from ringtrue.voice.speech import providers
from ringtrue.voice.speech.kinds import About

SPEECH = "voice/speech/tests/test_providers.py"
MODELS = ("voice/brains/model/tests/test_answering.py", "voice/brains/model/tests/test_faults.py")

SPEECH_CAN = {
    "hears": "hears: an utterance becomes words",
    "streams": "is given an utterance while it is spoken, and ended at once",
    "word_times": "tells when each word was said",
    "hints": "takes words to listen for",
    "speaks": "speaks: the first sound comes while the rest is made",
}
SPEECH_ALL = (
    "Each is let go at once when it stalls or is not wanted any more, and each of these has a code of ours: a wrong key, 429, 500, 503, half an "
    "answer, garbage, a connection that is closed or reset, a server that is killed. What the stand-in knows of a provider's documentation, "
    "it demands."
)
MODEL_CAN = {
    "test_sentences_come_as_they_stand": "sentences are spoken while it still writes",
    "test_closing_the_answer_closes_the_stream_at_once": "stops at once when the caller breaks in",
    "test_tools_are_run_and_answered_from": "uses tools, and answers from what they return",
    "test_the_context_holds_only_what_was_played": "knows only what the caller has heard of it",
    "test_a_whisper_stands_with_the_instructions_from_the_next_answer_on": "follows a whisper of a member of the business",
    "test_a_fault_before_the_first_word": "a fault before its first word: the next one answers, or the receptionist",
    "test_a_fault_in_mid_answer": "a fault in mid answer: whole sentences stand, the next one goes on",
    "test_half_a_tool_call_is_not_run": "half an order to a tool is not carried out",
}
"""Test, run with each provider -> what it shows."""
MODEL_TITLES = {"anthropic": "Anthropic", "openai": "OpenAI", "compatible": "A server with OpenAI's protocol"}


def model_providers() -> tuple[str, ...]:
    return get_args(get_type_hints(ModelChoice)["provider"])


def speech_tested() -> list[str]:
    """Without the way to services of others (`providers/pipecat.py`), which nobody here can test."""
    return [name for name in providers.names() if providers.about(name).checked == "stand-in"]


def speech() -> str:
    known: list[tuple[str, About]] = [(name, providers.about(name)) for name in speech_tested()]
    out = [
        "## Recognizers and voices",
        "",
        "| | " + " | ".join(about.title for _, about in known) + " |",
        "|---|" + "---|" * len(known),
    ]
    for ability, words in SPEECH_CAN.items():
        out.append(f"| {words} | " + " | ".join(about.checked if ability in about.can else "no" for _, about in known) + " |")
    out += ["", f"Seen in `ringtrue/{SPEECH}`. {SPEECH_ALL}"]
    for name, about in known:
        out += [
            "",
            f"### {about.title} (`voice/speech/providers/{name}.py`)",
            "",
            f"* Follows {', '.join(about.follows)}.",
            f"* Languages: {about.languages}.",
            f"* Where it works: {about.regions}.",
            f"* Training: {about.training}.",
        ]
        if about.prices:
            prices = (f"{model} {price.usd:g} per {price.per}" for model, price in about.prices.items())
            out.append(
                f"* List prices in US dollars, as of {max(price.as_of for price in about.prices.values())}: {', '.join(prices)}."
            )
    return "\n".join(out) + "\n"


def models() -> str:
    known = model_providers()
    out = [
        "## Language models",
        "",
        "| | " + " | ".join(MODEL_TITLES[name] for name in known) + " |",
        "|---|" + "---|" * len(known),
    ]
    out += [f"| {words} | " + " | ".join("stand-in" for _ in known) + " |" for words in MODEL_CAN.values()]
    out += ["", f"Seen in {' and '.join(f'`ringtrue/{test}`' for test in MODELS)}, through the companies' official SDKs."]
    return "\n".join(out) + "\n"


ENGINES = "hosted/tests/test_conforming.py"
ENGINE_CAN = ("takes calls", "places calls", "tells what a call cost", "deletes what it holds of a call", "signs its webhooks",
              "says our words and no others")  # fmt: skip
"""What the suite shows of every engine."""


def hosted_engines() -> str:
    known = finding.engines()
    out = [
        "## Hosted engines",
        "",
        "| | " + " | ".join(about.title for about in known.values()) + " |",
        "|---|" + "---|" * len(known),
    ]
    out += [f"| {words} | " + " | ".join("stand-in" for _ in known) + " |" for words in ENGINE_CAN]
    out += ["", f"Seen in `ringtrue/{ENGINES}`."]
    for name, about in known.items():
        out += ["", f"### {about.title} (`hosted/{name}`)", "", f"* Follows {', '.join(about.documentation)}."]
        out += [f"* Cannot {CANNOT[code]}. {sentence}" for code, sentence in about.cannot.items()]
    return "\n".join(out) + "\n"
