"""Which rights, by when, and whom to complain to: by place."""

from datetime import UTC, datetime

import pytest

from ringtrue.privacy.policy import effective
from ringtrue.rights import laws
from ringtrue.rights.models import KINDS

AT = datetime(2026, 1, 31, 12, tzinfo=UTC)


@pytest.mark.promise("P-LEX-6-8", "P-CLX-8-7", "P-ALX-7-8", "P-NEJ-7-7")
@pytest.mark.parametrize(
    ("place", "law", "has", "has_not"),
    [
        ("DE", "gdpr", {"access", "objection", "restriction", "portability"}, {"opt_out_sale", "limit_sensitive"}),
        ("fr", "gdpr", {"deletion", "correction"}, {"know"}),
        ("GB", "uk", {"access", "objection"}, {"opt_out_sale"}),
        ("US-CA", "ccpa", {"know", "opt_out_sale", "limit_sensitive", "deletion", "correction"}, {"restriction", "objection"}),
        ("US-NJ", "other", {"withdrawal", "child", "appeal"}, {"access", "deletion"}),
        ("", "other", {"withdrawal"}, {"access"}),
    ],
)
def test_the_law_of_a_place_decides_which_rights_there_are(place, law, has, has_not):
    assert laws.law_of(place) == law
    rights = set(laws.rights_of(law, for_all=False))
    assert has <= rights
    assert not has_not & rights


@pytest.mark.promise("P-LEX-6-9")
def test_with_the_switch_everybody_has_every_right_and_the_same_clock():
    found = {
        (tuple(laws.rights_of(law, for_all=True)), *(laws.due_at(k, law, AT, promised="P30D", for_all=True) for k in KINDS))
        for law in laws.LAWS
    }
    assert len(found) == 1
    assert set(found.pop()[0]) == set(KINDS)


@pytest.mark.promise("P-ALX-7.1-2")
@pytest.mark.parametrize(
    ("kind", "law", "promised", "due"),
    [
        ("access", "gdpr", "P60D", datetime(2026, 2, 28, 12, tzinfo=UTC)),  # one month from 31 January
        ("access", "gdpr", "P14D", datetime(2026, 2, 14, 12, tzinfo=UTC)),
        ("access", "ccpa", "P60D", datetime(2026, 3, 17, 12, tzinfo=UTC)),  # 45 days
        ("opt_out_sale", "ccpa", "P60D", datetime(2026, 2, 20, 12, tzinfo=UTC)),  # 15 business days
        ("child", "ccpa", "P60D", datetime(2026, 2, 3, 12, tzinfo=UTC)),
        ("access", "other", "P30D", datetime(2026, 3, 2, 12, tzinfo=UTC)),
    ],
)
def test_an_answer_is_due_at_the_earliest_of_law_and_promise(kind, law, promised, due):
    assert laws.due_at(kind, law, AT, promised=promised, for_all=False) == due


@pytest.mark.promise("P-ALX-7.3-1")
def test_every_member_of_the_eea_has_its_authority():
    eea = "AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE IS LI NO".split()
    assert len({laws.authority(place) for place in eea}) == 30
    assert all(laws.law_of(place) == "gdpr" for place in eea)
    assert "ico.org.uk" in laws.authority("GB")
    assert "California" in laws.authority("us-ca")
    assert "where you live" in laws.authority("XX")


def test_no_profile_promises_an_answer_later_than_the_law_wants(db):
    import uuid

    for name in ("leximo", "callixo", "alex", "leadiumx", "nejix", "strict", "default"):
        value = effective(uuid.uuid4(), "rights.due", workspace={"profile": name, "rights.due": "P1Y"}).value
        assert value in ("P30D", "P14D")
