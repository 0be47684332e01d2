"""Every number that decides how a call feels, in one place, each with its unit and its reason."""

from __future__ import annotations

import msgspec


class CallSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Times in milliseconds unless the name says otherwise. One setting ships; the tests and the bench use the same one."""

    # --- hearing: Silero gives one probability per 32 ms chunk
    onset_probability: float = 0.5  # speech may begin at or above it ...
    onset_chunks: int = 2  # ... for this many chunks in a row: 64 ms, the floor of a barge-in
    quiet_probability: float = 0.35  # below it a chunk is silence; between the two it changes nothing (hysteresis)
    least_level_dbfs: float = -48.0  # a chunk softer than this is never speech: line noise, a television next door
    preroll: int = 320  # audio kept from before the onset, so that a soft first consonant reaches the recognizer
    reset_after_quiet: int = 4_000  # music and long silence numb the network's state: forget it now and then
    longest_utterance: int = 28_000  # the recognizer's window is 30 s; longer speech is transcribed in parts

    # --- the first sign of speech: a pause costs little, it is taken back at the exact sample, so it need not wait for an onset
    sign_probability: float = 0.2  # beside a chunk that the detector takes for speech: one that it finds some speech in, ...
    sign_level_dbfs: float = -52.0  # ... or two at least this loud ...
    sign_over_floor_db: float = 11.0  # ... and this much over the line's own noise; "six" and "four" begin with noise
    sign_longest: int = 192  # no onset by then: it was none
    sign_rest: int = 150  # after a false sign guesses are no sign for so long, each time four times as long
    sign_rest_longest: int = 64_000

    # --- echo: our own first syllables come back from speakerphones before their echo canceller has settled
    echo_window: int = 400  # after the agent begins to speak following silence
    echo_chunks: int = 6  # an onset in this window needs to last longer ...
    echo_level_dbfs: float = -38.0  # ... or to be loud enough: a caller who really speaks is louder than an echo

    # --- the end of a turn: silence since the last speech chunk
    transcribe_after: int = 128  # early transcript; kept when nothing more is said, so it costs no latency later
    end_complete: int = 224  # the words stand as a sentence
    end_unclear: int = 640  # they do not say whether more will come
    end_unfinished: int = 1_200  # "my number is", "and", "um"
    end_name: int = 800
    end_digits: int = 1_300  # a number is read out in groups, and after 3 or 6 digits of a telephone number more will come
    end_code: int = 960  # after any other count; of 104 recorded numbers one has a pause over 800 ms, of 107 spellings none
    end_whole_number: int = 640  # 7, 10 or 11 digits: a telephone number is complete
    end_spelling: int = 1_024
    end_address: int = 1_100
    end_longest: int = 2_400  # never wait longer, whatever was asked
    habit_factor: float = 1.25  # a caller who pauses long inside a turn gets this much of that pause ...
    habit_weight: float = 0.4  # ... as a moving average with this weight for the newest pause
    freeze_after: int = 700  # a pause this long closes a part of the turn: its transcript stands, only what follows is new
    longest_turn: int = 60_000

    # --- barge-in
    hold_check: int = 1_600  # still sounding after this long a pause: look whether there are words at all
    hold_longest: int = 6_000  # no words by then: noise; go on speaking and ignore it until it stops
    backchannel_words: int = 3  # "yeah okay sure" stops nothing; more words do
    murmur_confidence: float = 0.35  # one or two words that the recognizer is less sure of were a hum, in all likelihood

    # --- speaking
    ahead: int = 80  # audio given to the line before it is due: bridges a late tick (60..100 at 20 ms ticks)
    between_sentences: int = 220
    sentences_ahead: int = 2  # synthesised before they are needed; more is waste when the caller interrupts
    first_audio: int = 800  # a voice that has not begun by then gets a rival: the next one is asked as well
    voice_dry: int = 600  # in mid-sentence, after everything that a voice has made was heard: the next one says the rest
    voice_dry_last: int = 1_500  # ... or, where there is no other, an apology is heard
    voice_stall: int = 5_000  # for the last voice there is, before its first audio: a late answer is better than none

    # --- thinking
    filler_after: int = 700  # a tool that takes longer is covered by a few words
    between_fillers: int = 4_500
    brain_timeout: int = 8_000
    tool_timeout: int = 12_000
    transfer_timeout: int = 30_000
    colleague_rings: int = 40_000  # longer than any carrier lets it ring (`media/colleagues.py`)
    colleague_look: int = 1_000  # how often it is asked whether the colleague's line is busy
    colleague_decides: int = 60_000  # from picking up to a yes or no
    joined_longest: int = 1_740_000  # caller and colleague, connected by us; what is held for the second leg pays for 30 minutes
    prepare_timeout: int = 6_000
    wait_filler_after: int = 1_000  # after `end_unclear` of silence with no transcript, or a turn handed to the brain
    wait_filler_latest: int = 1_800  # after the caller's last speech, however long it took to be sure that it was the last
    recognize_patience: int = 900  # a recognizer that has not answered by then gets a rival: the next one is asked as well
    recognize_timeout: int = 6_000  # for the last one that was asked
    troubles_in_a_row: int = 3  # the same part failing this often ends the call politely

    # --- providers: shared by all calls of a process
    circuit_failures: int = 2  # in a row, and a provider is set aside ...
    circuit_wait: int = 15_000  # ... until a probe in the background finds it well; after each one that fails twice as long ...
    circuit_longest_wait: int = 120_000  # ... up to this
    circuit_probe: int = 4_000  # a probe that takes longer has failed

    # --- keypad
    digits_pause: int = 1_600  # after the last key

    # --- the line
    line_silent: int = 5_000  # no frame at all
    line_lost: int = 15_000
    same_announcement: int = 3  # times that a recording may say the same before the call is ended
    answer_wait: int = 7_000  # for a yes or no to the recording question
    hang_up_timeout: int = 3_000
    longest_gap_filled: int = 10_000  # missing frames become silence in the recording, up to this much at once

    # --- the process
    tick: int = 20
    late_tick: int = 60  # a tick this late is one that callers could hear ...
    late_share: float = 0.02  # ... and when more than this share of the last ticks were, no new call is taken
    late_window_ticks: int = 500  # 10 s
    speech_behind: int = 600  # what is to be heard or spoken waits this long for its turn: no new call is taken
    piece: int = 4_000  # length of one piece of the recording: what a crash of the process costs at most (and `SETTLE_MS`)
