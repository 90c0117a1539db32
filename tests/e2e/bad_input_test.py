"""Malformed files of every kind: an ASSAY number, the place, exit code 2, nothing written, no crash, no hang."""
import os
import re
import shutil
import unittest

from support import CATALOG, Case


class BadInput(Case):
    def setUp(self):
        super().setUp()
        self.catalog = os.path.join(self.folder, "catalog")
        shutil.copytree(CATALOG, self.catalog)

    def path(self, *parts):
        return os.path.join(self.catalog, *parts)

    def run_with(self, subject="reference-arm", scheme="embodied-demo", timeout=60):
        return self.assay("run", "--subject", subject, "--scheme", scheme, "--level", "1", "--seed", "b",
                          env={"ASSAY_CATALOG": self.catalog}, timeout=timeout)

    def expect_error(self, done, mention=None):
        self.assertEqual(done.returncode, 2, (done.returncode, done.stderr[-2000:]))
        self.assertRegex(done.stderr, r"error\[ASSAY-\d{4}\]")
        if mention:
            self.assertRegex(done.stderr, mention)
        self.assertFalse(os.path.exists(os.path.join(self.workspace, "traces")) and
                         any(files for _, _, files in os.walk(os.path.join(self.workspace, "traces"))))

    def edit(self, parts, pattern, replacement):
        path = self.path(*parts)
        with open(path, encoding="utf-8") as source:
            text = source.read()
        changed = re.sub(pattern, replacement, text, count=1, flags=re.M)
        self.assertTrue(text != changed, f"{pattern} not in {path}")
        with open(path, "w", encoding="utf-8") as out:
            out.write(changed)

    def test_wrong_type_with_place(self):
        self.edit(("suites", "logistics_assembly", "parcel_sorting.yaml"), r"^time_limit_s:.*$", "time_limit_s: soon")
        self.expect_error(self.run_with(), r"parcel_sorting\.yaml:\d+:\d+")

    def test_unknown_key(self):
        self.edit(("suites", "logistics_assembly", "parcel_sorting.yaml"), r"^time_limit_s:", "time_limit_sec:")
        self.expect_error(self.run_with(), "time_limit_s")

    def test_duplicate_key(self):
        self.edit(("schemes", "embodied-demo.yaml"), r"^(id:.*)$", r"\1\n\1")
        self.expect_error(self.run_with(), r"embodied-demo\.yaml:\d+:\d+")

    def test_missing_scene(self):
        os.remove(self.path("scenes", "parcel_sorting.xml"))
        self.expect_error(self.run_with(), r"parcel_sorting\.xml")

    def test_nan(self):
        self.edit(("suites", "logistics_assembly", "parcel_sorting.yaml"), r"^time_limit_s:.*$", "time_limit_s: .nan")
        self.expect_error(self.run_with(), "nan|NaN")

    def test_yes_where_a_string_is_meant(self):
        self.edit(("subjects", "reference-arm.yaml"), r"^(\s*)serial:.*$", r"\1serial: 017")
        self.expect_error(self.run_with(), r"reference-arm\.yaml:\d+:\d+")

    def test_hundred_megabytes(self):
        with open(self.path("subjects", "reference-arm.yaml"), "a", encoding="utf-8") as out:
            for _ in range(100):
                out.write("# " + "x" * (1 << 20) + "\n")
        self.expect_error(self.run_with())

    def test_bomb(self):
        lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
        for k in range(1, 12):
            lines.append(f"a{k}: &a{k} [" + ", ".join([f"*a{k - 1}"] * 9) + "]")
        self.expect_error(self.run_with(subject=self.write("bomb.yaml", "\n".join(lines))))

    def test_binary_nesting_and_devices(self):
        self.expect_error(self.run_with(subject=self.write("deep.yaml", "[" * 100_000)))
        junk = os.path.join(self.folder, "junk.yaml")
        with open(junk, "wb") as out:
            out.write(os.urandom(4096))
        self.expect_error(self.run_with(subject=junk))
        self.expect_error(self.run_with(subject="/dev/zero"))
        fifo = os.path.join(self.folder, "fifo.yaml")
        os.mkfifo(fifo)
        self.expect_error(self.run_with(subject=fifo))

    def test_model_that_is_not_xml(self):
        with open(self.path("embodiments", "arm7", "arm7.xml"), "w", encoding="utf-8") as out:
            out.write("<mujoco><worldbody><body>")
        self.expect_error(self.run_with(), r"arm7\.xml")

    def test_model_with_a_newer_attribute(self):
        self.edit(("embodiments", "arm7", "arm7.xml"), r"<joint name=", '<joint actuatorfrcrange="-1 1" name=')
        self.expect_error(self.run_with(), "actuatorfrcrange")

    def outcome_is_subject_fault(self, done, unsafe=False):
        """Either refused before the first trial, or each trial is the subject's failure."""
        if done.returncode == 2:
            self.assertRegex(done.stderr, r"ASSAY-\d{4}")
            return
        self.assertIn(done.returncode, (1, 5, 6, 7) if unsafe else (1, 5, 6), done.stderr)
        for trial in self.trials():
            if unsafe and trial["outcome"] == "unsafe":
                continue
            self.assertEqual(trial["outcome"], "failure", trial)
            self.assertTrue(trial["reason"].startswith("subject_fault"), trial)

    def vendor_model(self, pattern, replacement):
        """The arm as a vendor would bring it: not ours, and broken."""
        self.edit(("embodiments", "arm7.yaml"), r"^reference: true", "reference: false")
        self.edit(("embodiments", "arm7", "arm7.xml"), pattern, replacement)

    def test_model_that_mujoco_cannot_compile(self):
        self.vendor_model(r'name="joint7" range="-3.05 3.05"', 'name="joint7" range="3.05 -3.05"')
        self.outcome_is_subject_fault(self.run_with())

    def test_model_that_explodes(self):
        # A spring that pushes away without bound: MuJoCo warns of bad accelerations.
        self.vendor_model(r'name="joint7" range', 'name="joint7" stiffness="-1e9" range')
        # It may break a hard limit before it breaks the simulation: then it is unsafe, and the gate says so.
        self.outcome_is_subject_fault(self.run_with(timeout=120), unsafe=True)

    def test_model_that_needs_more_memory_than_there_is(self):
        # MuJoCo left alone prints a message and waits for the Enter key, or crashes on the size.
        self.vendor_model(r"<asset>", '<asset><texture name="huge" type="2d" builtin="flat" width="200000" height="200000"/>')
        self.outcome_is_subject_fault(self.run_with(timeout=120))


if __name__ == "__main__":
    unittest.main()
