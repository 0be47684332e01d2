"""What the loop itself says, outside every brain. English, US and GB. No sentence here holds anything about a caller."""

from __future__ import annotations

from ringtrue.voice.agent import Agent

ONE_MOMENT = "One moment, please."
STILL_AT_IT = "I'm still here, just a moment longer."
SAY_AGAIN = "I'm sorry, I didn't catch that. Could you say it again, please?"
GO_ON = "Sorry, please go on."
MY_FAULT = "I'm sorry, something went wrong on my side. Could you say that again, please?"
CANNOT_GO_ON = "I'm sorry, I'm having trouble on my side and can't go on. Please call again in a few minutes. Goodbye."
STILL_THERE = "Are you still there?"
GONE_QUIET = "I can't hear you, so I'll hang up now. Please call again. Goodbye."
TOO_LONG = "I'm sorry, this call has reached its longest time and I have to end it now. Please call again. Goodbye."
HELD_TOO_LONG = "I've been on hold for a long time, so I'll hang up now. Please call again. Goodbye."
RECORDING_HEARD = "I seem to be talking to a recording, so I'll hang up now. Goodbye."
SPENT = "I'm sorry, I have to end this call now. Please call again. Goodbye."
CLOSING_DOWN = "I'm sorry, I have to end this call now. Please call again in a few minutes. Goodbye."
HOW_ELSE = "How can I help you?"

NOTICE = "This call is recorded. If you don't want that, just say so."
QUESTION = "May I record this call?"
QUESTION_AGAIN = "Sorry, please say yes or no: may I record this call?"
NOTICE_LISTENING = "This call is recorded, and a colleague may listen in. If you don't want that, just say so."
QUESTION_LISTENING = "May I record this call, and may a colleague listen in?"
QUESTION_LISTENING_AGAIN = "Sorry, please say yes or no: may I record this call, and may a colleague listen in?"
NOT_RECORDED = "All right, this call is not recorded."
MUST_RECORD = "I understand. I can't take calls without recording them, so I'll end the call now. Goodbye."
RECORDING_STOPPED = "All right, I've stopped recording."

OPTED_OUT = "I've put your number on our do-not-call list. We won't call you again."
ANYTHING_ELSE = "Is there anything else I can help you with?"
GOODBYE = "Goodbye."
NOT_AN_EMERGENCY = "If it is not an emergency, tell me how I can help."
CANNOT_TRANSFER = "I'm sorry, I can't connect you just now."


EMERGENCY_NUMBERS = {"US": "911", "CA": "911", "GB": "999", "AU": "triple zero", "NZ": "111"}


def _name(agent: Agent) -> str:
    """The agent's own name, or "" when it has none ("the assistant")."""
    name = agent.agent_name.strip()
    return "" if not name or name.lower().startswith(("the ", "an ", "a ")) else name


def disclosure(agent: Agent) -> str:
    """The first sentence of every call: that this is an AI, and whose."""
    name = _name(agent)
    return (
        f"Hi, this is {name}, the AI assistant of {agent.business}."
        if name
        else f"Hi, this is the AI assistant of {agent.business}."
    )


def notice(listening: bool) -> str:
    """`listening`: somebody of the business may listen to this call, so the caller is told."""
    return NOTICE_LISTENING if listening else NOTICE


def questions(listening: bool) -> tuple[str, str]:
    """The question, and what it is asked with again."""
    return (QUESTION_LISTENING, QUESTION_LISTENING_AGAIN) if listening else (QUESTION, QUESTION_AGAIN)


def here_again(agent: Agent) -> str:
    """After a colleague has spoken with the caller."""
    name = _name(agent)
    return f"This is {name} again, the AI assistant." if name else "This is the AI assistant again."


def robot(agent: Agent) -> str:
    name = _name(agent)
    return f"Yes, I'm {name}, an AI assistant, not a person." if name else "Yes, I'm an AI assistant, not a person."


def emergency(agent: Agent) -> str:
    number = EMERGENCY_NUMBERS.get(agent.country, "112")
    spoken = (
        " ".join({"0": "zero", "1": "one", "2": "two", "9": "nine"}.get(c, c) for c in number) if number.isdigit() else number
    )
    return f"If this is an emergency, please hang up now and call {spoken}."


def put_through(person: str) -> str:
    return f"Here is {person}."


def fixed(agent: Agent) -> list[str]:
    """Everything that may have to be said at once or when a voice has failed, the most urgent first."""
    return [
        disclosure(agent), NOTICE, agent.greeting, MY_FAULT, CANNOT_GO_ON, SAY_AGAIN, ONE_MOMENT, STILL_AT_IT, emergency(agent), QUESTION,
        NOT_RECORDED, RECORDING_STOPPED, STILL_THERE, GONE_QUIET, robot(agent), HOW_ELSE, OPTED_OUT, ANYTHING_ELSE, TOO_LONG,
        CLOSING_DOWN, MUST_RECORD, QUESTION_AGAIN, NOT_AN_EMERGENCY, GOODBYE, GO_ON, CANNOT_TRANSFER, HELD_TOO_LONG, RECORDING_HEARD,
        SPENT, NOTICE_LISTENING, QUESTION_LISTENING, here_again(agent), *(put_through(one.person) for one in agent.escalations),
    ]  # fmt: skip
