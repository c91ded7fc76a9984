#!/usr/bin/env python3
"""Updates from the package repository, during opening hours: nobody at the gate notices, and what is broken goes."""
import re
import unittest

from fixture import (SystemTest, apt, calling, carts_in_ledger, install, installed_version, is_active, main_pid,
                     run_daily_upgrade, status, take_carts, update, version_under_test, warning_codes)
from machine import wait_for

NEXT = "9.0.0"
AFTER_NEXT = "9.1.0"


def does_not_start(root):
    daemon = root / "usr/sbin/gatehoused"
    daemon.write_text("#!/bin/sh\necho 'a broken release'\nexit 1\n")
    daemon.chmod(0o755)


def does_not_start_as_a_service(root):
    unit = root / "lib/systemd/system/gatehouse.service"
    unit.write_text(unit.read_text().replace("ExecStart=/usr/sbin/gatehoused",
                                             "ExecStart=/usr/sbin/gatehoused --config /nowhere.toml"))


def knows_an_older_ledger(root):
    preinst = root / "DEBIAN/preinst"
    text = preinst.read_text()
    older, changed = re.subn(r"ledger\.db \d+", "ledger.db 1", text)
    assert changed == 1, text
    preinst.write_text(older)


class UpgradeTest(SystemTest):
    def box_with(self, *releases):
        """A box that has the packages under test, and is offered the releases too by `self.offers`."""
        self.offers = self.new_repository(self.id().rsplit(".", 1)[1], *releases)
        box = self.installed_box(self.offers)
        update(box)
        return box


class Upgrading(UpgradeTest):
    def test_no_caller_notices_an_upgrade_or_a_way_back(self):
        box = self.box_with(self.repacked(NEXT))
        with calling(box, at_least=10_000) as report:
            apt(box, "upgrade")
            self.assertEqual(NEXT, installed_version(box))
            apt(box, "install", "--allow-downgrades", f"gatehouse={version_under_test()}")
            self.assertEqual(version_under_test(), installed_version(box))
        print(f"\n  upgrade and rollback: {report}", flush=True)
        self.assertEqual((0, {}), (report["failed"], report["failures"]))
        self.assertGreaterEqual(report["connections"], 10_000)
        self.assertTrue(is_active(box))

    def test_the_next_release_goes_on_with_what_the_ledger_holds(self):
        box = self.box_with(self.repacked(NEXT))
        install(box, "gatehouse-sim")
        take_carts(box, 25)
        before = main_pid(box)
        apt(box, "upgrade")
        self.assertNotEqual(before, main_pid(box))
        carts_in_ledger(box, 25)

    def test_a_way_back_that_could_not_read_the_ledger_is_refused_before_anything_changes(self):
        box = self.box_with(self.repacked("0.0.9", knows_an_older_ledger))
        before = main_pid(box)
        done = apt(box, "install", "--allow-downgrades", "gatehouse=0.0.9", check=False)
        self.assertNotEqual(0, done.returncode)
        self.assertRegex(done.stdout, r"ledger\.db has schema \d+, and this version of gatehouse knows up to 1")
        self.assertEqual(version_under_test(), installed_version(box))
        self.assertEqual(before, main_pid(box))

    def test_a_restart_that_systemd_begins_late_is_not_taken_for_a_daemon_that_does_not_stay_up(self):
        box = self.box_with(self.repacked(NEXT))
        box.write("/usr/local/sbin/systemctl", """#!/bin/sh
case "$*" in "restart --no-block gatehouse.service") (sleep 2; /usr/bin/systemctl "$@") & exit 0 ;; esac
exec /usr/bin/systemctl "$@"
""", 0o755)
        before = main_pid(box)
        apt(box, "-o", "DPkg::Path=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin", "upgrade")
        self.assertEqual(NEXT, installed_version(box))
        self.assertNotEqual(before, main_pid(box))
        self.assertFalse((box.root / "var/lib/gatehouse-upgrade/pending").exists())
        self.assertNotIn("release_rolled_back", warning_codes(box))

    def test_a_stopped_service_stays_stopped(self):
        box = self.box_with(self.repacked(NEXT))
        box.run("systemctl", "stop", "gatehouse-gate.socket", "gatehouse-local.socket", "gatehouse-control.socket",
                "gatehouse")
        apt(box, "upgrade")
        for unit in ("gatehouse.service", "gatehouse-gate.socket"):
            self.assertEqual("inactive", box.property_of(unit, "ActiveState"), unit)


class BrokenReleases(UpgradeTest):
    def test_one_that_fails_its_self_test_never_replaces_the_daemon_that_runs(self):
        box = self.box_with(self.repacked(NEXT, does_not_start))
        before = main_pid(box)
        with calling(box) as report:
            apt(box, "upgrade")
            self.taken_back(box)
        self.assertEqual(before, main_pid(box))
        self.assertEqual((0, {}), (report["failed"], report["failures"]))

    def test_one_that_does_not_start_is_taken_back_without_the_repository(self):
        box = self.box_with(self.repacked(NEXT, does_not_start_as_a_service))
        apt(box, "upgrade", "--download-only")
        self.stop_serving()
        apt(box, "upgrade")
        self.taken_back(box)

    def test_one_that_was_taken_back_is_not_installed_again_but_the_next_one_is(self):
        box = self.box_with(self.repacked(NEXT, does_not_start))
        apt(box, "upgrade")
        self.taken_back(box)
        apt(box, "upgrade")
        self.assertEqual(version_under_test(), installed_version(box))
        self.offers.publish(self.repacked(AFTER_NEXT))
        update(box)
        apt(box, "upgrade")
        self.assertEqual(AFTER_NEXT, installed_version(box))
        self.assertNotIn("release_rolled_back", warning_codes(box))


class Unattended(UpgradeTest):
    def test_upgrades_within_the_window(self):
        box = self.box_with(self.repacked(NEXT))
        box.write("/etc/gatehouse/upgrade-window", "always\n")
        with calling(box) as report:
            run_daily_upgrade(box)
            self.assertEqual(NEXT, installed_version(box))
        print(f"\n  unattended-upgrades: {report}", flush=True)
        self.assertEqual((0, {}), (report["failed"], report["failures"]))

    def test_waits_outside_of_the_window(self):
        box = self.box_with(self.repacked(NEXT))
        box.write("/etc/gatehouse/upgrade-window", "never\n")
        self.assertIn("no upgrade now", run_daily_upgrade(box))
        self.assertEqual(version_under_test(), installed_version(box))

    def test_waits_while_carts_are_on_their_way(self):
        box = self.box_with(self.repacked(NEXT))
        install(box, "gatehouse-sim")
        box.write("/etc/gatehouse/upgrade-window", "always\n")
        box.write("/etc/systemd/system/apt-daily-upgrade.service.d/impatient.conf",
                  "[Service]\nEnvironment=GATEHOUSE_UPGRADE_PATIENCE_S=1\n")
        box.run("systemctl", "daemon-reload")
        take_carts(box, 5)
        carts_in_ledger(box, 5)
        self.assertIn("deliveries are under way", run_daily_upgrade(box))
        self.assertEqual(version_under_test(), installed_version(box))


class CutShort(UpgradeTest):
    def test_an_upgrade_whose_dpkg_is_killed_heals(self):
        box = self.box_with(self.repacked(NEXT))
        install(box, "gatehouse-sim")
        take_carts(box, 10)
        carts_in_ledger(box, 10)
        box.run("systemd-run", "--unit=upgrade", "--setenv=DEBIAN_FRONTEND=noninteractive", "apt-get", "-y", "upgrade")
        wait_for("the package to be half installed",
                 lambda: "install ok installed" not in box.out("dpkg-query", "-W", "-f", "${Status}", "gatehouse"), 60)
        box.run("systemctl", "kill", "--signal=KILL", "upgrade.service")
        self.assertIsNotNone(wait_for("the daemon to answer meanwhile", lambda: status(box)))
        box.run("dpkg", "--configure", "-a", timeout=120)
        apt(box, "upgrade")
        self.assertEqual(f"{NEXT} install ok installed",
                         box.out("dpkg-query", "-W", "-f", "${Version} ${Status}", "gatehouse"))
        carts_in_ledger(box, 10)

    def test_an_upgrade_that_is_cut_by_power_heals(self):
        box = self.box_with(self.repacked(NEXT))
        install(box, "gatehouse-sim")
        take_carts(box, 10)
        box.run("systemd-run", "--unit=upgrade", "--setenv=DEBIAN_FRONTEND=noninteractive", "apt-get", "-y", "upgrade")
        wait_for("the package to be half installed",
                 lambda: "install ok installed" not in box.out("dpkg-query", "-W", "-f", "${Status}", "gatehouse"), 60)
        box.cut_power()
        box.boot()
        wait_for("the daemon after the power cut", lambda: status(box))
        box.run("dpkg", "--configure", "-a", timeout=120)
        carts_in_ledger(box, 10)


if __name__ == "__main__":
    unittest.main(verbosity=2)
