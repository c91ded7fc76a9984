#!/usr/bin/env python3
"""The program and its package have one version."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Version(unittest.TestCase):
    def test_of_the_package_is_that_of_the_program(self):
        program = re.search(r"project\(gatehouse VERSION (\S+)", (ROOT / "CMakeLists.txt").read_text()).group(1)
        package = re.match(r"gatehouse \((\S+)\)", (ROOT / "packaging/debian/changelog").read_text()).group(1)
        self.assertEqual(program, package)


if __name__ == "__main__":
    unittest.main()
