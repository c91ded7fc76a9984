#!/usr/bin/env python3
"""What an upgrade reads of the databases, in a folder that the daemon's user owns."""
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

TAKE_OVER = pathlib.Path(__file__).resolve().parents[2] / "packaging/upgrade/take-over"


class SchemaOf(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def schema_of(self, name):
        function = re.search(r"^schema_of\(\) \{.*?\}$", TAKE_OVER.read_text(), re.M | re.S).group()
        assert "/var/lib/gatehouse/" in function, function
        script = function.replace("/var/lib/gatehouse", str(self.folder)) + f"\nschema_of {name}"
        done = subprocess.run(["sh", "-c", script], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60)
        return done.stdout.split()

    def database(self, name):
        (self.folder / name).write_bytes(bytes(60) + (259).to_bytes(4, "big") + bytes(36))

    def test_is_in_the_header_of_a_database(self):
        self.database("cache.db")
        self.assertEqual(["0", "0", "1", "3"], self.schema_of("cache.db"))

    def test_is_nothing_where_there_is_no_database(self):
        self.assertEqual([], self.schema_of("cache.db"))

    def test_of_a_fifo_is_nothing_and_waits_for_nobody(self):
        os.mkfifo(self.folder / "cache.db")
        self.assertEqual([], self.schema_of("cache.db"))

    def test_of_a_link_is_nothing(self):
        self.database("elsewhere")
        (self.folder / "cache.db").symlink_to("elsewhere")
        self.assertEqual([], self.schema_of("cache.db"))


if __name__ == "__main__":
    unittest.main()
