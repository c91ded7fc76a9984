#!/usr/bin/env python3
"""The packages themselves: clean, complete, and a service with little left to attack."""
import json
import pathlib
import subprocess
import unittest

from fixture import SystemTest, package

NAMES = ("gatehouse", "gatehouse-sim", "gatehouse-archive-keyring")


class Packages(SystemTest):
    def test_have_nothing_that_lintian_minds(self):
        done = subprocess.run(["lintian", "--allow-root", "--fail-on", "error,warning", *map(package, NAMES)],
                              text=True, capture_output=True)
        self.assertEqual((0, ""), (done.returncode, done.stdout))

    def test_carry_a_bill_of_materials_that_names_what_they_link(self):
        for name in NAMES:
            tar = subprocess.run(["dpkg-deb", "--fsys-tarfile", package(name)], capture_output=True, check=True).stdout
            text = subprocess.run(["tar", "-xO", f"./usr/share/doc/{name}/{name}.spdx.json"], input=tar,
                                  capture_output=True, check=True).stdout
            bill = json.loads(text)
            self.assertEqual("SPDX-2.3", bill["spdxVersion"])
            self.assertEqual(name, bill["packages"][0]["name"])
        depends = subprocess.check_output(["dpkg-deb", "-f", package("gatehouse"), "Depends"], text=True)
        self.assertIn("libsqlite3-0", depends)

    def test_leave_the_service_and_its_check_an_exposure_of_at_most_1_5(self):
        # But for one thing: the daemon asks the kernel whether the clock is synchronised, and systemd's score does
        # not tell reading from setting. To set it takes a capability (test_leave_no_capability_to_the_daemon).
        asks_the_kernel = "SystemCallFilter=adjtimex clock_adjtime\n"
        box = self.installed_box()
        for unit in ("gatehouse.service", "gatehouse-check.service"):
            text = box.out("cat", f"/lib/systemd/system/{unit}") + "\n"
            self.assertEqual(1, text.count(asks_the_kernel), text)
            box.write(f"/root/exposure/{unit}", text.replace(asks_the_kernel, "ProtectClock=yes\n"))
            # systemd counts the threshold in tenths.
            said = box.run("systemd-analyze", "security", "--no-pager", "--offline=true", "--threshold=15",
                           f"/root/exposure/{unit}", check=False)
            print("\n ", said.stdout.strip().splitlines()[-1], flush=True)
            self.assertEqual(0, said.returncode, said.stdout)

    def test_have_units_that_systemd_finds_nothing_wrong_with(self):
        box = self.installed_box()
        units = ("gatehouse.service", "gatehouse-gate.socket", "gatehouse-local.socket", "gatehouse-control.socket",
                 "gatehouse-check.service", "gatehouse-self-test.service", "gatehouse-rollback.service")
        self.assertEqual("", box.out("systemd-analyze", "verify", "--man=no", *units))

    def test_leave_no_capability_to_the_daemon(self):
        box = self.installed_box()
        status = pathlib.Path(f"/proc/{box.pid_of('gatehouse.service')}/status").read_text()
        for kind in ("CapEff", "CapPrm", "CapBnd", "CapAmb"):
            self.assertRegex(status, rf"{kind}:\t0+\n")


if __name__ == "__main__":
    unittest.main(verbosity=2)
