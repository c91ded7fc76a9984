#!/usr/bin/env python3
"""When a box may upgrade itself, by its window and its clock. Nothing is installed: no daemon answers."""
import pathlib
import subprocess
import tempfile
import unittest

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "packaging/upgrade/may-upgrade-now"


class UpgradeWindow(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.file = pathlib.Path(folder.name) / "upgrade-window"

    def may_upgrade(self, window, at):
        if window is not None:
            self.file.write_text(window)
        done = subprocess.run([SCRIPT, self.file, at], text=True, capture_output=True)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        self.assertEqual("", done.stderr)
        return done.returncode == 0

    def test_begins_with_its_first_minute_and_ends_before_its_last(self):
        window = "# at night\n02:00-05:00\n"
        self.assertEqual([False, True, True, False],
                         [self.may_upgrade(window, at) for at in ("01:59", "02:00", "04:59", "05:00")])

    def test_may_go_over_midnight(self):
        self.assertEqual([True, True, False],
                         [self.may_upgrade("22:30-04:00\n", at) for at in ("23:10", "03:59", "12:00")])

    def test_reads_a_time_before_ten_as_a_decimal_number(self):
        self.assertTrue(self.may_upgrade("08:00-09:30", "09:08"))

    def test_can_be_always_or_never(self):
        self.assertTrue(self.may_upgrade("always", "12:00"))
        self.assertFalse(self.may_upgrade("never", "12:00"))

    def test_that_makes_no_sense_means_wait(self):
        for window in ("", "# nothing\n", "2-5\n", "02:00\n", "24:00-26:00\n", "soon\n"):
            self.assertFalse(self.may_upgrade(window, "03:00"), window)

    def test_that_is_not_there_means_always(self):
        self.assertTrue(self.may_upgrade(None, "12:00"))


if __name__ == "__main__":
    unittest.main()
