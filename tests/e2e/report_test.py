"""The report in every form, its issue, and a trial shown again, on one small session."""
import hashlib
import json
import os
import struct
import subprocess
import unittest
import xml.etree.ElementTree as xml

from support import Case

PARTICULARS = """schema: assay.particulars/1
report: {number: EB-2026-0001, issued: 2026-11-23, prevailing: zh}
laboratory: {name: {en: Example Centre, zh: 示例检测中心}, address: 1 Example Road}
place: {en: Hall 2, zh: 2 号厅}
item: {received: 2026-11-20, condition: sealed}
deviations: []
external: []
people: {tested: Li Na, reviewed: Wang Fang, approved: Zhao Lei}
"""


class Report(Case):
    def setUp(self):
        super().setUp()
        self.assertEqual(self.assay("run", "--subject", "null-arm", "--jobs", "2").returncode, 1)

    def ok(self, *words, **options):
        done = self.assay(*words, **options)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def text_of(self, path):
        return subprocess.run(["pdftotext", path, "-"], capture_output=True, text=True, timeout=60, check=True).stdout

    def test_pdf_in_each_language(self):
        for lang, words in (("zh", ["自评报告", "未能证明达到任何等级", "报告结束"]),
                            ("en", ["Self-assessment report", "has shown no level", "End of report"])):
            path = os.path.join(self.folder, lang + ".pdf")
            self.ok("report", "--format", "pdf", "--lang", lang, "-o", path)
            text = self.text_of(path).replace("\n", "")
            for word in words:
                self.assertIn(word.replace(" ", ""), text.replace(" ", ""))
        self.assertTrue(self.ok("report", "--format", "pdf").strip().endswith(".pdf"))

    def test_junit_is_read_by_an_xml_parser(self):
        root = xml.fromstring(self.ok("report", "--format", "junit", "-o", "-").split("?>", 1)[1])
        self.assertEqual(root.tag, "testsuites")
        cases = root.findall("./testsuite/testcase")
        self.assertEqual(int(root.get("tests")), len(cases))
        self.assertEqual(int(root.get("failures")), len(root.findall(".//failure")))
        self.assertGreater(len(root.findall(".//failure")), 0)
        names = {p.get("name") for p in cases[0].findall("./properties/property")}
        self.assertGreaterEqual(names, {"n", "value", "ci_low", "ci_high", "limit"})

    def test_issue_is_blocked_until_complete_and_kept_once(self):
        bare = self.assay("report", "--issue", "--format", "pdf")
        self.assertEqual(bare.returncode, 10)
        self.assertIn("ASSAY-0717", bare.stderr)
        self.assertIn("b) c)", bare.stderr)
        self.assertFalse(os.path.exists(os.path.join(self.workspace, "reports")))
        file = self.write("report.yaml", PARTICULARS)
        pdf = os.path.join(self.folder, "issued.pdf")
        words = ("report", "--issue", "--format", "pdf", "--particulars", file, "-o", pdf)
        self.ok(*words)
        with open(os.path.join(self.folder, "issued.data.json"), "rb") as data:
            digest = hashlib.sha256(data.read()).hexdigest()
        self.assertIn(digest, self.text_of(pdf).replace("\n", ""))
        self.ok(*words)  # the same again
        other = self.write("other.yaml", PARTICULARS.replace("sealed", "opened"))
        again = self.assay("report", "--issue", "--format", "pdf", "--particulars", other, "-o", pdf)
        self.assertIn("ASSAY-0722", again.stderr)
        self.assertIn("ASSAY-0723", self.assay("report", "--issue", "--document", "certificate", "--particulars",
                                               file).stderr)
        self.assertEqual(self.assay("status").returncode, 0)  # the chain holds

    def test_replay_draws_every_frame(self):
        number = self.trials()[0]["number"]
        gif = os.path.join(self.folder, "t.gif")
        told = self.json("trial", "replay", str(number), "--gif", gif, "--fps", "1", "--width", "160", "--height", "100")
        with open(gif, "rb") as file:
            data = file.read()
        self.assertEqual(data[:6], b"GIF89a")
        self.assertEqual(struct.unpack("<HH", data[6:10]), (160, 100))
        self.assertEqual(data[-1:], b";")
        self.assertEqual(data.count(b"\x21\xf9\x04"), told["frames"])
        self.assertGreater(told["frames"], 2)
        # For a second opinion nothing is told of the outcome: the last frame has another caption, the others the same.
        blind = os.path.join(self.folder, "blind.gif")
        same = ("--fps", "1", "--width", "160", "--height", "100")
        again = self.json("trial", "replay", str(number), "--gif", blind, "--blind", *same)
        self.assertEqual(again["frames"], told["frames"])
        self.assertTrue(again["instruction"]["zh"])
        with open(blind, "rb") as file:
            self.assertNotEqual(file.read(), data)
        trace = json.loads(self.assay("--json", "trial", "show", str(number)).stdout)["trace"]
        with open(trace, "r+b") as file:
            file.seek(100)
            file.write(b"\xff")
        broken = self.assay("trial", "replay", str(number), "--gif", gif)
        self.assertEqual(broken.returncode, 8)
        self.assertIn("ASSAY-0729", broken.stderr)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path


if __name__ == "__main__":
    unittest.main()
