"""How the scripts of this folder write a file of reference cases."""
import json
import pathlib

CATALOGUE = pathlib.Path(__file__).resolve().parents[2] / "suites/catalog/reference"


def write(name, title, tool, cases):
    """One case a line, so that a difference shows which case changed."""
    out = CATALOGUE / name
    meta = {"title": title,
            "made_with": [tool],
            "rule": "|got - expected| <= tol_rel * max(1, |expected|); true/false and null exactly"}
    lines = ",\n".join(json.dumps(c) for c in cases)
    out.write_text('{"meta": ' + json.dumps(meta) + ',\n"cases": [\n' + lines + "\n]}\n")
    print(f"{len(cases)} cases, {out.stat().st_size} bytes")
