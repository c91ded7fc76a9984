#!/usr/bin/env python3
"""Holds the rule that no floating point comes near money: money is an integer in minor units
(store/values/money.hpp). Floating point is for chance and for metrics, in the files listed here, and none of
these knows what money is."""
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

CHANCE_AND_METRICS = {
    "store/space/growth.cpp",
    "store/values/time.hpp",
    "sync/delivery/breaker.cpp",
    "sync/delivery/breaker.hpp",
    "sync/delivery/retry.cpp",
    "sync/delivery/retry.hpp",
    "sync/credentials/lease.cpp",
    "sync/credentials/lease.hpp",
    "daemon/process/daemon.cpp",
    "daemon/local/view/metrics.cpp",
    "daemon/local/view/fact_metrics.cpp",
}
FLOATING = re.compile(r"\b(double|float|strtod|strtof|stod|stof|get_double|is_double)\b")
MONEY = re.compile(r"\b(Money|minor_digits|format_amount|parse_money)\b")


def code_of(file):
    """The file without its comments."""
    text = (ROOT / file).read_text(encoding="utf-8")
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    return re.sub(r"//[^\n]*", "", text)


def sources():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "store", "sync", "daemon"],
        cwd=ROOT, check=True, capture_output=True, text=True)
    return [f for f in listed.stdout.split() if f.endswith((".cpp", ".hpp")) and (ROOT / f).exists()]


class Money(unittest.TestCase):
    def test_floating_point_is_only_where_chance_and_metrics_are(self):
        found = {f for f in sources() if FLOATING.search(code_of(f))}
        self.assertEqual(sorted(found - CHANCE_AND_METRICS), [])
        self.assertEqual(sorted(CHANCE_AND_METRICS - found), [], "no longer needed in the list")

    def test_none_of_these_files_knows_money(self):
        self.assertEqual(sorted(f for f in CHANCE_AND_METRICS if MONEY.search(code_of(f))), [])


if __name__ == "__main__":
    unittest.main()
