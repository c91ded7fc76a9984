#!/usr/bin/env python3
"""Removing and purging: what was acknowledged is not lost by accident."""
import unittest

from fixture import SystemTest, apt, carts_in_ledger, install, take_carts
from machine import wait_for


class Removing(SystemTest):
    def trading_box(self, carts):
        box = self.installed_box()
        install(box, "gatehouse-sim")
        if carts:
            take_carts(box, carts)
        return box

    def test_keeps_the_state_and_a_new_installation_goes_on_with_it(self):
        box = self.trading_box(carts=12)
        said = apt(box, "remove", "gatehouse").stdout
        self.assertIn("12 records are not delivered yet", said)
        self.assertFalse((box.root / "usr/sbin/gatehoused").exists())
        install(box)
        carts_in_ledger(box, 12)

    def test_and_purging_removes_the_state_where_nothing_is_undelivered(self):
        box = self.trading_box(carts=0)
        apt(box, "purge", "gatehouse")
        for path in ("var/lib/gatehouse", "var/lib/gatehouse-upgrade", "etc/gatehouse"):
            self.assertFalse((box.root / path).exists(), path)
        self.assertEqual("", box.out("sh", "-c", "ls /etc/systemd/system/*/gatehouse* 2>/dev/null", check=False))

    def test_and_purging_refuses_where_records_are_undelivered(self):
        box = self.trading_box(carts=7)
        done = apt(box, "purge", "gatehouse", check=False)
        self.assertNotEqual(0, done.returncode)
        self.assertIn("7 records are undelivered", done.stdout)
        self.assertTrue((box.root / "var/lib/gatehouse/ledger.db").exists())
        install(box)
        carts_in_ledger(box, 7)

    def test_and_purging_what_is_undelivered_can_be_forced(self):
        box = self.trading_box(carts=7)
        apt(box, "purge", "gatehouse", env={"GATEHOUSE_PURGE_UNDELIVERED": "1"})
        self.assertFalse((box.root / "var/lib/gatehouse").exists())

    def test_a_disk_of_its_own_is_emptied_and_stays_mounted(self):
        box = self.installed_box()
        box.run("systemctl", "stop", "gatehouse.service")
        box.run("mount", "-t", "tmpfs", "state", "/var/lib/gatehouse")
        box.run("systemctl", "start", "gatehouse.service")
        apt(box, "purge", "gatehouse")
        self.assertEqual("", box.out("ls", "-A", "/var/lib/gatehouse"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
