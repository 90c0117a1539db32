"""A number of an error means one thing: no number stands twice in docs/errors, and every number of the sources stands there."""
import pathlib
import re
import sys

root = pathlib.Path(sys.argv[1])
places = {}
for page in sorted((root / "docs" / "errors").glob("*.md")):
    if page.name != "README.md":
        for number in re.findall(r"^\| *(?:ASSAY-)?(\d{4}) *\|", page.read_text(encoding="utf-8"), re.M):
            places.setdefault(int(number), []).append(page.name)
bad = [f"{n:04}: {', '.join(pages)}" for n, pages in sorted(places.items()) if len(pages) > 1]
for room in ("core", "suites", "adapters", "metrics", "store", "harness", "grading", "reports", "evidence", "cli", "gui"):
    for source in sorted((root / room).rglob("*.cpp")):
        for number in re.findall(r"\.id = (\d{3,4})\b", source.read_text(encoding="utf-8")):
            if int(number) not in places:
                bad.append(f"{int(number):04}: {source.relative_to(root)}, on no page")
print("\n".join(bad) or f"{len(places)} numbers, each on one page")
sys.exit(1 if bad else 0)
