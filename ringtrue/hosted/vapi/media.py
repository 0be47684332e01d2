"""Vapi has no line to the media process: it asks over HTTP (`completions.py`), and `hosted/completing.py` brings each question here."""

from ringtrue.voice.lines.asked_leg import AskedLeg


class VapiLeg(AskedLeg):
    line = "vapi"


LEG = VapiLeg
