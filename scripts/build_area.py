"""Build the area file that criterion C2 is checked with: `scripts/build_area.py SOURCE OUT`.

SOURCE is a folder with `all_in_postcodes.csv.gz`, `mixed_sector_postcodes.csv`, `sector_class.csv`, `outward_codes.csv`
and `outcode_district.csv` (OS Code-Point Open and the ONS Postcode Directory, Open Government Licence v3.0). The same
source gives the same bytes. Only "in" and "out" are kept, no council codes: councils change, the area does not.
"""

from __future__ import annotations

import csv
import gzip
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

Rows = Iterator[dict[str, str]]

CREDIT = (
    "Contains OS data © Crown copyright and database right 2025. Contains Royal Mail data © Royal Mail copyright and "
    "database right 2025. Contains National Statistics data © Crown copyright and database right 2025. "
    "Licensed under the Open Government Licence v3.0."
)
DATED = "November 2025"
#: every postcode area of the United Kingdom and the Crown dependencies: what begins otherwise is no real code
AREAS = (
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY "
    "G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR "
    "NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA "
    "WC WD WF WN WR WS WV YO ZE"
)


def main() -> None:
    """Read the source, write the area file."""
    source, out = map(Path, sys.argv[1:])
    out.write_text(built(source), encoding="utf-8")


def built(source: Path) -> str:
    """The area file of a source folder, one sector a line."""
    part_in = {row["outward"]: _neighbours(row["outside_districts"]) for row in _rows(source / "outward_codes.csv")}
    known = {row["outcode"] for row in _rows(source / "outcode_district.csv")}
    sectors = _sectors(source)
    near = {code.rstrip("0123456789") for code in known}
    head = {
        "credit": CREDIT,
        "dated": DATED,
        "elsewhere": [area for area in AREAS.split() if area not in near],
        "wholly_out": sorted(code for code in known if code not in part_in),
        "neighbours": dict(sorted(part_in.items())),
        "mixed": sorted(row["sector"] for row in _rows(source / "sector_class.csv") if row["status"] == "MIXED"),
    }
    lines = [f" {_json(key)}: {_json(value)}," for key, value in head.items()]
    units = ",\n".join(f"  {_json(sector)}: {_json(sectors[sector])}" for sector in sorted(sectors))
    return "{\n" + "\n".join(lines) + '\n "sectors": {\n' + units + "\n }\n}\n"


def _sectors(source: Path) -> dict[str, dict[str, str]]:
    """Each sector that lies in the area at least in part, with the last two letters of what is in and what is out."""
    units: dict[str, dict[str, list[str]]] = defaultdict(lambda: {"in": [], "out": []})
    for row in _rows(source / "sector_class.csv"):
        units[row["sector"]]
    for row in _rows(source / "all_in_postcodes.csv.gz"):
        units[row["postcode"][:-2]]["in"].append(row["postcode"][-2:])
    for row in _rows(source / "mixed_sector_postcodes.csv"):
        if row["area_class"] == "OUT":
            units[row["postcode"][:-2]]["out"].append(row["postcode"][-2:])
    return {
        sector: {side: "".join(sorted(set(found))) for side, found in sides.items()} for sector, sides in units.items()
    }


def _neighbours(districts: str) -> list[str]:
    """Councils, without the number of postcodes behind each name."""
    return [part.strip().rpartition(" ")[0] for part in districts.split(";") if part.strip()]


def _rows(path: Path) -> Rows:
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    yield from csv.DictReader(data.decode().splitlines())


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    main()
