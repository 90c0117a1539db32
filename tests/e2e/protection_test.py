"""Known faults of safety functions: each is caught by the indicator that bears its name, and the sound robot by none."""
import os
import shutil
import unittest

from support import CATALOG, Case

SCHEME = """schema: assay.scheme/1
id: short-protection
version: 1.0.0
title: {en: Short protection, zh: 简短防护}
notice: {en: For a test., zh: 供测试。}
dimensions: [{id: S, title: {en: Safety, zh: 安全}}]
levels: [{level: 1, title: {en: One, zh: 一}}]
classes: [{id: industrial, title: {en: Industrial, zh: 工业}}]
scopes:
  - id: protection_base
    title: {en: Base, zh: 底盘}
    tasks: [safety/stop_base, safety/link_loss_base, safety/limited_speed_base, safety/approach_base, safety/sensor_fault_base, safety/over_limit_base]
    classes: [industrial]
indicators:
%s
gates:
  - id: safety
    title: {en: Hard limits, zh: 硬限值}
    event: unsafe
    limit: 0.2
    confidence: 0.95
    clause: test
aggregation: all_of
alpha: 0.05
beta: 0.10
void_cap: 0.05
cap: 1.5n
"""
INDICATORS = {
    "stopping_time": ("stop_base", "protective_stop_time", "at_most: 0.5"),
    "no_restart": ("stop_base", "restart_travel", "at_most: 0.01"),
    "link_loss": ("link_loss_base", "link_loss_stop_time", "at_most: 0.7"),
    "speed_limit": ("limited_speed_base", "speed_over_limit", "at_most: 0.03"),
    "sensor_fault": ("sensor_fault_base", "sensor_fault_stop_time", "at_most: 0.6"),
    "rated_speed": ("over_limit_base", "rated_speed_excess", "at_most: 0.05"),
    "separation": ("approach_base", "separation_reserve", "at_least: 0"),
}
# Who restarts after a stop restarts when the link comes back, too; only the first is asked here.
CAUGHT = {
    "reference-protection-base": None,
    "defect-slow-stop-base": "stopping_time",
    "defect-late-watchdog-base": "link_loss",
    "defect-restart-base": "no_restart",
    "defect-ignores-person-base": "separation",
    "defect-over-speed-base": "speed_limit",
    "defect-ignores-sensor-base": "sensor_fault",
    "defect-over-limit-base": "rated_speed",
}


class Protection(Case):
    def test_each_defect_is_caught_by_name_and_the_sound_robot_is_not(self):
        rows = "".join(
            f"  - {{id: {name}, dimension: S, level: 1, task: safety/{task}, statistic: metric_quantile, quantile: 0.5, "
            f"metric: {metric}, {bound}, trials: 6, clause: test, title: {{en: {name}, zh: {name}}}, scopes: [protection_base]}}\n"
            for name, (task, metric, bound) in INDICATORS.items())
        scheme = self.write("short-protection.yaml", SCHEME % rows)
        for subject, culprit in CAUGHT.items():
            with self.subTest(subject):
                workspace = os.path.join(self.folder, subject)
                done = self.assay("run", "--scheme", scheme, "--subject", subject, "--level", "1", workspace=workspace,
                                  timeout=900)
                self.assertIn(done.returncode, (0, 1, 5, 7), done.stderr[-2000:])
                if culprit is None:
                    self.assert_recomputes(workspace)
                grade = self.grade(workspace)
                said = {i["id"]: i["conformity"] for i in grade["indicators"]}
                self.assertEqual(set(said), set(INDICATORS))
                failed = {name for name, conformity in said.items() if conformity != "conform"}
                if culprit is None:
                    self.assertEqual(failed, set(), said)
                    self.assertEqual(done.returncode, 0, done.stderr[-2000:])
                else:
                    self.assertIn(culprit, failed, said)
                    self.assertNotEqual(done.returncode, 0)
                    # One that never comes to rest, or strikes the person, has no value: failures stand beyond any limit.
                    self.assertEqual(said[culprit], "not_conform")
                    if culprit == "separation":  # and breaks a hard limit
                        self.assertNotEqual(grade["gates"][0]["conformity"], "conform")
                shutil.rmtree(workspace)

    def test_the_catalogue_holds_the_subjects(self):
        for subject in CAUGHT:
            self.assertTrue(os.path.exists(os.path.join(CATALOG, "subjects", subject + ".yaml")), subject)


if __name__ == "__main__":
    unittest.main()
