"""What the tests share: the packages under test, machines that they are installed on, callers at the gate.

GATEHOUSE_SYSTEM_FOLDER holds what scripts/test --system prepared: `packages/` with the packages under
test, `released/` with those of the release before, `gpg/` with the key of their repository, `clean/` with
a bare Debian 12.
"""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

from machine import Machine, wait_for
from repository import Repository, repacked

HERE = pathlib.Path(__file__).resolve().parent
FOLDER = pathlib.Path(os.environ.get("GATEHOUSE_SYSTEM_FOLDER", HERE.parents[1] / "build/system"))
CLEAN = FOLDER / "clean"
# Of a box that trades with `gatehouse-sim world --listen 127.0.0.1:9000`.
WORLD_AT_9000 = """
[feed]
url = "http://127.0.0.1:9000/shoppers"
[cloud]
url = "http://127.0.0.1:9000"
[jwo]
settlement = "payment"
payments_url = "http://127.0.0.1:9000"
[aws]
credentials = "file"
credentials_file = "credential:gatehouse_aws"
"""


def package(name, of="packages"):
    """The package of this name that is under test, or the one that was `released` before."""
    (found,) = (FOLDER / of).glob(f"{name}_*.deb")
    return found


def version_under_test():
    return package("gatehouse").name.split("_")[1]


@contextlib.contextmanager
def calling(machine, at_least=0, port=8080):
    """Calls the gate each millisecond from new connections meanwhile, and on to `at_least` of them.

    Yields a dict that is the report of gate_client.py afterwards.
    """
    report = {}
    with tempfile.NamedTemporaryFile() as file:
        caller = machine.on_its_network(sys.executable, str(HERE / "gate_client.py"), str(port), str(at_least),
                                        file.name, stdout=subprocess.PIPE, text=True)
        assert caller.stdout.readline() == "calling\n"
        try:
            yield report
        finally:
            caller.send_signal(signal.SIGTERM)
            caller.communicate(timeout=120)
        report.update(json.load(file))


class SystemTest(unittest.TestCase):
    """Each test has a fresh machine from `box()`. The repository holds the packages under test."""

    maxDiff = None

    @classmethod
    def setUpClass(cls):
        # One folder for all of a file: the machine that others start from lives in it.
        if not hasattr(SystemTest, "folder"):
            SystemTest.folder = pathlib.Path(tempfile.mkdtemp(prefix="gatehouse-system-"))
            unittest.addModuleCleanup(shutil.rmtree, SystemTest.folder, ignore_errors=True)
            SystemTest.repository = cls.new_repository("repository")

    @classmethod
    def new_repository(cls, name, *more):
        """With the packages under test, and more of them."""
        repository = Repository(cls.folder / name, FOLDER / "gpg")
        under_test = [package(name) for name in ("gatehouse", "gatehouse-sim", "gatehouse-archive-keyring")]
        repository.publish(*under_test, *more)
        return repository

    @classmethod
    def boot(cls, lower=CLEAN):
        SystemTest._number = getattr(SystemTest, "_number", 0) + 1
        machine = Machine(f"box{os.getpid()}-{SystemTest._number}", lower, cls.folder)
        try:
            machine.start()
        except BaseException:
            machine.clean()
            raise
        return machine

    def box(self, lower=CLEAN, repository=None):
        """A booted machine that knows the repository, and has read it."""
        machine = self.boot(lower)
        self.addCleanup(machine.clean)
        repository = repository or self.repository
        self.serve(machine, repository)
        return machine

    def serve(self, machine, repository):
        self.stop_serving = repository.serve(machine)
        self.addCleanup(self.stop_serving)
        if "gatehouse.list" not in os.listdir(machine.root / "etc/apt/sources.list.d"):
            know_repository(machine)

    def installed_box(self, repository=None):
        """As after `apt-get install gatehouse`, which was done once for all tests of a file."""
        return self.box(self.installed_lower(), repository)

    @classmethod
    def installed_lower(cls):
        return cls.lower("installed", cls.repository, install)

    @classmethod
    def lower(cls, name, repository, prepare):
        """A bare machine that knows the repository and that `prepare(machine)` was done to, once for all of a file."""
        prepared = SystemTest.__dict__.get("_prepared", {})
        if name not in prepared:
            machine = cls.boot()
            unittest.addModuleCleanup(machine.clean)
            stop_serving = repository.serve(machine)
            know_repository(machine)
            prepare(machine)
            stop_serving()
            machine.shut_down()
            prepared[name] = machine
            SystemTest._prepared = prepared
        return prepared[name].root

    def taken_back(self, box):
        """Waits until a release that failed is gone, and the one under test runs."""
        wait_for("the release to be taken back",
                 lambda: "release_rolled_back" in warning_codes(box) and
                 installed_version(box) == version_under_test(), 120)
        wait_for("the daemon", lambda: is_active(box))

    def repacked(self, version, change=None, name="gatehouse"):
        return repacked(package(name), version, self.folder, change)


def know_repository(machine):
    """By hand, as on a box that has no keyring package yet."""
    shutil.copy(FOLDER / "key.asc", machine.root / "etc/apt/trusted.gpg.d/gatehouse.asc")
    machine.write("/etc/apt/sources.list.d/gatehouse.list", "deb http://127.0.0.1:8000 stable main\n")
    update(machine)


def update(machine, check=True):
    return machine.run("apt-get", "-q", "update", check=check)


def apt(machine, *arguments, check=True, env=None):
    return machine.run("apt-get", "-q", "-y", *arguments, check=check, timeout=600,
                       env={"DEBIAN_FRONTEND": "noninteractive", **(env or {})})


def run_daily_upgrade(machine):
    """What the timer would start; gives what it said."""
    machine.run("rm", "-f", "/var/lib/apt/periodic/upgrade-stamp", "/var/lib/apt/periodic/unattended-upgrades-stamp")
    machine.run("systemctl", "start", "apt-daily-upgrade.service", timeout=600)
    return machine.journal("apt-daily-upgrade")


def install(machine, *packages):
    return apt(machine, "install", *(packages or ("gatehouse",)))


def installed_version(machine, name="gatehouse"):
    return machine.out("dpkg-query", "-W", "-f", "${Version}", name)


def status(machine):
    """What `gatehouse status --json` says; None while the daemon does not answer."""
    done = machine.run("gatehouse", "status", "--json", check=False)
    return json.loads(done.stdout) if done.returncode in (0, 1) else None


def warning_codes(machine):
    return {warning["code"] for warning in status(machine)["warnings"]}


def main_pid(machine, unit="gatehouse.service"):
    return int(machine.property_of(unit, "MainPID"))


def is_active(machine, unit="gatehouse.service"):
    return machine.run("systemctl", "-q", "is-active", unit, check=False).returncode == 0


def take_carts(machine, count, first_trip=0):
    """Plays trips of app entry, and returns once their carts are acknowledged. There is no cloud to deliver to."""
    machine.run("gatehouse-sim", "shop", "--card-trips", "0", "--app-trips", str(count),
                "--first-trip", str(first_trip), "--empty-percent", "0", timeout=120)


def trips(machine):
    said = status(machine)
    return said and said["ledger"]["trips"]


def carts_in_ledger(machine, count):
    wait_for(f"{count} trips in the ledger", lambda: trips(machine) == count)
