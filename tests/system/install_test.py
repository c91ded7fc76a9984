#!/usr/bin/env python3
"""A box from the package repository: what is there after `apt-get install`, and how it is configured."""
import unittest

from fixture import (WORLD_AT_9000, SystemTest, apt, install, installed_version, is_active, main_pid, status, update,
                     version_under_test, warning_codes)
from machine import wait_for


class Installing(SystemTest):
    def test_on_a_bare_debian_starts_a_service_that_says_what_is_left_to_configure(self):
        box = self.installed_box()
        self.assertEqual(version_under_test(), installed_version(box))
        self.assertTrue(is_active(box))
        said = status(box)
        self.assertEqual("127.0.0.1:8080", said["gate"]["listening"][0])
        self.assertIn("feed_not_configured", warning_codes(box))
        self.assertIn("cloud_not_configured", warning_codes(box))
        self.assertIn("feed.url: not set", box.out("gatehouse", "check-config"))
        for socket in ("gate", "local", "control"):
            self.assertTrue(is_active(box, f"gatehouse-{socket}.socket"), socket)

    def test_installs_nothing_that_is_not_declared(self):
        box = self.box()
        apt(box, "install", "--no-install-recommends", "gatehouse")
        self.assertTrue(is_active(box))
        self.assertEqual("", box.out("sh", "-c", "ldd /usr/sbin/gatehoused /usr/bin/gatehouse | grep 'not found'",
                                     check=False))

    def test_survives_a_reboot_and_a_power_cut(self):
        box = self.installed_box()
        box.shut_down()
        box.boot()
        wait_for("the daemon after a reboot", lambda: status(box))
        box.cut_power()
        box.boot()
        wait_for("the daemon after a power cut", lambda: status(box))

    def test_takes_address_and_key_of_the_repository_from_the_keyring_package(self):
        box = self.installed_box()
        install(box, "gatehouse-archive-keyring")
        (box.root / "etc/apt/trusted.gpg.d/gatehouse.asc").unlink()
        (box.root / "etc/apt/sources.list.d/gatehouse.list").unlink()
        self.assertIn("http://127.0.0.1:8000 stable InRelease", update(box).stdout)
        self.assertRegex(box.out("cat", "/usr/share/gatehouse-archive-keyring/expires"), r"^20\d\d-.*Z$")


def has_settled(said, trips):
    return (said["ledger"]["trips"] == trips and said["deliveries"]["pending"] == 0 and
            said["settlement"]["open"] == 0)


def refer_to_check_unit(box):
    """systemd forgets how often it has started a unit that nobody refers to."""
    box.write("/etc/systemd/system/refers.service",
              "[Unit]\nAfter=gatehouse-check.service\n[Service]\nExecStart=sleep infinity\n")
    box.run("systemctl", "daemon-reload")
    box.run("systemctl", "start", "refers")


class Configuring(SystemTest):
    def test_a_drop_in_makes_a_box_that_trades(self):
        box = self.installed_box()
        install(box, "gatehouse-sim")
        box.run("systemd-run", "--unit=world", "gatehouse-sim", "world", "--listen", "127.0.0.1:9000",
                "--shoppers", "200", "--access-key", "AKIDSYSTEM", "--secret-key", "system-secret")
        box.write("/etc/gatehouse/conf.d/store.toml", WORLD_AT_9000)
        box.write("/etc/gatehouse/credentials/aws",
                  "[default]\naws_access_key_id = AKIDSYSTEM\naws_secret_access_key = system-secret\n", 0o600)
        self.assertEqual(0, box.run("systemctl", "restart", "gatehouse").returncode)
        wait_for("the shoppers", lambda: (status(box) or {}).get("cache", {}).get("complete"))
        box.run("gatehouse-sim", "shop", "--gate", "http://127.0.0.1:8080", "--shoppers", "200",
                "--card-trips", "40", "--app-trips", "20", timeout=120)
        wait_for("all to be delivered and charged", lambda: has_settled(status(box), trips=60), 60)
        self.assertGreater(status(box)["settlement"]["captured"], 0)

    def test_a_wrong_configuration_is_named_and_the_running_one_stays(self):
        box = self.installed_box()
        box.write("/etc/gatehouse/conf.d/wrong.toml", "[gate]\nmax_boddy = 7\n")
        reload = box.run("systemctl", "reload", "gatehouse", check=False)
        self.assertNotEqual(0, reload.returncode)
        self.assertIn("gate.max_boddy", box.journal("gatehouse"))
        self.assertTrue(is_active(box))
        self.assertIsNotNone(status(box))

    def test_a_reload_takes_what_can_change_without_a_restart(self):
        box = self.installed_box()
        before = main_pid(box)
        box.write("/etc/gatehouse/conf.d/store.toml", "[store]\nid = \"STORE-042\"\n")
        box.run("systemctl", "reload", "gatehouse")
        wait_for("the reload", lambda: "reload: done" in box.journal("gatehouse"))
        self.assertEqual(before, main_pid(box))

    def test_many_reloads_in_a_row_are_each_checked(self):
        box = self.installed_box()
        refer_to_check_unit(box)
        for _ in range(8):
            box.run("systemctl", "reload", "gatehouse")

    def test_a_check_that_was_not_started_gives_no_reason_of_another_one(self):
        box = self.installed_box()
        box.write("/etc/systemd/system/gatehouse-check.service.d/rarely.conf",
                  "[Unit]\nStartLimitIntervalSec=1h\nStartLimitBurst=1\n")
        refer_to_check_unit(box)
        box.run("/usr/lib/gatehouse/check-configuration")
        done = box.run("/usr/lib/gatehouse/check-configuration", check=False)
        self.assertEqual(1, done.returncode)
        self.assertIn("gatehouse-check.service was not started: start-limit-hit", done.stdout)
        self.assertNotIn("configuration OK", done.stdout)

    def test_the_gate_is_opened_by_a_drop_in_of_its_socket_and_only_with_proof_of_callers(self):
        box = self.installed_box()
        box.write("/etc/systemd/system/gatehouse-gate.socket.d/override.conf",
                  "[Socket]\nListenStream=\nListenStream=0.0.0.0:8443\n")
        box.run("systemctl", "daemon-reload")
        box.run("systemctl", "stop", "gatehouse-gate.socket")
        box.run("systemctl", "start", "gatehouse", check=False)
        self.assertIn("the socket 0.0.0.0:8443 that systemd passes is reachable from other machines",
                      box.journal("gatehouse"))
        box.write("/etc/gatehouse/credentials/token", "a-token-of-the-callers\n", 0o600)
        box.write("/etc/gatehouse/conf.d/gate.toml",
                  "[gate]\nlisten = \"0.0.0.0:8443\"\nbearer_token_file = \"credential:gatehouse_token\"\n")
        wait_for("the open gate", lambda: (status(box) or {}).get("gate", {}).get("listening") == ["0.0.0.0:8443"])

    def test_an_edited_file_stays_as_it_is_when_the_package_is_installed_again(self):
        box = self.installed_box()
        edited = "[store]\nid = \"STORE-042\"\n"
        box.write("/etc/gatehouse/gatehouse.toml", edited)
        box.write("/etc/gatehouse/upgrade-window", "never\n")
        apt(box, "install", "--reinstall", "gatehouse")
        self.assertEqual(edited, (box.root / "etc/gatehouse/gatehouse.toml").read_text())
        self.assertEqual("never\n", (box.root / "etc/gatehouse/upgrade-window").read_text())

    def test_a_secret_is_readable_by_root_and_the_daemon_alone(self):
        box = self.installed_box()
        self.assertEqual("700 root:root", box.out("stat", "-c", "%a %U:%G", "/etc/gatehouse/credentials"))
        self.assertEqual("750 gatehouse:gatehouse", box.out("stat", "-c", "%a %U:%G", "/var/lib/gatehouse"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
