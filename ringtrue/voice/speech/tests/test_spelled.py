import random

import pytest

from ringtrue.voice.speech.spelled import Lexicon, best_reading, cost, lettered, letters, lexicon


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("F, U and Y, V, A, L, E.", "F, U N Y, V, A, L, E."),
        ("FCA, VI and CKY.", "FCA, VI N CKY."),
        ("J.E. and N. I.F.", "J.E. N N. I.F."),
        ("And E-U-M-A-N.", "N E-U-M-A-N."),
        ("T and J4 2H.", "T N J4 2H."),
        ("And I would like to know.", "And I would like to know."),
        ("5 to 1, 4, 9, 5, 4.", "5 2 1, 4, 9, 5, 4."),
        ("555 for 12", "555 4 12"),
        ("The OUGLAS.", "D OUGLAS."),
        ("Call me and I will see.", "Call me and I will see."),
        ("From 5 to half past 7.", "From 5 to half past 7."),
        ("The dentist and I.", "The dentist and I."),
    ],
)
def test_words_that_stand_for_letters_are_written_as_letters(heard: str, written: str) -> None:
    assert lettered(heard) == written


@pytest.mark.parametrize(
    ("heard", "spelled"),
    [
        ("F-H-A, RON.", "fharon"),
        ("M A U L D I N", "mauldin"),
        ("BWA-BW-214.", None),
        ("Grossman.", None),
        ("No, I don't have it.", None),
        ("I need A I.", None),
        ("FIVE", None),
        ("", None),
    ],
)
def test_only_spelled_letters_are_letters(heard: str, spelled: str | None) -> None:
    assert letters(heard) == spelled


def test_letters_that_sound_alike_are_near() -> None:
    assert cost("lampfon", "lampson") == 1.0
    assert cost("connely", "connelly") == 0.8
    assert cost("lamp", "lamp") == 0.0
    assert cost("lamrson", "lampson") == 2.0
    assert cost("lampso", "lampson") == 2.0


@pytest.mark.parametrize(
    ("heard", "written"),
    [
        ("L-A-M-P-F-O-N.", "L-A-M-P-S-O-N."),
        ("FHA RON.", "S-H-A-R-O-N."),
        ("TITTSBURGH.", "P-I-T-T-S-B-U-R-G-H."),
        ("J-E-N-N-I-F-U-R.", "J-E-N-N-I-F-E-R."),
        ("P-I-T-T-F, B-U-R-G-H.", "P-I-T-T-S-B-U-R-G-H."),
        ("K-O-W-A-L.", "K-O-W-A-L."),  # a name as it is
        ("W-Q-X-J-K-V.", "W-Q-X-J-K-V."),  # no name is near: left alone
        ("L-A-M-P-F-O-N-7.", "L-A-M-P-F-O-N-7."),  # a code
        ("Lampfon.", "Lampfon."),  # not spelled
        ("I would rather not say.", "I would rather not say."),
    ],
)
def test_a_spelled_name_is_written_as_the_name_it_nearly_is(heard: str, written: str) -> None:
    assert best_reading([(heard, -0.3)], lexicon()) == (written, 0)


def test_a_reading_that_is_a_name_goes_before_a_surer_one_that_is_none() -> None:
    known = Lexicon(["burks", "steere"])
    assert best_reading([("B-U-R-K-F.", -0.3), ("B-U-R-K-S.", -0.5)], known) == ("B-U-R-K-S.", 1)
    assert best_reading([("Tuesday at four.", -0.3), ("B-U-R-K-S.", -0.5)], known) == ("Tuesday at four.", 0)


def test_names_of_the_business_are_known() -> None:
    known = Lexicon([])
    readings = [("Q-U-E-B-F-A.", -0.3), ("Q-U-E-B-S-A.", -0.4)]
    assert best_reading(readings, known)[1] == 0
    assert best_reading(readings, known, ("Quebsa",))[1] == 1


def test_random_letters_stay_what_they_are() -> None:
    """A reference number of letters only must not become a name: at most one of twenty of five letters and more."""
    pick = random.Random(1)
    codes = ["".join(pick.choices("abcdefghijklmnopqrstuvwxyz", k=pick.randint(5, 9))) for _ in range(200)]
    assert sum(lexicon().nearest(code) is not None for code in codes) <= 10
