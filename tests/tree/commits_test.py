#!/usr/bin/env python3
"""A commit's subject has at most 72 characters and begins with the code's noun: "ledger: …", "feed,
cache: …". Looks at every commit since the one that brought this test. A body says why: there must be
one from the commit that brought that rule; whether it says why is for people to judge."""
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SUBJECT = re.compile(r"[\w./-]+( [\w./-]+){0,3}(, [\w./-]+( [\w./-]+){0,3})*: \S.*[^.\s]")
TRAILER = re.compile(r"[A-Z][A-Za-z-]+-[a-z]+: \S")
CHARACTERS_MAX = 72


def git(*arguments):
    done = subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() if done.returncode == 0 else ""


def subjects():
    """None before the test itself is committed, nor where there is no history."""
    brought = git("log", "--diff-filter=A", "--format=%H", "--", "tests/tree/commits_test.py").split()
    if not brought:
        return []
    return git("log", "--no-merges", "--format=%s", f"{brought[-1]}..HEAD").splitlines()


def without_a_body():
    """Subjects, from the commit that brought this function into this file."""
    brought = git("log", "-S", "def without_a_body", "--format=%H", "--", "tests/tree/commits_test.py").split()
    if not brought:
        return []
    logged = git("log", "--no-merges", "--format=%s%x1f%b%x1e", f"{brought[-1]}^..HEAD")
    return [commit.strip().partition("\x1f")[0] for commit in logged.split("\x1e")
            if commit.strip() and not has_a_body(commit)]


def has_a_body(commit):
    """Of a subject, \\x1f and a body; a trailer alone is none."""
    subject, _, body = commit.strip().partition("\x1f")
    said = [line for line in body.splitlines() if line.strip() and not TRAILER.match(line)]
    return bool(said) or subject.startswith('Revert "')


def is_fit(subject):
    if subject.startswith('Revert "'):  # git's own words
        return True
    return len(subject) <= CHARACTERS_MAX and SUBJECT.fullmatch(subject) is not None


class Commits(unittest.TestCase):
    def test_have_a_short_subject_with_the_noun_first(self):
        self.assertEqual([], [subject for subject in subjects() if not is_fit(subject)])

    def test_have_a_body(self):
        self.assertEqual([], without_a_body(), "say why in the body")

    def test_without_a_body_would_be_found(self):
        self.assertTrue(has_a_body("ledger: keep it\x1fIt was lost.\n"))
        self.assertFalse(has_a_body("ledger: keep it\x1f\n"))
        self.assertFalse(has_a_body("ledger: keep it\x1f\nSigned-off-by: Ann <ann@example.com>\n"))

    def test_with_another_subject_would_be_found(self):
        for subject in ("simulator: stop refunds before the end", "feed, cache: keep the row",
                        "system tests: fetch the history", "store/sqlite: wait for the lock"):
            self.assertTrue(is_fit(subject), subject)
        for subject in ("Fix things", "ledger: " + "x" * 65, "ledger:", "update the documents.",
                        "a sentence of many words that ends in: colon"):
            self.assertFalse(is_fit(subject), subject)


if __name__ == "__main__":
    unittest.main()
