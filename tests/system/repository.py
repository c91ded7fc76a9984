"""A signed package repository, made by scripts/publish and served over HTTP to a booted machine."""
import os
import pathlib
import shutil
import subprocess
import sys
import time

from machine import wait_for

ROOT = pathlib.Path(__file__).resolve().parents[2]
PORT = 8000
URL = f"http://127.0.0.1:{PORT}"
KEY = "packages@gatehouse.invalid"


def make_key(home, public_key, expires="2y"):
    """A signing key in a gpg home of its own, and its public half in a file."""
    home.mkdir(mode=0o700, parents=True)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet"]
    # Old enough to have signed an index that is past its day by now.
    born = time.strftime("%Y%m%dT%H%M%S", time.gmtime(time.time() - 60 * 86400))
    subprocess.run([*gpg, "--faked-system-time", born, "--passphrase", "", "--quick-generate-key", KEY, "ed25519",
                    "sign", expires], check=True)
    public_key.write_bytes(subprocess.check_output([*gpg, "--armor", "--export", KEY]))


class Repository:
    published = 0  # by all repositories of this run

    def __init__(self, folder, gpg_home):
        self.folder = pathlib.Path(folder)
        self.gpg_home = pathlib.Path(gpg_home)

    def publish(self, *packages, days_ago=0):
        done = subprocess.run(
            ["faketime", f"{days_ago} days ago", ROOT / "scripts/publish", self.folder, "--key", KEY, *packages],
            env={**os.environ, "GNUPGHOME": str(self.gpg_home)}, text=True, capture_output=True)
        if done.returncode != 0:
            raise AssertionError(f"scripts/publish failed:\n{done.stdout}{done.stderr}")
        # A web server tells one index from the next by its second, and two repositories can be made
        # within one: then a machine that knows the first is told that nothing has changed.
        Repository.published += 1
        made_at = time.time() + Repository.published
        for index in self.folder.glob("dists/*/*Release"):
            os.utime(index, (made_at, made_at))

    def serve(self, machine):
        """On the machine's own loopback, which is its whole network. Returns what ends it."""
        server = machine.on_its_network(
            sys.executable, "-m", "http.server", "--bind", "127.0.0.1", "--directory", str(self.folder), str(PORT),
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        ask = ["bash", "-c", f"exec 3<>/dev/tcp/127.0.0.1/{PORT}"]
        wait_for("the repository to be served", lambda: machine.run(*ask, check=False).returncode == 0)
        return lambda: (server.kill(), server.wait())


def repacked(package, version, folder, change=None):
    """The package under another version; `change(root)` may change its files and DEBIAN/ first."""
    folder = pathlib.Path(folder)
    tree = folder / "tree"
    subprocess.run(["dpkg-deb", "--raw-extract", package, tree], check=True)
    control = tree / "DEBIAN/control"
    lines = control.read_text().splitlines()
    control.write_text("".join(f"Version: {version}\n" if line.startswith("Version:") else line + "\n"
                               for line in lines))
    if change:
        change(tree)
    made = folder / f"{package.name.split('_')[0]}_{version}_{package.name.rsplit('_', 1)[1]}"
    subprocess.run(["dpkg-deb", "-Zgzip", "-z1", "--root-owner-group", "--build", tree, made],
                   check=True, stdout=subprocess.DEVNULL)
    shutil.rmtree(tree)
    return made


if __name__ == "__main__":
    make_key(pathlib.Path(sys.argv[1]) / "gpg", pathlib.Path(sys.argv[1]) / "key.asc")
