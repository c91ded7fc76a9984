#!/usr/bin/env python3
"""The service under systemd: killed, stopped, hung, crashing, short of memory, restarted under load."""
import ctypes
import os
import pathlib
import signal
import subprocess
import time
import unittest

from fixture import (SystemTest, calling, carts_in_ledger, install, is_active, main_pid, status, take_carts)
from machine import wait_for

PTRACE_SEIZE, PTRACE_INTERRUPT = 0x4206, 0x4207
WAIT_FOR_ANY_THREAD = 0x40000000
WORKING_THREADS = ("gate", "ledger", "sync", "local")


def stop_thread(process, name):
    """Stops one thread of a process of this machine, as a debugger does: the others run on."""
    if name == "gate":
        thread = process  # the main thread
    else:
        (thread,) = [int(task.name) for task in pathlib.Path(f"/proc/{process}/task").iterdir()
                     if (task / "comm").read_text().strip() == name]
    libc = ctypes.CDLL(None, use_errno=True)
    # The tracer has to take note of the thread's end, or the kernel keeps the process: so it is one of its own.
    if os.fork() == 0:
        for request in (PTRACE_SEIZE, PTRACE_INTERRUPT):
            if libc.ptrace(request, thread, None, None) != 0:
                os._exit(1)
        while os.waitpid(thread, WAIT_FOR_ANY_THREAD)[1] & 0x7F == 0x7F:
            pass  # it has stopped, and not ended
        os._exit(0)


class Service(SystemTest):
    def trading_box(self):
        box = self.installed_box()
        install(box, "gatehouse-sim")
        return box

    def back_after(self, box, what, blow, deadline_s=30):
        """Carts are taken, `blow` falls, and the daemon is back with all of them. Prints how long it took."""
        take_carts(box, 20)
        carts_in_ledger(box, 20)
        before = main_pid(box)
        began = time.monotonic()
        blow()
        wait_for(f"another daemon after {what}", lambda: main_pid(box) not in (0, before) and status(box),
                 deadline_s)
        print(f"\n  {what}: back after {time.monotonic() - began:.1f} s", flush=True)
        carts_in_ledger(box, 20)

    def test_a_killed_daemon_is_back_with_all_that_it_acknowledged(self):
        box = self.trading_box()
        self.back_after(box, "kill -9", lambda: box.run("systemctl", "kill", "-s", "KILL", "gatehouse"))

    def test_a_stopped_daemon_is_found_by_the_watchdog(self):
        box = self.trading_box()
        self.back_after(box, "SIGSTOP", lambda: box.run("systemctl", "kill", "-s", "STOP", "gatehouse"))
        self.assertIn("watchdog", box.out("journalctl", "-u", "gatehouse", "-o", "cat", "--no-pager").lower())

    def test_each_hung_thread_is_found_by_the_watchdog(self):
        for name in WORKING_THREADS:
            with self.subTest(thread=name):
                box = self.trading_box()
                # The local API has more patience coming: a long listing is no hang.
                self.back_after(box, f"a hung thread {name}",
                                lambda: stop_thread(box.pid_of("gatehouse.service"), name), 60)

    def test_a_daemon_that_exceeds_its_memory_is_killed_and_comes_back(self):
        box = self.trading_box()
        self.back_after(box, "the memory limit", lambda: self.starve(box))

    def starve(self, box):
        """For a while it has less than it needs to start."""
        self.assertEqual(str(1 << 30), box.property_of("gatehouse", "MemoryMax"))
        drop_in = "/etc/systemd/system/gatehouse.service.d/starve.conf"
        box.write(drop_in, "[Service]\nMemoryMax=2M\n")
        box.run("systemctl", "daemon-reload")
        box.run("systemctl", "restart", "--no-block", "gatehouse")
        wait_for("the kernel to kill it", lambda: int(box.property_of("gatehouse", "NRestarts")) >= 3, 60)
        (box.root / drop_in.lstrip("/")).unlink()
        box.run("systemctl", "daemon-reload")

    def test_a_crash_loop_ends_by_itself_and_the_gate_answers_who_waited(self):
        box = self.trading_box()
        box.write("/etc/gatehouse/conf.d/wrong.toml", "[gate]\nlisten = 7\n")
        box.run("systemctl", "restart", "gatehouse", check=False)
        wait_for("20 attempts to start", lambda: int(box.property_of("gatehouse", "NRestarts")) >= 20, 60)
        self.assertTrue(is_active(box, "gatehouse-gate.socket"))
        with calling(box) as report:
            (box.root / "etc/gatehouse/conf.d/wrong.toml").unlink()
            wait_for("the daemon", lambda: status(box))
        self.assertEqual((0, {}), (report["failed"], report["failures"]))

    def test_a_stop_under_load_loses_nothing_and_ends_in_time(self):
        box = self.trading_box()
        shop = box.on_its_network(
            str(box.root / "usr/bin/gatehouse-sim"), "shop", "--card-trips", "0", "--app-trips", "4000",
            "--empty-percent", "0", "--retry-max-s", "60", stdout=subprocess.PIPE, text=True,
            env={**os.environ, "LD_LIBRARY_PATH": str(box.root / "usr/lib/x86_64-linux-gnu")})
        wait_for("the first carts", lambda: (trips := (status(box) or {}).get("ledger", {}).get("trips")) and trips > 100)
        began = time.monotonic()
        box.run("systemctl", "stop", "gatehouse")
        print(f"\n  stopped under load in {time.monotonic() - began:.1f} s", flush=True)
        self.assertEqual("success", box.property_of("gatehouse", "Result"))
        box.run("systemctl", "start", "gatehouse")
        said, _ = shop.communicate(timeout=120)
        self.assertRegex(said, r"carts acknowledged +4000 of 4000")
        carts_in_ledger(box, 4000)

    def test_no_caller_notices_twenty_restarts(self):
        box = self.installed_box()
        with calling(box, at_least=10_000) as report:
            for _ in range(20):
                box.run("systemctl", "restart", "gatehouse")
        print(f"\n  20 restarts: {report}", flush=True)
        self.assertEqual((0, {}), (report["failed"], report["failures"]))
        self.assertGreaterEqual(report["connections"], 10_000)


if __name__ == "__main__":
    unittest.main(verbosity=2)
