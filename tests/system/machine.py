"""A machine with a real systemd as PID 1: systemd-nspawn over a copy-on-write view of a root folder.

Needs root, package systemd-container and the cgroup v1 hierarchies. Where one of them is missing
`start` fails and says so: nothing here is ever skipped.
"""
import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import time

# What systemd and the limits of its units need of cgroup v1.
CONTROLLERS = ("systemd", "memory", "pids", "cpu", "cpuacct")
BOOT_DEADLINE_S = 60


class CannotRun(Exception):
    """The machine that these tests run on lacks something."""


def wait_for(what, condition, deadline_s=30):
    """Returns what `condition` returns once that is true; AssertionError naming `what` after the deadline."""
    until = time.monotonic() + deadline_s
    while True:
        if result := condition():
            return result
        if time.monotonic() > until:
            raise AssertionError(f"waited {deadline_s} s for {what}")
        time.sleep(0.02)


def own_cgroup(controller):
    """The folder of this process in a v1 hierarchy."""
    name = "name=systemd" if controller == "systemd" else controller
    for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if name in controllers.split(","):
            return pathlib.Path(f"/sys/fs/cgroup/{controller}{path.rstrip('/')}")
    raise CannotRun(f"no cgroup v1 hierarchy {name}: these tests know how to boot a machine on v1 alone")


def require_tools():
    if os.geteuid() != 0:
        raise CannotRun("the tests that boot a machine need root")
    for tool in ("systemd-nspawn", "nsenter", "unshare"):
        if not shutil.which(tool):
            raise CannotRun(f"{tool} is missing: tests/system/prepare.sh installs it")


class Machine:
    """`lower` is the root folder that it starts from and never changes. Its network is a loopback of its own, or
    `network`, the path of a network namespace."""

    def __init__(self, name, lower, folder):
        self.name = name
        self.network = None
        self.lower = pathlib.Path(lower)
        self.folder = pathlib.Path(folder) / name
        self.root = self.folder / "root"
        self._nspawn = None
        self._cgroups = []

    def start(self):
        require_tools()
        self._mount()
        # An identity and a journal of its own.
        (self.root / "etc/machine-id").write_text("")
        (self.root / "var/log/journal").mkdir(parents=True, exist_ok=True)
        self.boot()

    def _mount(self):
        self.folder.mkdir(parents=True)
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4g,mode=755", self.name, self.folder], check=True)
        for part in ("up", "work", "root"):
            (self.folder / part).mkdir()
        layers = f"lowerdir={self.lower},upperdir={self.folder}/up,workdir={self.folder}/work"
        subprocess.run(["mount", "-t", "overlay", "-o", layers, self.name, self.root], check=True)

    def boot(self):
        groups = [own_cgroup(controller) / f"gatehouse-{self.name}" for controller in CONTROLLERS]
        for group in groups:
            group.mkdir(exist_ok=True)
        self._cgroups = groups

        def join():
            for group in groups:
                (group / "cgroup.procs").write_text(str(os.getpid()))

        network = f"--network-namespace-path={self.network}" if self.network else "--private-network"
        with open(self.folder / "console", "ab") as console:
            # The outer unshare ties lifetimes together: its death is the whole machine's, like a power cut.
            self._nspawn = subprocess.Popen(
                ["unshare", "--fork", "--pid", "--mount-proc", "--kill-child=KILL",
                 "systemd-nspawn", "--quiet", f"--directory={self.root}", "--boot", "--register=no", "--keep-unit",
                 f"--machine={self.name}", network, "--console=pipe", "--link-journal=no",
                 "--capability=all", "--system-call-filter=bpf", "--system-call-filter=@keyring"],
                stdin=subprocess.DEVNULL, stdout=console, stderr=console, preexec_fn=join, start_new_session=True)
        self._leader = None
        wait_for(f"{self.name} to boot; its console:\n{self.folder}/console", self._has_booted, BOOT_DEADLINE_S)
        # nspawn leaves them read-only, and MemoryMax= and its kin without effect.
        for controller in CONTROLLERS[1:]:
            self.run("mount", "-o", "remount,bind,rw", f"/sys/fs/cgroup/{controller}")
        self.run("systemctl", "daemon-reexec")

    def _has_booted(self):
        if self._nspawn.poll() is not None:
            raise CannotRun(f"{self.name} did not boot:\n{(self.folder / 'console').read_text()}")
        self._leader = self._leader or self._find_leader()
        if not self._leader:
            return False
        state = self.run("systemctl", "is-system-running", check=False).stdout.strip()
        return state in ("running", "degraded")

    def _find_leader(self):
        """PID 1 of the machine: unshare, its child nspawn, the child of that."""
        nspawn = children(self._nspawn.pid)
        init = [pid for parent in nspawn for pid in children(parent) if command_of(pid) == "systemd"]
        return init[-1] if init else None

    def run(self, *command, check=True, timeout=300, env=None):
        """Runs a command in the machine. With check, a failure is an AssertionError with what it printed."""
        environment = [f"{name}={value}" for name, value in (env or {}).items()]
        done = subprocess.run(
            ["nsenter", "-t", str(self._leader), "-a", "--", "env", "-i", "LC_ALL=C.UTF-8",
             "PATH=/usr/sbin:/usr/bin:/sbin:/bin", *environment, *command],
            stdin=subprocess.DEVNULL, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=timeout)
        if check and done.returncode != 0:
            raise AssertionError(f"{' '.join(command)} exited with {done.returncode}:\n{done.stdout}")
        return done

    def out(self, *command, **options):
        return self.run(*command, **options).stdout.strip()

    def on_its_network(self, *command, **options):
        """Starts a program of this machine's host on the network of the booted one."""
        return subprocess.Popen(["nsenter", "-t", str(self._leader), "-n", "--", *command], **options)

    def write(self, path, text, mode=0o644):
        file = self.root / path.lstrip("/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(mode)

    def property_of(self, unit, name):
        return self.out("systemctl", "show", "--value", "-p", name, unit)

    def pid_of(self, unit):
        """The main process of a unit, as this machine's host counts processes."""
        inside = self.property_of(unit, "MainPID")
        for pid in descendants(self._leader):
            numbers = pathlib.Path(f"/proc/{pid}/status").read_text().split("NSpid:")[1].split("\n")[0].split()
            if numbers[-1] == inside:
                return pid
        raise AssertionError(f"{unit} has no main process ({inside})")

    def journal(self, unit, *options):
        return self.out("journalctl", "--no-pager", "-o", "cat", "-u", unit, *options)

    def shut_down(self):
        os.kill(self._leader, signal.SIGRTMIN + 4)
        self._nspawn.wait(timeout=60)
        self._nspawn = None

    def cut_power(self):
        """Everything in the machine dies at once; its file system stays."""
        processes = descendants(self._nspawn.pid)
        self._nspawn.kill()
        self._nspawn.wait(timeout=60)
        self._nspawn = None
        # systemd-nspawn holds a lock on the folder until it is gone, too.
        wait_for("all of the machine to be gone", lambda: not any(map(command_of, processes)))

    def clean(self):
        if self._nspawn:
            self.cut_power()
        for mounted in (self.root, self.folder):
            subprocess.run(["umount", "--recursive", mounted], check=False, stderr=subprocess.DEVNULL)
        with contextlib.suppress(OSError):
            self.folder.rmdir()
        for group in self._cgroups:
            remove_cgroup(group)


def children(pid):
    try:
        return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def descendants(pid):
    found = children(pid)
    for child in found:
        found.extend(children(child))
    return found


def command_of(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def remove_cgroup(group):
    for folder, _, _ in os.walk(group, topdown=False):
        with contextlib.suppress(OSError):
            os.rmdir(folder)
