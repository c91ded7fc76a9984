#!/usr/bin/env python3
"""The program, its package and its interface have one version."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def found(pattern, file):
    return re.search(pattern, (ROOT / file).read_text(), re.MULTILINE).group(1)


class Version(unittest.TestCase):
    program = found(r"^project\(gatehouse VERSION (\S+)", "CMakeLists.txt")

    def test_of_the_package_is_that_of_the_program(self):
        self.assertEqual(self.program, found(r"\Agatehouse \((\S+)\)", "packaging/debian/changelog"))

    def test_of_the_interface_to_the_cloud_is_that_of_the_program(self):
        self.assertEqual(self.program, found(r"^  version: (\S+)", "docs/cloud.openapi.yaml"))

    def test_is_the_newest_that_the_changelog_tells_of(self):
        self.assertEqual(self.program, found(r"^## (\S+)", "CHANGELOG.md"))


if __name__ == "__main__":
    unittest.main()
