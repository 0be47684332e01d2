"""Whatever the table says of recognizers, voices and models is run with each of them."""

from __future__ import annotations

from typing import Any

from ringtrue.conforming import other_kinds
from ringtrue.voice.speech import providers


def test_every_speech_provider_goes_through_the_same_tests() -> None:
    from ringtrue.voice.speech.tests import test_providers as suite

    assert other_kinds.speech_tested() == suite.NAMES
    assert {ability for name in suite.NAMES for ability in providers.about(name).can} == other_kinds.SPEECH_CAN.keys()


def test_every_model_provider_goes_through_the_same_tests() -> None:
    from ringtrue.voice.brains.model.tests import test_answering, test_faults

    assert other_kinds.MODEL_TITLES.keys() == set(other_kinds.model_providers())
    for name in other_kinds.MODEL_CAN:
        test: Any = getattr(test_answering, name, None) or getattr(test_faults, name)
        families = next(mark.args[1] for mark in test.pytestmark if mark.args[0] == "family")
        assert {choice.provider for choice in families} == set(other_kinds.model_providers()), name
