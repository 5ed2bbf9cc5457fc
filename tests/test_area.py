"""The area file: every live postcode of its source on the right side, and the same source builds the same file."""

from __future__ import annotations

import csv
import gzip
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.criteria import Area
from mailbot.errors import UserError

ROOT = Path(__file__).parents[1]
FILE = ROOT / "config" / "area" / "hampshire.json"
SOURCE = ROOT.parent / "shared" / "data" / "postcodes"
AREA = Area.load(FILE)

from_source = pytest.mark.skipif(not SOURCE.is_dir(), reason="the source of the area file is not on this machine")


def rows(name: str) -> list[dict[str, str]]:
    data = (SOURCE / name).read_bytes()
    text = gzip.decompress(data) if name.endswith(".gz") else data
    return list(csv.DictReader(text.decode().splitlines()))


@from_source
def test_every_live_postcode_is_on_its_side() -> None:
    inside = {row["postcode"] for row in rows("all_in_postcodes.csv.gz")}
    outside = {row["postcode"] for row in rows("mixed_sector_postcodes.csv") if row["area_class"] == "OUT"}

    assert len(inside) == 55_259
    assert len(outside) == 4_363
    assert not [code for code in inside if AREA.where(code).side != "in"]
    assert not [code for code in outside if AREA.where(code).side != "out"]


@from_source
def test_codes_wholly_out_are_out_and_an_outward_code_alone_is_never_in() -> None:
    part_in = {row["outward"] for row in rows("outward_codes.csv")}
    for row in rows("outcode_district.csv"):
        side = AREA.where(row["outcode"]).side
        assert side == ("confirm" if row["outcode"] in part_in else "out"), row
    for code in part_in:
        assert AREA.where(code).side == "confirm"
        assert AREA.where(f"{code} 9ZZ").side in ("confirm", "in")


@from_source
def test_sectors_wholly_in_are_in_and_others_are_asked() -> None:
    for row in rows("sector_class.csv"):
        where = AREA.where(row["sector"])
        assert where.side == ("in" if row["status"] == "ALL_IN" else "confirm"), row
        assert row["status"] != "ALL_IN" or where.words == f"by sector {row['sector']}"


@from_source
def test_building_it_again_gives_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one.json", "two.json"):
        subprocess.run([sys.executable, ROOT / "scripts" / "build_area.py", SOURCE, tmp_path / name], check=True)

    assert (tmp_path / "one.json").read_bytes() == (tmp_path / "two.json").read_bytes() == FILE.read_bytes()


def test_it_carries_its_attribution() -> None:
    for words in ("Contains OS data", "Royal Mail", "National Statistics", "Open Government Licence v3.0"):
        assert words in AREA.credit
        assert words in (FILE.parent / "CREDIT.txt").read_text("utf-8")


@pytest.mark.parametrize(
    ("postcode", "side", "words"),
    [
        ("PO30 1AE", "in", "postcode PO30 1AE"),
        ("so149zz", "confirm", ""),
        ("SO14 0ZZ", "in", "by sector SO14 0"),
        ("M1 1AE", "out", "postcode area M1"),
        ("PO18 0AA", "out", "postcode area PO18"),
        ("RG20", "confirm", "border postcode RG20: part of it is in West Berkshire or Wokingham"),
        ("GU10 1AA", "confirm", "border postcode GU10"),
        ("SO14", "confirm", ""),
        ("SO1 1AA", "confirm", ""),
        ("ZZ99 3VZ", "confirm", "no postcodes begin with ZZ99"),
        ("SO99 1AA", "confirm", "no postcodes begin with SO99"),
        ("QQ1 1AA", "confirm", ""),
        ("", "confirm", "this is not a postcode"),
        ("near Southampton", "confirm", "this is not a postcode"),
    ],
)
def test_what_decides(postcode: str, side: str, words: str) -> None:
    where = AREA.where(postcode)
    assert where.side == side, where
    assert words in where.words


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    assert AREA.where(text).side in ("in", "out", "confirm")


def test_a_file_that_cannot_be_used_says_how_to_make_one(tmp_path: Path) -> None:
    for text in ("", "[]", "{}"):
        (tmp_path / "area.json").write_text(text)
        with pytest.raises(UserError, match=r"build_area\.py"):
            Area.load(tmp_path / "area.json")
    with pytest.raises(UserError, match="is missing"):
        Area.load(tmp_path / "none.json")
