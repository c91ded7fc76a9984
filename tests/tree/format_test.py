#!/usr/bin/env python3
"""Every source file is as clang-format 19 writes it (.clang-format)."""
import pathlib
import shutil
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FORMATTER = "clang-format-19"


def badly_formatted(files):
    if not files:
        return ""
    return subprocess.run([FORMATTER, "--dry-run", "--Werror", *files],
                          cwd=ROOT, capture_output=True, text=True).stderr


class Format(unittest.TestCase):
    def test_is_that_of_the_formatter(self):
        self.assertIsNotNone(shutil.which(FORMATTER), "packaging/debian/control lists it")
        listed = subprocess.run(
            ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.cpp", "*.hpp"],
            cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
        self.assertEqual("", badly_formatted([name for name in listed if (ROOT / name).exists()])[:2000])


if __name__ == "__main__":
    unittest.main()
