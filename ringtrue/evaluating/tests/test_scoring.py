"""The measures themselves: normal forms, telephone condition, counting, and how a suite is asked."""

import json
from pathlib import Path

import numpy as np
import pytest

from ringtrue.evaluating import run_suite, spoken_forms, vad
from ringtrue.evaluating.reporting import NoData, Report, as_table
from ringtrue.evaluating.telephone_condition import band_limited, by_telephone
from ringtrue.voice.audio.tones import dtmf, silence, tone
from ringtrue.voice.audio.writing import wav_bytes


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("THIRTY TWO", "32"),
        ("N L N S ONE SEVENTY FIVE", "NLNS-175."),
        ("FOUR OH FIVE", "4-0-5"),
        ("FOUR THOUSAND SEVEN HUNDRED TWENTY THREE", "4,723"),
        ("FIFTY SIXTY THREE", "50 63"),
        ("JUNE ELEVENTH NINETEEN SIXTY SEVEN", "June 11th, 1967."),
        ("SIX HUNDRED AND FORTY NINE", "649"),
        ("A B ZEE", "ABZ"),
    ],
)
def test_one_code_has_one_form(one: str, other: str) -> None:
    assert spoken_forms.code(one) == spoken_forms.code(other)


@pytest.mark.parametrize(("one", "other"), [("B A", "8"), ("FIFTEEN", "50"), ("O K", "0 K"), ("SEVEN ONE", "SEVENTY")])
def test_what_was_misheard_stays_different(one: str, other: str) -> None:
    assert spoken_forms.code(one) != spoken_forms.code(other)


def test_words_are_compared_without_spelling_conventions() -> None:
    assert spoken_forms.words("Mr. Dashwood can't pay $120 — okay?") == spoken_forms.words(
        "mister dashwood cannot pay 120 dollars ok"
    )
    assert spoken_forms.words("press one five two") == spoken_forms.words("Press 152.")
    assert spoken_forms.words("oh I see") == ["oh", "i", "see"]


@pytest.mark.parametrize(
    ("a", "b", "distance"), [("", "", 0), ("abc", "abc", 0), ("abc", "abd", 1), ("kitten", "sitting", 3), ("", "ab", 2)]
)
def test_distance_is_levenshteins(a: str, b: str, distance: int) -> None:
    assert spoken_forms.edits(a, b) == spoken_forms.edits(b, a) == distance


@pytest.mark.parametrize(
    ("hertz", "low_db", "high_db"),
    [(100, -99, -30), (300, -4, -2), (1000, -0.2, 0.2), (2500, -0.3, 0.2), (3400, -4, -2), (3800, -99, -18)],
)
def test_the_telephone_passes_300_to_3400_hertz(hertz: float, low_db: float, high_db: float) -> None:
    sound = np.frombuffer(tone(hertz, 1000, 8000, level_db=-10), "<i2").astype(np.float32)
    gain = np.sqrt((band_limited(sound)[2000:6000] ** 2).mean() / (sound[2000:6000] ** 2).mean())
    assert low_db <= 20 * np.log10(gain) <= high_db


def test_the_telephone_gives_8_khz_at_one_level() -> None:
    for level in (-6, -40):
        out = np.frombuffer(by_telephone(tone(1000, 500, 16000, level_db=level), 16000), "<i2")
        assert len(out) == 4000
        assert np.abs(out.astype(int)).max() == pytest.approx(16384, rel=0.05)
        assert len(np.unique(out)) <= 256


def _corpus(folder: Path, rows: list[dict[str, object]], sounds: dict[str, bytes], rate: int = 8000) -> Path:
    for name, pcm in sounds.items():
        path = folder / "audio" / "made" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(wav_bytes(pcm, rate))
    (folder / "audio").mkdir(parents=True, exist_ok=True)
    (folder / "audio" / "manifest.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    return folder


def _run(argv: list[str], capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = run_suite.main(argv)
    shown = capsys.readouterr()
    return code, shown.out, shown.err


def test_every_suite_file_is_found() -> None:
    assert {"asr", "vad", "dtmf"} <= set(run_suite.names())
    assert not {"reporting", "run_suite", "spoken_forms", "tests"} & set(run_suite.names())


def test_asr_scores_what_the_shipped_recognizer_hears(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from ringtrue.voice.speech.hibari import HibariVoice

    voice = HibariVoice()
    rows = [
        {"file": "audio/made/a.wav", "transcript": "FOUR ONE TWO FIVE", "channels": 1},
        {"file": "audio/made/b.wav", "transcript": "NINE NINE NINE NINE", "channels": 1},  # wrong on purpose
        {"file": "audio/made/none.wav", "transcript": "", "channels": 1},
    ]
    pcm = voice.speak("Four, one, two, five.", 16000)
    _corpus(tmp_path, rows, {"a.wav": pcm, "b.wav": pcm}, 16000)
    code, out, _ = _run(["asr", "--data", str(tmp_path), "--json", str(tmp_path / "out.json")], capsys)
    report = json.loads((tmp_path / "out.json").read_text())
    assert code == 0
    assert (report["suite"], report["items"]) == ("asr", 2)
    assert report["metrics"]["exact"] == 0.5
    assert report["metrics"]["cer"] == 0.5
    assert report["metrics"]["wer"] is None  # no part of open speech
    assert report["metrics"]["cpu_s_per_utterance"] > 0
    assert report["slices"]["made"]["items"] == 2
    assert "made" in out


def test_dtmf_counts_hits_and_false_keys(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "dtmf").mkdir()
    (tmp_path / "dtmf" / "right.wav").write_bytes(wav_bytes(dtmf("42", 8000), 8000))
    (tmp_path / "dtmf" / "wrong.wav").write_bytes(wav_bytes(dtmf("5", 8000), 8000))
    (tmp_path / "dtmf" / "labels.jsonl").write_text(
        '{"file": "dtmf/right.wav", "digits": "42"}\n{"file": "dtmf/wrong.wav", "digits": "6"}\n'
    )
    _corpus(tmp_path, [{"file": "audio/made/a.wav"}], {"a.wav": silence(29_860, 8000) + dtmf("1", 8000)})
    code, _, _ = _run(["dtmf", "--data", str(tmp_path), "--json", str(tmp_path / "out.json")], capsys)
    metrics = json.loads((tmp_path / "out.json").read_text())["metrics"]
    assert code == 0
    assert metrics["hit_rate"] == 0.5
    assert metrics["false_per_minute"] == pytest.approx(2.0, rel=0.01)


def test_vad_counts_frames_against_the_labels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from ringtrue.voice.speech.hibari import HibariVoice

    spoken = HibariVoice().speak("Good morning, I would like to book a cleaning for Tuesday.", 8000)
    end = 1 + len(spoken) / 16000 - 0.25  # the voice ends in a quarter of a second of silence
    rows = [
        {"file": "audio/made/a.wav", "vad_segments": [[1.0, end]]},
        {"file": "audio/made/b.wav", "vad_segments": []},
        {"file": "audio/made/unlabelled.wav"},
    ]
    _corpus(tmp_path, rows, {"a.wav": silence(1000, 8000) + spoken + silence(1000, 8000), "b.wav": silence(2000, 8000)})
    code, _, _ = _run(["vad", "--data", str(tmp_path), "--json", str(tmp_path / "out.json")], capsys)
    report = json.loads((tmp_path / "out.json").read_text())
    assert code == 0
    assert report["items"] == 2
    assert report["metrics"]["recall"] > 0.85
    assert report["metrics"]["precision"] > 0.85
    assert report["metrics"]["f1"] > 0.9


def test_labels_of_speech_come_in_seconds_or_milliseconds() -> None:
    assert vad.segments([[0.5, 1], {"start": 2, "end": 3}, {"start_ms": 4000, "end_ms": 4500}]) == [(0.5, 1), (2, 3), (4, 4.5)]
    with pytest.raises(NoData, match="unknown form"):
        vad.segments([7])


@pytest.mark.parametrize("suite", ["asr", "vad", "dtmf"])
def test_a_missing_or_wrong_folder_is_told_in_a_sentence(suite: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = _run([suite, "--data", str(tmp_path / "none")], capsys)
    assert (code, out, err) == (2, "", f"There is no folder {tmp_path / 'none'}.\n")
    code, out, err = _run([suite, "--data", str(tmp_path)], capsys)
    assert (code, out) == (2, "")
    assert str(tmp_path) in err
    assert "Traceback" not in err
    assert len(err.splitlines()) == 1


def test_a_broken_manifest_names_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _corpus(tmp_path, [{"file": "audio/made/a.wav", "transcript": "ONE"}], {})
    manifest = tmp_path / "audio" / "manifest.jsonl"
    manifest.write_text(manifest.read_text() + "{broken\n")
    code, _, err = _run(["asr", "--data", str(tmp_path)], capsys)
    assert code == 2
    assert "Line 2" in err


def test_an_unknown_suite_is_refused() -> None:
    with pytest.raises(SystemExit) as end:
        run_suite.main(["cooking", "--data", "."])
    assert end.value.code == 2


def test_figures_that_cannot_be_had_are_not_zero() -> None:
    table = as_table(Report(suite="x", items=1, metrics={"wer": None, "cer": 0.25}))
    assert "–" in table
    assert "0.2500" in table
