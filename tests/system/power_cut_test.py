#!/usr/bin/env python3
"""Power cuts while carts, payments and the feed are under way. GATEHOUSE_POWER_CUTS says how many (25)."""
import base64
import contextlib
import http.client
import itertools
import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import tempfile
import threading
import time
import unittest

from disk import Disk
from fixture import WORLD_AT_9000, SystemTest, package, status, warning_codes
from machine import wait_for

CUTS = int(os.environ.get("GATEHOUSE_POWER_CUTS", "25"))
TRIPS_A_CUT = 60
SHOPPERS = 200
# Shoppers who are blocked and let in again all the time.
UNDECIDED = 20
STATE = "var/lib/gatehouse"
CREDENTIALS = "[default]\naws_access_key_id = AKIDPOWER\naws_secret_access_key = power-secret\n"


class Network:
    """A network that outlives the machines on it."""

    def __init__(self, name):
        self.name = name
        subprocess.run(["ip", "netns", "add", name], check=True)
        self.run("ip", "link", "set", "lo", "up")

    @property
    def path(self):
        return f"/run/netns/{self.name}"

    def command(self, *command):
        # Not by `ip netns exec`: a mount namespace of its own would hold the disk.
        return ["nsenter", f"--net={self.path}", "--", *map(str, command)]

    def run(self, *command):
        done = subprocess.run(self.command(*command), text=True, stdout=subprocess.PIPE)
        if done.returncode != 0:
            raise AssertionError(f"{command[0]} exited with {done.returncode}:\n{done.stdout}")
        return done.stdout

    def start(self, *command, **options):
        return subprocess.Popen(self.command(*command), **options)

    def remove(self):
        subprocess.run(["ip", "netns", "del", self.name], check=False)


class World:
    """Feed, cloud and Amazon on the machine's network. They never lose their power."""

    def __init__(self, network, folder):
        self.network = network
        self.folder = pathlib.Path(folder)
        subprocess.run(["dpkg-deb", "-x", package("gatehouse-sim"), folder], check=True)
        self.program = self.folder / "usr/bin/gatehouse-sim"
        self.socket = self.folder / "world.sock"
        self.process = network.start(self.program, "world", "--listen", "127.0.0.1:9000", "--unix", self.socket,
                                     "--shoppers", SHOPPERS, "--access-key", "AKIDPOWER",
                                     "--secret-key", "power-secret", stdout=subprocess.DEVNULL)
        wait_for("the world", self.socket.exists)

    def put(self, shopper, document):
        line = http.client.HTTPConnection("world", timeout=10)
        line.sock = socket.socket(socket.AF_UNIX)
        with contextlib.closing(line):
            line.sock.connect(str(self.socket))
            line.request("PUT", f"/sim/shoppers/{shopper}", json.dumps(document), {"Content-Type": "application/json"})
            assert line.getresponse().status == 201

    def shop(self, cycle, report):
        card = TRIPS_A_CUT * 2 // 3
        return self.network.start(self.program, "shop", "--shoppers", SHOPPERS, "--card-trips", card,
                                  "--app-trips", TRIPS_A_CUT - card, "--first-trip", cycle * TRIPS_A_CUT,
                                  "--rate", 40, "--retry-max-s", 120, "--report", report, stdout=subprocess.DEVNULL)

    def audit(self, reports, ledger):
        """Waits longer than the first look at a capture in doubt takes."""
        arguments = [argument for report in reports for argument in ("--report", report)]
        return self.network.run(self.program, "audit", "--world", "http://127.0.0.1:9000", "--ledger", ledger,
                                "--settlement", "payment", "--wait-s", 180, *arguments)

    def stop(self):
        self.process.kill()
        self.process.wait()


class Undecided:
    """Changes the status of its shoppers, one after the other, until it is left."""

    def __init__(self, world):
        self.world = world
        self.statuses = {}
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._change)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._stop.set()
        self._thread.join()

    def _change(self):
        for turn in itertools.count():
            shopper = f"undecided-{turn % UNDECIDED}"
            new = "BLOCKED" if turn // UNDECIDED % 2 else "ACTIVE"
            self.world.put(shopper, {"keys": [shopper], "status": new})
            self.statuses[shopper] = new
            if self._stop.wait(0.02):
                return


def action(network, key):
    """What the gate answers to a scan of this key."""
    code = base64.b64encode(key.encode()).decode()
    body = {"requestId": "5e1f7e57-0000-4000-8000-000000000001", "storeId": "STORE-001", "scanEvent": {"id": code}}
    said = network.run("curl", "-s", "--max-time", "5", "--data", json.dumps(body),
                       "http://127.0.0.1:8080/v1/identity/scan")
    return json.loads(said)["action"]


class PowerCuts(SystemTest):
    def setUp(self):
        self.canaries_lost = 0
        self.network = Network(f"gatehouse-{os.getpid()}")
        self.addCleanup(self.network.remove)
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="gatehouse-power-"))
        self.addCleanup(shutil.rmtree, self.work)
        self.world = World(self.network, self.work)
        self.addCleanup(self.world.stop)
        self.disk = Disk(self.work / "disk", size_mib=512)
        self.box = self.box_on_the_disk()

    def box_on_the_disk(self):
        box = self.installed_box()
        box.write("/etc/gatehouse/conf.d/store.toml", WORLD_AT_9000)
        box.write("/etc/gatehouse/credentials/aws", CREDENTIALS, 0o600)
        box.shut_down()
        shutil.rmtree(box.root / STATE)
        (box.root / STATE).mkdir()
        box.network = self.network.path
        self.disk.mount(box.root / STATE)
        (self.disk.at / "lost+found").rmdir()
        box.boot()
        wait_for("the shoppers", lambda: ((status(box) or {}).get("cache") or {}).get("complete"))
        return box

    def cut_power(self, cycle):
        """Everything loses it at once; then it comes back.

        The machine first: where a disk goes before, ext4 lets an fdatasync that is under way succeed once in a while
        although what it wrote is lost, and the daemon would still have the time to answer.
        """
        canary = self.disk.at / f"canary-{cycle}"
        canary.write_text("never synchronised")
        self.box.cut_power()
        self.disk.cut_power()
        at = self.disk.unmount()
        self.disk.mount(at)
        self.canaries_lost += not canary.exists() or not canary.read_text()
        self.box.boot()

    def trade_through_a_cut(self, cycle, moment_s):
        report = self.work / f"report-{cycle}"
        shop = self.world.shop(cycle, report)
        time.sleep(moment_s)  # the moment of the cut is what the test is about
        self.cut_power(cycle)
        self.assertEqual(0, shop.wait(timeout=180), "a cart was not acknowledged within its retries")
        return report

    def test_lose_and_double_nothing(self):
        seed = random.SystemRandom().randrange(1 << 32)
        print("seed", seed)
        moments = random.Random(seed)
        with Undecided(self.world) as undecided:
            reports = [self.trade_through_a_cut(cycle, moments.uniform(0.1, 1.4)) for cycle in range(CUTS)]
        print(self.world.audit(reports, self.box.root / STATE / "ledger.db"))
        # The kernel may write one by itself in time.
        self.assertGreater(self.canaries_lost, CUTS // 2, "these were no power cuts")
        for shopper, new in undecided.statuses.items():
            expected = "ACCEPT" if new == "ACTIVE" else "REJECT"
            wait_for(f"{shopper} to be answered {expected}", lambda: action(self.network, shopper) == expected)
        self.assertEqual(set(), {code for code in warning_codes(self.box) if code.startswith(("ledger_", "cache_"))})


if __name__ == "__main__":
    unittest.main(verbosity=2)
