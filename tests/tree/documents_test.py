#!/usr/bin/env python3
"""Documents rot: every path of this repository that a Markdown file cites must exist. And they grow:
no sentence of ARCHITECTURE.md and docs/ has more than 40 words."""
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
ROOMS = ("daemon/", "store/", "sync/", "tests/", "scripts/", "docs/", "packaging/", "systemd/", "cmake/")
CODE = re.compile(r"`([A-Za-z0-9_./{},*-]+)`")
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")

WORDS_MAX = 40
BLOCK_OF_CODE = re.compile(r"^```.*?^```|^    \S.*?$", re.M | re.S)
NOT_WORDS = re.compile(r"`[^`]*`|\]\([^)]*\)")  # names in code count as one, where a link leads to as none
SENTENCE_END = re.compile(r"[.!?][\")*]*\s+")
# Where a sentence ends without a full stop: a paragraph, a cell of a table, an item, a heading.
PART_END = re.compile(r"\n\s*\n|\||\n(?=\s*(?:[-*#]|\d+\.)\s)")
WORD = re.compile(r"\w[\w'’.,-]*")

TRANSITION = re.compile(r"^  (\w+) --> (\w+): ", re.M)
PROOF = re.compile(r'\{Came::\w+, "([^"]+)", P::(\w+), P::(\w+)\}')
PROVES = re.compile(r"^\| ([^|]+?) \| (done|no effect|refused|unclear|by field) \| (done|no effect|refused|unclear|by field) \|$", re.M)
PART_OF_CODE = re.compile(r'\{"([a-z_]+)", Part::')
TABLE_ROW = re.compile(r"\{State::(\w+), Event::\w+, State::(\w+),")


def warning_codes(sources):
    found = re.findall(r'(?:push_back\(|Warning|^)\s*\{\s*(?:\w+ \? )?"([a-z_]+)"(?: : "([a-z_]+)")?,', sources, re.M)
    return {code for pair in found for code in pair if code}


def documents():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return [ROOT / name for name in listed if (ROOT / name).exists()]


def missing_paths(document, text):
    missing = []
    for path in CODE.findall(text):
        if path.startswith(ROOMS) and not any(c in path for c in "{},*"):
            if not (ROOT / path).exists():
                missing.append(path)
    for path in LINK.findall(text):
        if not (document.parent / path).exists():
            missing.append(path)
    return missing


def long_sentences(text):
    text = NOT_WORDS.sub(lambda found: "X" if found.group().startswith("`") else "]",
                         BLOCK_OF_CODE.sub("\n\n", text))
    sentences = (each for part in PART_END.split(text) for each in SENTENCE_END.split(part))
    return [" ".join(each.split()) for each in sentences if len(WORD.findall(each)) > WORDS_MAX]


class Documents(unittest.TestCase):
    def test_no_sentence_has_to_be_read_twice(self):
        read = [d for d in documents() if d.name == "ARCHITECTURE.md" or d.parent == ROOT / "docs"]
        self.assertGreater(len(read), 5)
        self.assertEqual({}, {d.name: found for d in read if (found := long_sentences(d.read_text()))},
                         f"more than {WORDS_MAX} words: make two of it, or a list")

    def test_a_long_sentence_would_be_found(self):
        self.assertEqual(1, len(long_sentences("Short one. " + "word " * 41 + "here. And another one.")))
        for parted in ("word " * 30 + "\n\n" + "word " * 30, "word " * 30 + "\n* " + "word " * 30,
                       "| " + "word " * 30 + "| " + "word " * 30 + "|", "`" + "word " * 50 + "` is one.",
                       "word " * 30 + "[.](" + "word/" * 30 + ") end.", "```\n" + "word " * 50 + "\n```\n"):
            self.assertEqual([], long_sentences(parted), parted)

    def test_every_warning_that_status_can_give_is_in_the_runbook_and_belongs_to_one_part(self):
        sources = "".join(path.read_text() for path in (ROOT / "daemon/local/warnings").glob("*.cpp"))
        codes = warning_codes(sources)
        self.assertGreater(len(codes), 50)
        self.assertLessEqual({"certificate_expiring", "release_rolled_back", "charge_deadline_last_hour",
                              "gate_stuck", "disk_low", "cache_stale", "price_for_another_ledger"}, codes)
        rows = [line.split("|")[1] for line in (ROOT / "docs/runbook.md").read_text().splitlines()
                if line.startswith("| `")]
        self.assertEqual(set(), codes - set(re.findall(r"`([a-z_]+)`", "".join(rows))))
        table = PART_OF_CODE.findall((ROOT / "daemon/local/parts/part_table.cpp").read_text())
        self.assertEqual(sorted(codes), sorted(table), "daemon/local/parts/part_table.cpp has each of them once")

    def test_a_warning_is_found_however_its_line_is_broken(self):
        self.assertEqual({"a_b", "c", "d", "e", "f"}, warning_codes("""
            out.push_back({"a_b", Severity::notice, "x"}); out.push_back(
                {"c", rejects ? Severity::critical : Severity::warning, "x"});
            out.push_back({late ? "d" : "e", left < alarm ? Severity::critical : Severity::notice});
            return Warning{"f", severity, text};"""))

    def test_the_pictures_of_a_settlement_are_its_table(self):
        table = set(TABLE_ROW.findall((ROOT / "sync/amazon/settlement.cpp").read_text()))
        steps = {(before, after) for before, after in table if before != after}
        self.assertGreater(len(steps), 20)
        drawn = set(TRANSITION.findall((ROOT / "docs/settlement.md").read_text()))
        # What the cloud's word about who charges, or a person, adds, is no event of that table.
        by_a_word = {"not_granted", "settled_elsewhere", "written_off"}
        self.assertEqual(steps, {step for step in drawn if by_a_word.isdisjoint(step)})
        self.assertLessEqual(by_a_word, {after for _, after in drawn})

    def test_what_an_answer_proves_is_one_table(self):
        rows = [(name, act.replace("_", " "), field.replace("_", " ")) for name, act, field
                in PROOF.findall((ROOT / "sync/amazon/answer_proof.cpp").read_text())]
        self.assertGreater(len(rows), 8)
        self.assertEqual(rows, PROVES.findall((ROOT / "docs/settlement.md").read_text()))

    def test_every_path_that_a_document_cites_exists(self):
        found = {str(d.relative_to(ROOT)): m for d in documents()
                 if (m := missing_paths(d, d.read_text()))}
        self.assertEqual({}, found)

    def test_a_path_that_is_not_there_would_be_found(self):
        self.assertEqual(["store/no_such.hpp", "nowhere.md"],
                         missing_paths(ROOT / "README.md", "see `store/no_such.hpp` and [x](nowhere.md)"))


if __name__ == "__main__":
    unittest.main()
