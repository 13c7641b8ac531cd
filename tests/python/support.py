# SPDX-License-Identifier: Apache-2.0
"""What the tests of the program's files share. PRISM_PROGRAM: the program; PRISM_SOURCE_DIR: the repository."""
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

PROGRAM = os.environ["PRISM_PROGRAM"]
SOURCE = pathlib.Path(os.environ["PRISM_SOURCE_DIR"])
TINY = SOURCE / "configs" / "tiny.json"
SKIPPED = 77  # to ctest

sys.path.insert(0, str(SOURCE / "scripts"))


class ProgramTest(unittest.TestCase):
    """A test with a folder of its own, which is gone at the end."""

    def setUp(self):
        temporary = tempfile.TemporaryDirectory(prefix="prism-test-")
        self.addCleanup(temporary.cleanup)
        self.folder = pathlib.Path(temporary.name)

    def run_program(self, *arguments, status=0):
        done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=self.folder, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, status, done.stderr)
        return done

    def write(self, name, value):
        path = self.folder / name
        path.write_text(json.dumps(value))
        return path

    def read_json(self, name):
        return json.loads((self.folder / name).read_text())


def skip_all(reason):
    print("skipped: " + reason)
    sys.exit(SKIPPED)
