#!/usr/bin/env python3
"""Manuals rot: every subcommand and option of a program is in its man page, and those of gatehouse in
its completion; every file that the packaging takes from the tree is there."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
MANUAL = ROOT / "packaging/manual"
COMPLETION = "packaging/completion/gatehouse"
DEBIAN = ROOT / "packaging/debian"

HIDDEN = re.compile(r'add_\w+\("--[a-z-]+"[^;]*->group\(""\);')
SUBCOMMAND = re.compile(r'(?:add_subcommand\(|add_verb\(\*?\w+,)\s*"([a-z-]+)"')
OPTION = re.compile(r'"(--[a-z][a-z-]*)"')


def words(*sources):
    """Subcommands and options that the sources register; what --help hides is not among them."""
    text = HIDDEN.sub("", "".join((ROOT / source).read_text() for source in sources))
    return set(SUBCOMMAND.findall(text)) | set(OPTION.findall(text))


def missing(wanted, text):
    text = re.sub(r"\\f[A-Z]", " ", text.replace("\\-", "-"))
    return {word for word in wanted if not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text)}


def taken_from_tree(name, text):
    """What a .install, .manpages or .docs file names; usr/ is what was built, build/ is made meanwhile."""
    for line in text.splitlines():
        sources = line.split()[:-1] if name.endswith(".install") else line.split()
        yield from (source for source in sources if not source.startswith(("usr/", "build/")))


class Manual(unittest.TestCase):
    def holds(self, wanted, at_least, *documents):
        self.assertGreater(len(wanted), at_least)
        for document in documents:
            self.assertEqual(set(), missing(wanted, (ROOT / document).read_text()), document)

    def test_gatehouse(self):
        self.holds(words("daemon/command/arguments.cpp"), 25, MANUAL / "gatehouse.1", COMPLETION)

    def test_gatehoused(self):
        self.holds(words("daemon/process/arguments.cpp"), 2, MANUAL / "gatehoused.8")

    def test_gatehouse_sim(self):
        commands = (ROOT / "tests/simulator/commands").glob("*.cpp")
        self.holds(words(*commands), 25, MANUAL / "gatehouse-sim.1")

    def test_every_section_of_the_configuration(self):
        sections = re.findall(r"^\[(\w+)\]$", (ROOT / "packaging/gatehouse.toml").read_text(), re.M)
        self.assertGreater(len(sections), 3)
        page = (MANUAL / "gatehouse.toml.5").read_text()
        self.assertEqual([], [section for section in sections if f".B [{section}]" not in page])

    def test_every_file_that_a_package_takes_is_there(self):
        lists = [file for kind in ("install", "manpages", "docs") for file in DEBIAN.glob(f"*.{kind}")]
        self.assertGreater(len(lists), 4)
        gone = [f"{file.name}: {source}" for file in lists
                for source in taken_from_tree(file.name, file.read_text()) if not any(ROOT.glob(source))]
        self.assertEqual([], gone)

    def test_what_is_not_there_would_be_found(self):
        self.assertEqual({"list", "--limit"}, missing({"list", "--limit", "retry"}, "lists, \\fBretry\\fP, \\-\\-limits"))
        self.assertEqual(["packaging/x"], list(taken_from_tree("a.install", "packaging/x etc\nusr/bin/y\n")))


if __name__ == "__main__":
    unittest.main()
