"""A box as docs/install.md makes it: its commands and its files, as they stand there."""
import pathlib
import re
import subprocess
import textwrap

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/install.md"
GATE = "https://127.0.0.1:8443"


def block_after(text):
    """The first indented block of the page that follows the line with this text."""
    lines = iter(PAGE.read_text().split(text, 1)[1].splitlines()[1:])
    block = [next(line for line in lines if line.startswith("    "))]
    indent = len(block[0]) - len(block[0].lstrip())
    for line in lines:
        if line and not line.startswith(" " * indent):
            break
        block.append(line)
    return textwrap.dedent("\n".join(block)).strip("\n") + "\n"


def make_certificate(folder, name):
    """NAME.pem, which is its own authority, and NAME-key.pem."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "90", "-subj", f"/CN={name}", "-addext", "subjectAltName=IP:127.0.0.1",
                    "-keyout", folder / f"{name}-key.pem", "-out", folder / f"{name}.pem"],
                   check=True, capture_output=True)


def keep_secret(machine, name, content):
    """install.md's way: the value on the standard input."""
    (command,) = re.findall(r"(install -m 0600 /dev/stdin /etc/gatehouse/credentials/)feed", PAGE.read_text())
    machine.run("sh", "-c", f"printf '%s\\n' '{content}' | {command}{name}")


def set_up(machine, checks=True):
    """Configuring and opening the gate: secrets, certificate, callers' authority, socket. 0.1.0 knows no check of it."""
    keep_secret(machine, "feed", "box:feed-secret")
    keep_secret(machine, "cloud", "cloud-token")
    machine.write("/etc/gatehouse/conf.d/50-store.toml", block_after("**Settings** in"))
    if checks:
        check(machine)
    machine.run("systemctl", "restart", "gatehouse")

    folder = machine.root / "root"
    make_certificate(folder, "gate")
    make_certificate(folder, "caller")
    (folder / "callers-ca.pem").write_text((folder / "caller.pem").read_text())
    for command in block_after("1. Install the certificate and").splitlines():
        machine.run("sh", "-c", f"cd /root && {command}")
    machine.write("/etc/gatehouse/conf.d/60-gate.toml", block_after("2. Write `/etc/gatehouse/conf.d/60-gate.toml`"))
    edit_unit(machine, "gatehouse-gate.socket", block_after("3. Run `systemctl edit gatehouse-gate.socket`"))
    if checks:
        check(machine)
    for command in block_after("4. Check as above").splitlines():
        # What cannot be reached from here is critical, and makes for the status of `gatehouse status`.
        machine.run("sh", "-c", command, check=not command.startswith("gatehouse status"))


def edit_unit(machine, unit, text):
    """What `systemctl edit` does."""
    machine.write(f"/etc/systemd/system/{unit}.d/override.conf", text)
    machine.run("systemctl", "daemon-reload")


def check(machine, check=True):
    """The first command of "Check, then restart"."""
    return machine.run("sh", "-c", block_after("**Check, then restart.**").splitlines()[0], check=check)


def scans(machine):
    """The gate answers a caller who has a certificate, as Amazon's test cases want it."""
    return machine.run("gatehouse", "selftest", "--plan", "identity", "--store", "0a1b2c3d",
                       "--gate", GATE, "--ca", "/etc/gatehouse/gate.pem",
                       "--client-certificate", "/root/caller.pem", "--client-key", "/root/caller-key.pem",
                       check=False).returncode == 0
