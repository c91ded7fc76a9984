#!/usr/bin/env python3
"""From the release that stores have to the one under test, with all that the old one could be configured with."""
import pathlib
import re
import unittest

import store
from fixture import (SystemTest, apt, install, installed_version, is_active, main_pid, package, status,
                     take_carts, update, version_under_test, warning_codes)
from machine import wait_for

EVERYTHING = pathlib.Path(__file__).with_name("everything_of_0_1.toml").read_text()
RELEASED = package("gatehouse", of="released")
RELEASED_VERSION = RELEASED.name.split("_")[1]
CARTS = 25
BROKEN = f"{version_under_test()}+broken"
MENDED = f"{version_under_test()}+mended"
DROP_IN = """[Service]
Environment=GATEHOUSE_CLOUD_MAX_IN_FLIGHT=3 GATEHOUSE_LOG_LEVEL=debug
EnvironmentFile=-/etc/default/gatehouse
LoadCredential=more-aws:/etc/gatehouse/credentials/aws
MemoryMax=900M
"""


def set_up_released(machine):
    """As a store has it: installed and set up by hand, then with everything."""
    install(machine, f"gatehouse={RELEASED_VERSION}", f"gatehouse-sim={RELEASED_VERSION}")
    take_carts(machine, CARTS)
    store.set_up(machine, checks=False)
    for name in ("callers-token", "aws"):
        store.keep_secret(machine, name, "[store]\naws_access_key_id = AKIDSTORE\naws_secret_access_key = aws-secret"
                          if name == "aws" else "a-token-of-the-callers")
    machine.write("/etc/gatehouse/conf.d/70-everything.toml", EVERYTHING)
    store.edit_unit(machine, "gatehouse.service", DROP_IN)
    machine.run("systemctl", "restart", "gatehouse")


def fails_its_self_test(root):
    daemon = root / "usr/sbin/gatehoused"
    daemon.write_text("#!/bin/sh\necho 'a broken release'\nexit 1\n")
    daemon.chmod(0o755)


def fails_once_it_has_migrated(root):
    unit = root / "lib/systemd/system/gatehouse.service"
    unit.write_text(unit.read_text().replace("ExecStart=/usr/sbin/gatehoused\n",
                                             "ExecStart=/usr/sbin/gatehoused\nExecStartPost=/bin/false\n"))


def cannot_open_the_ledger(root):
    unit = root / "lib/systemd/system/gatehouse.service"
    unit.write_text(unit.read_text().replace("\nProtectSystem=strict\n",
                                             "\nProtectSystem=strict\nReadOnlyPaths=-/var/lib/gatehouse/ledger.db\n"))


def schema_of(box, name):
    return int.from_bytes((box.root / "var/lib/gatehouse" / name).read_bytes()[60:64], "big")


def schema_of_ledger(box):
    return schema_of(box, "ledger.db")


class FromTheRelease(SystemTest):
    def released_box(self, *releases):
        self.offers = self.new_repository(self.id().rsplit(".", 1)[1], RELEASED, package("gatehouse-sim", of="released"),
                                          *releases)
        box = self.box(self.lower("released", self.offers, set_up_released), self.offers)
        update(box)
        wait_for("the daemon of the release", lambda: status(box))
        self.assertEqual(RELEASED_VERSION, status(box)["version"])
        return box

    def text_of(self, box, code):
        (text,) = [warning["text"] for warning in status(box)["warnings"] if warning["code"] == code]
        return text

    def test_the_configuration_of_this_test_has_every_key_of_it(self):
        box = self.released_box()
        reference = box.out("gatehouse", "check-config", "--print-reference")
        keys = [f"{section}.{key}" for section, rows in re.findall(r"^## `\[(\w+)\]`\n(.*?)(?=^## |\Z)", reference, re.M | re.S)
                for key in re.findall(r"^\| `(\w+)` \|", rows, re.M)]
        self.assertGreater(len(keys), 60)
        section, ours = "", []
        for line in EVERYTHING.splitlines():
            section = line.strip("[]") if line.startswith("[") else section
            ours += [f"{section}.{key}" for key in re.findall(r"^(\w+) = ", line)]
        self.assertEqual(sorted(keys), sorted(ours))

    def test_an_upgrade_takes_over_configuration_secrets_and_carts(self):
        box = self.released_box()
        before = main_pid(box)
        apt(box, "upgrade")
        self.assertEqual(version_under_test(), installed_version(box))
        self.assertNotEqual(before, main_pid(box))
        said = status(box)
        self.assertEqual((version_under_test(), ["0.0.0.0:8443"]), (said["version"], said["gate"]["listening"]))
        self.assertFalse({"release_rolled_back", "release_rollback_failed"} & warning_codes(box))
        self.assertEqual(CARTS, said["ledger"]["trips"])
        box.run("systemctl", "reload", "gatehouse")

    def test_a_broken_upgrade_leaves_the_daemon_and_the_ledger_of_the_release(self):
        box = self.released_box(self.repacked(BROKEN, fails_its_self_test))
        before, schema = main_pid(box), schema_of_ledger(box)
        apt(box, "upgrade")
        wait_for("the release to be taken back",
                 lambda: installed_version(box) == RELEASED_VERSION and "release_rolled_back" in warning_codes(box), 120)
        self.assertEqual((before, schema), (main_pid(box), schema_of_ledger(box)))

    def test_one_that_fails_once_it_has_migrated_stays_says_so_and_goes_on_trying(self):
        box = self.released_box(self.repacked(BROKEN, fails_once_it_has_migrated))
        schema = schema_of_ledger(box)
        said = apt(box, "upgrade").stdout
        self.assertGreater(schema_of_ledger(box), schema)
        self.assertIn(f"{RELEASED_VERSION} cannot read it any more", said)
        wait_for("the way back to be given up", lambda: not (box.root / "var/lib/gatehouse-upgrade/pending").exists(), 120)
        self.assertEqual(f"{BROKEN} install ok installed", box.out("dpkg-query", "-W", "-f", "${Version} ${Status}", "gatehouse"))
        restarts = int(box.property_of("gatehouse", "NRestarts"))
        wait_for("another start", lambda: int(box.property_of("gatehouse", "NRestarts")) > restarts)
        # What is broken is mended by the next release, or by a person.
        box.write("/etc/systemd/system/gatehouse.service.d/mended.conf", "[Service]\nExecStartPost=\n")
        box.run("systemctl", "daemon-reload")
        wait_for("the daemon", lambda: is_active(box) and status(box))
        self.assertIn("publish a newer release", self.text_of(box, "release_rollback_failed"))
        self.offers.publish(self.repacked(MENDED))
        update(box)
        apt(box, "upgrade")
        self.assertEqual(MENDED, installed_version(box))
        self.assertNotIn("release_rollback_failed", warning_codes(box))

    def test_one_that_has_migrated_the_cache_alone_is_taken_back_and_the_cache_made_anew(self):
        box = self.released_box(self.repacked(BROKEN, cannot_open_the_ledger))
        state = box.root / "var/lib/gatehouse"
        schemas = schema_of(box, "ledger.db"), schema_of(box, "cache.db")
        key = (state / "hash.key").read_bytes()
        said = apt(box, "upgrade").stdout
        self.assertIn(f"rolled back to {RELEASED_VERSION}: it does not open the ledger", said)
        self.assertIn("all shoppers are rejected", said)
        wait_for("the release to be taken back",
                 lambda: installed_version(box) == RELEASED_VERSION and is_active(box) and status(box) and
                 "release_rolled_back" in warning_codes(box), 120)
        self.assertIn("its cache.db was removed", self.text_of(box, "release_rolled_back"))
        self.assertEqual(schemas, (schema_of(box, "ledger.db"), schema_of(box, "cache.db")))
        self.assertEqual(key, (state / "hash.key").read_bytes())
        self.assertEqual([], sorted(state.glob("cache.db.newer*")))
        self.assertFalse((box.root / "var/lib/gatehouse-upgrade/pending").exists())
        said = status(box)
        self.assertEqual((RELEASED_VERSION, CARTS, ["0.0.0.0:8443"]),
                         (said["version"], said["ledger"]["trips"], said["gate"]["listening"]))

    def test_the_way_back_by_hand_is_refused_once_the_ledger_was_migrated(self):
        box = self.released_box()
        apt(box, "upgrade")
        before = main_pid(box)
        done = apt(box, "install", "--allow-downgrades", f"gatehouse={RELEASED_VERSION}", check=False)
        self.assertNotEqual(0, done.returncode)
        self.assertIn("Nothing was changed", done.stdout)
        self.assertEqual((version_under_test(), before), (installed_version(box), main_pid(box)))


if __name__ == "__main__":
    unittest.main(verbosity=2)
