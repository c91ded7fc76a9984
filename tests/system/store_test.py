#!/usr/bin/env python3
"""A box as docs/install.md makes it, with secrets, certificate and callers' authority: reload, restart, upgrades."""
import unittest

import store
from fixture import (SystemTest, apt, install, installed_version, main_pid, run_daily_upgrade, status, update,
                     warning_codes)
from machine import wait_for

NEXT = "9.0.0"


def instead_of_daemon(script):
    """A change of a package: `script` stands for gatehoused, which it finds beside itself as gatehoused.real."""
    def change(root):
        daemon = root / "usr/sbin/gatehoused"
        daemon.rename(daemon.with_suffix(".real"))
        daemon.write_text(f'#!/bin/sh\n{script}\nexec "$0.real" "$@"\n')
        daemon.chmod(0o755)
    return change


refuses_the_configuration = instead_of_daemon(
    '[ "$1" != --check ] || { echo "cloud.url: a release that refuses it" >&2; exit 2; }')
does_not_start = instead_of_daemon('[ $# -gt 0 ] || { echo "a broken release"; exit 1; }')


class StoreTest(SystemTest):
    def store_box(self, *releases):
        """Set up once for all tests of this file. It is offered the releases too."""
        self.offers = self.new_repository(self.id().rsplit(".", 1)[1], *releases)
        box = self.box(self.lower("store", self.repository, lambda box: (install(box), store.set_up(box))), self.offers)
        update(box)
        wait_for("the daemon", lambda: status(box))
        return box

    def reason(self, box):
        (text,) = [warning["text"] for warning in status(box)["warnings"] if warning["code"] == "release_rolled_back"]
        return text


class Reloading(StoreTest):
    def reload(self, box):
        return box.run("systemctl", "reload", "gatehouse", check=False).returncode

    def test_takes_what_can_change_and_leaves_the_daemon_running(self):
        box = self.store_box()
        before = main_pid(box)
        box.write("/etc/gatehouse/conf.d/70-more.toml", "[cloud]\nmax_in_flight = 4\n")
        self.assertEqual(0, self.reload(box), box.journal("gatehouse", "-n", "20"))
        wait_for("the reload", lambda: "reload: done" in box.journal("gatehouse"))
        self.assertEqual(before, main_pid(box))
        self.assertTrue(store.scans(box))

    def test_of_a_wrong_configuration_fails_and_the_status_of_the_unit_says_why(self):
        box = self.store_box()
        before = main_pid(box)
        box.write("/etc/gatehouse/conf.d/70-more.toml", "[cloud]\nmax_in_flight = 0\n")
        self.assertNotEqual(0, self.reload(box))
        self.assertIn("cloud.max_in_flight", box.run("systemctl", "status", "--no-pager", "gatehouse").stdout)
        self.assertEqual(before, main_pid(box))
        self.assertTrue(store.scans(box))
        self.assertEqual("", box.out("systemctl", "--failed", "--plain", "--no-legend"))

    def test_is_checked_with_the_drop_ins_of_the_service(self):
        box = self.store_box()
        store.edit_unit(box, "gatehouse.service", "[Service]\nEnvironment=GATEHOUSE_CLOUD_MAX_IN_FLIGHT=none\n")
        self.assertNotEqual(0, self.reload(box))
        self.assertIn("cloud.max_in_flight", box.journal("gatehouse", "-n", "20"))
        store.edit_unit(box, "gatehouse.service",
                        "[Service]\nLoadCredential=elsewhere:/etc/machine-id\nExecStartPre=/bin/false\n")
        box.write("/etc/gatehouse/conf.d/70-more.toml", "[gate]\nbearer_token_file = \"credential:elsewhere\"\n")
        self.assertEqual(0, store.check(box, check=False).returncode)

    def test_says_which_secret_waits_for_a_restart(self):
        box = self.store_box()
        store.keep_secret(box, "cloud", "another-token")
        self.assertEqual(0, self.reload(box))
        self.assertIn("the secret cloud differs", box.journal("gatehouse"))
        self.assertNotIn("another-token", box.journal("gatehouse"))
        box.run("systemctl", "restart", "gatehouse")
        self.assertNotIn("differs", store.check(box).stdout)


class Upgrading(StoreTest):
    def has_taken_over(self, box, before):
        self.assertNotEqual(before, main_pid(box))
        self.assertEqual(NEXT, installed_version(box))
        self.assertNotIn("release_rolled_back", warning_codes(box))
        self.assertTrue(store.scans(box))

    def test_goes_on_with_secrets_and_certificate(self):
        box = self.store_box(self.repacked(NEXT))
        before = main_pid(box)
        apt(box, "upgrade")
        self.has_taken_over(box, before)

    def test_to_a_release_that_refuses_the_configuration_never_replaces_the_daemon_and_says_why(self):
        box = self.store_box(self.repacked(NEXT, refuses_the_configuration))
        before = main_pid(box)
        apt(box, "upgrade")
        self.taken_back(box)
        self.assertEqual(before, main_pid(box))
        self.assertIn("cloud.url: a release that refuses it", self.reason(box))

    def test_to_a_release_that_does_not_start_comes_back(self):
        box = self.store_box(self.repacked(NEXT, does_not_start))
        apt(box, "upgrade")
        self.taken_back(box)
        self.assertTrue(store.scans(box))

    def test_by_itself_works_as_by_hand(self):
        box = self.store_box(self.repacked(NEXT))
        box.write("/etc/gatehouse/upgrade-window", "always\n")
        before = main_pid(box)
        run_daily_upgrade(box)
        self.has_taken_over(box, before)


if __name__ == "__main__":
    unittest.main(verbosity=2)
