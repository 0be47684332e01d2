import pytest

from ringtrue.voice.speech.speaking_text import cardinal, ordinal, sentences, speakable, telephone


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("A cleaning is $120.", "A cleaning is one hundred twenty dollars."),
        ("It costs $1, or $1,200.50.", "It costs one dollar, or one thousand two hundred dollars and fifty cents."),
        ("We open at 8:00 and close at 17:30.", "We open at eight o'clock and close at five thirty PM."),
        ("From 8 a.m. to 5 p.m. on weekdays", "From eight AM to five PM on weekdays"),
        ("9:05 AM, 12:00 pm, 0:00", "nine oh five AM, noon, midnight"),
        ("Hours are 9:00–17:00, Monday – Friday", "Hours are nine o'clock to five PM, Monday to Friday"),
        ("Call +18565550123.", "Call eight five six, five five five, zero one two three."),
        ("or (856) 555-0123", "or eight five six, five five five, zero one two three"),
        ("+44 20 7946 0958", "plus four four, two zero seven, nine four six, zero nine five eight"),
        ("Dr. Patel is on St. John St. today", "Doctor Patel is on Saint John Street today"),
        ("on 2026-11-23 or July 4, 2027", "on November twenty-third, twenty twenty-six or July fourth, twenty twenty-seven"),
        ("ZIP code 08033", "ZIP code zero eight zero three three"),
        ("since 1999 and 2005", "since nineteen ninety-nine and two thousand five"),
        ("in 5-10 minutes, 24/7", "in five to ten minutes, twenty-four seven"),
        (
            "the 22nd, 1.5 hours, 50%, 45 min & more",
            "the twenty-second, one point five hours, fifty percent, forty-five min and more",
        ),
        ("info@riverside.example", "info at riverside dot example"),
        ("**Bold** text", "Bold text"),
        ("", ""),
    ],
)
def test_what_is_written_is_said_as_people_say_it(written: str, said: str) -> None:
    assert speakable(written) == said


def test_british_english_has_its_pounds_and_its_and() -> None:
    assert speakable("from £145.50", "en-GB") == "from one hundred and forty-five pounds and fifty pence"
    assert cardinal(2005, "en-GB") == "two thousand and five"


def test_numbers_of_every_size_have_words() -> None:
    said = [cardinal(n) for n in range(2001)]
    assert len(set(said)) == 2001
    assert cardinal(1_234_567) == "one million two hundred thirty-four thousand five hundred sixty-seven"
    assert [ordinal(n) for n in (1, 2, 3, 8, 12, 20, 31, 100)] == [
        "first", "second", "third", "eighth", "twelfth", "twentieth", "thirty-first", "one hundredth",
    ]  # fmt: skip


def test_no_digit_of_a_telephone_number_is_lost() -> None:
    names = dict(zip("0123456789", "zero one two three four five six seven eight nine".split(), strict=True))
    for number in ("5550123", "18005550199", "+442079460958", "+33142685300", "+4930901820", "12345678"):
        said = telephone(number).replace(",", "").split()
        kept = number.lstrip("+").removeprefix("1") if number.startswith("+1") else number.lstrip("+")
        assert [word for word in said if word != "plus"] == [names[digit] for digit in kept]


def test_a_text_is_cut_where_sentences_end_and_nowhere_else() -> None:
    text = "Hello. I'm Dr. Smith's assistant! Are you in pain? We open at 9 a.m. on weekdays.\nNo. J. Doe is out... Bye."
    assert sentences(text) == [
        "Hello.",
        "I'm Dr. Smith's assistant!",
        "Are you in pain?",
        "We open at 9 a.m. on weekdays.",
        "No.",
        "J. Doe is out...",
        "Bye.",
    ]
    assert sentences("  ") == []
