"""The same tests for every provider of a kind: lines, recognizers, voices, models. `python -m ringtrue.conforming` runs them all and
writes what each can, cannot, and where that was seen, to `docs/providers.md`.

A provider is found by being there, and so is its stand-in, which stands beside its tests (`conforming/stand_in.py`).
"""
