#!/usr/bin/env python3
"""The check of the configuration sees what the service sees: the same unit, and the service's drop-ins."""
import pathlib
import re
import subprocess
import tempfile
import unittest

UNITS = pathlib.Path(__file__).resolve().parents[2] / "systemd"
GENERATOR = UNITS / "gatehouse-check-generator"
# What makes a daemon of one unit, and a check of the other.
OWN = re.compile(r"Type|Exec.*|Restart.*|Timeout.*|Watchdog.*|Runtime.*|OOMScoreAdjust")


def service_settings(text):
    lines = text.split("\n[Service]\n", 1)[1].split("\n[", 1)[0].splitlines()
    settings = [line.split("=", 1) for line in lines if "=" in line and not line.startswith("#")]
    return [(name, value) for name, value in settings if not OWN.fullmatch(name)]


class CheckUnit(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def drop_in(self, name, text, folder="etc"):
        file = self.folder / folder / "gatehouse.service.d" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def generated(self):
        subprocess.run([GENERATOR, self.folder / "made", "-", "-"], check=True, env={
            "PATH": "/usr/bin:/bin", "SYSTEMD_UNIT_PATH": f"{self.folder}/etc:{self.folder}/run:{self.folder}/usr/lib/systemd/system"})
        made = (self.folder / "made/gatehouse-check.service.d/50-gatehouse.service.conf").read_text()
        return [line for line in made.splitlines() if not line.startswith("#")]

    def test_has_all_of_the_sandbox_and_the_secrets_of_the_service(self):
        service, check = ((UNITS / name).read_text() for name in ("gatehouse.service", "gatehouse-check.service"))
        self.assertEqual(service_settings(service), service_settings(check))

    def test_is_started_as_often_as_somebody_reloads(self):
        for name in ("gatehouse.service", "gatehouse-check.service"):
            unit = (UNITS / name).read_text().split("\n[Unit]\n", 1)[-1].split("\n[Service]\n", 1)[0]
            self.assertIn("StartLimitIntervalSec=0", unit.splitlines(), name)

    def test_takes_over_environment_and_secrets_of_a_drop_in(self):
        self.drop_in("override.conf", "[Unit]\nOnFailure=alarm.service\n[Service]\nEnvironment=A=1 \\\n  B=2\n"
                                      "EnvironmentFile=/etc/default/gatehouse\nLoadCredential=x:/etc/x\n[Install]\nAlias=y\n")
        self.assertEqual(["[Service]", "Environment=A=1 \\", "  B=2", "EnvironmentFile=/etc/default/gatehouse",
                          "LoadCredential=x:/etc/x"], self.generated())

    def test_a_comment_within_a_setting_of_several_lines_does_not_end_it(self):
        self.drop_in("override.conf", "[Service]\nExecStart=/bin/a \\\n# why\n  ; and why not\n  Environment=C=3 \\\n  --more\n"
                                      "Environment=A=1 \\\n# B is not A\n  B=2\nEnvironment=D=\\\\\n# E\nExecStop=/b\n")
        self.assertEqual(["[Service]", "Environment=A=1 \\", "  B=2", "Environment=D=\\\\"], self.generated())

    def test_leaves_out_what_would_run_restart_or_excuse_something(self):
        self.drop_in("override.conf", "[Service]\nType=simple\nExecStart=\nExecStart=/bin/a \\\n  Environment=C=3\nExecStartPre=/b\n"
                                      "Restart=always\nRestartSec=1\nRuntimeDirectory=more\nSuccessExitStatus=2\nWatchdogSec=9\n"
                                      " TimeoutStartSec = 1\nStandardOutput=null\nUser=other\n")
        self.assertEqual(["[Service]", "User=other"], self.generated())

    def test_takes_drop_ins_by_name_and_each_name_from_the_first_folder(self):
        self.drop_in("20-b.conf", "[Service]\nEnvironment=FROM=etc\n")
        self.drop_in("20-b.conf", "[Service]\nEnvironment=FROM=run\n", "run")
        self.drop_in("10-a.conf", "[Service]\nEnvironment=FIRST=1\n", "usr/lib/systemd/system")
        self.drop_in("30 c.conf", "[Service]\nEnvironment=LAST=1\n", "run")
        self.assertEqual(["[Service]", "Environment=FIRST=1", "Environment=FROM=etc", "Environment=LAST=1"],
                         self.generated())

    def test_takes_an_edited_copy_of_the_unit_before_its_drop_ins(self):
        (self.folder / "etc").mkdir()
        (self.folder / "etc/gatehouse.service").write_text("[Service]\nExecStart=/x\nEnvironment=WHOLE=1\n")
        self.drop_in("a.conf", "[Service]\nEnvironment=MORE=1\n")
        self.assertEqual(["[Service]", "Environment=WHOLE=1", "Environment=MORE=1"], self.generated())

    def test_is_as_it_stands_where_there_is_no_drop_in(self):
        self.assertEqual(["[Service]"], self.generated())


if __name__ == "__main__":
    unittest.main()
