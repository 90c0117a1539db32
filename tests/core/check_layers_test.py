"""check_layers_test.py CHECK_LAYERS: the checker finds each kind of breach, and passes what is allowed."""

import os
import subprocess
import sys
import tempfile
import unittest

CHECKER = sys.argv.pop(1)
HEADER = "// What it is for.\n#pragma once\n"


class CheckLayers(unittest.TestCase):
    def run_on(self, files):
        with tempfile.TemporaryDirectory() as root:
            for path, text in files.items():
                os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
                with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                    file.write(text)
            return subprocess.run([sys.executable, CHECKER, root], capture_output=True, text=True)

    def passes(self, files):
        done = self.run_on(files)
        self.assertEqual(done.returncode, 0, done.stdout)

    def fails(self, files, text):
        done = self.run_on(files)
        self.assertEqual(done.returncode, 1, done.stdout)
        self.assertIn(text, done.stdout)

    def test_allowed(self):
        self.passes({
            "core/a.h": HEADER,
            "store/a.cpp": '#include <SQLiteCpp/Database.h>\n#include "core/a.h"\n#include "store/b.h"\n',
            "adapters/mujoco/a.cpp": "#include <mujoco/mujoco.h>\n",
            "reports/a.cpp": '#include <QPainter>\n#include "grading/grading.h"\n',
            "cli/report.cpp": "#include <QGuiApplication>\n",
            "gui/a.cpp": '#include "store/store.h"\n#include <QtWidgets/QWidget>\n',
            "tests/store/a_test.cpp": '#include "cli/x.h"\n#include <sqlite3.h>\n' + "\n" * 900,
        })

    def test_floors(self):
        self.fails({"core/a.cpp": '#include "metrics/judge.h"\n'}, "core/a.cpp:1: core (floor 0)")
        self.fails({"metrics/a.cpp": '\n  #  include "store/store.h"\n'}, "metrics/a.cpp:2:")
        self.fails({"harness/a.cpp": '#include "grading/grading.h"\n'}, "harness (floor 2)")
        self.fails({"gui/a.cpp": '#include "harness/trial.h"\n'}, "gui may not include")
        self.fails({"gui/a.cpp": '#include "adapters/robot.h"\n'}, "gui may not include")
        self.fails({"cupboard/a.cpp": '#include "core/a.h"\n'}, "no room")
        self.fails({"core/a.cpp": '#include "tests/core/a.h"\n'}, "only tests include tests")
        self.fails({"core/a.cpp": '#include "a.h"\n'}, "from the root")

    def test_libraries(self):
        self.fails({"harness/a.cpp": "#include <SQLiteCpp/Database.h>\n"}, "SQLite belongs to")
        self.fails({"cli/a.cpp": "#include <sqlite3.h>\n"}, "SQLite belongs to")
        self.fails({"suites/a.cpp": "#include <mujoco/mujoco.h>\n"}, "MuJoCo belongs to")
        self.fails({"adapters/registry.cpp": "#include <mujoco/mujoco.h>\n"}, "MuJoCo belongs to")
        self.fails({"harness/a.cpp": "#include <QString>\n"}, "Qt belongs to")
        self.fails({"cli/main.cpp": "#include <QtGui/QPainter>\n"}, "Qt belongs to")

    def test_form(self):
        self.fails({"core/a.h": HEADER + "\n" * 119}, "more than 120")
        self.passes({"core/a.h": HEADER + "\n" * 118})
        self.fails({"core/a.cpp": "\n" * 401}, "more than 400")
        self.fails({"core/a.h": "#pragma once\n"}, "begins with a comment")
        self.fails({"core/a.h": "// Words.\n#include <map>\n#pragma once\n"}, "core/a.h:2: `#pragma once`")
        self.fails({"core/a.h": "// Words.\n"}, "missing")
        self.passes({"core/a.h": "/* Long\n words. */\n\n#pragma once\n"})
        self.fails({}, "no sources")


unittest.main()
