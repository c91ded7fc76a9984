#!/usr/bin/env python3
"""Holds the layer rule of ARCHITECTURE.md: includes run downwards only, and each third-party
header has its fence. It reads the #include lines of every source file that git knows or would add."""
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# A room may include itself and what stands below it.
MAY_INCLUDE = {
    "store": {"store"},
    "sync": {"sync", "store"},
    "daemon": {"daemon", "sync", "store"},
}
# Third-party header (regular expression) -> the only places that may include it, and how many
# files there may do so (None: any number).
FENCES = [
    (r"sqlite3\.h", r"store/sqlite/", 1),
    (r"curl/.*", r"sync/curl_transport\.cpp", 1),
    (r"systemd/.*", r"daemon/process/", 1),
    (r"boost/(asio|beast).*", r"(daemon|tests)/", None),
    (r"toml\+\+/.*", r"(daemon/configuration|tests/simulator)/", None),
    (r"CLI/.*", r"(daemon/command|daemon/process|tests/simulator)/", None),
    (r"spdlog/.*", r"daemon/|tests/", None),
    (r"prometheus/.*", r"daemon/local/|tests/", None),
    (r"re2/.*", r"daemon/gate/code_time\.cpp", 1),
    (r"simdjson.*", r"daemon/gate/|tests/", None),
]
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def sources():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.cpp", "*.hpp"],
        cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return [name for name in listed if (ROOT / name).exists()]


def includes(name):
    return INCLUDE.findall((ROOT / name).read_text())


def layer_violations(name, text_includes):
    room = name.split("/")[0]
    allowed = MAY_INCLUDE.get(room)
    if allowed is None:
        return []
    found = []
    for quote, path in text_includes:
        top = path.split("/")[0]
        if top in MAY_INCLUDE and top not in allowed:
            found.append(f"{name} includes {path}: {room} stands below {top}")
        if quote == '"' and top not in MAY_INCLUDE:
            found.append(f"{name} includes {path}: write the path from the top of the repository")
    return found


class Layers(unittest.TestCase):
    def test_includes_run_downwards_only(self):
        found = [v for name in sources() for v in layer_violations(name, includes(name))]
        self.assertEqual([], found)

    def test_third_party_headers_stay_behind_their_fences(self):
        for header, place, files_max in FENCES:
            users = [name for name in sources()
                     if any(re.fullmatch(header, path) for _, path in includes(name))]
            outside = [name for name in users if not re.match(place, name)]
            self.assertEqual([], outside, f"<{header}> belongs into {place}")
            if files_max is not None:
                self.assertLessEqual(len(users), files_max, f"<{header}> is included by {users}")

    def test_an_upward_include_would_be_found(self):
        self.assertTrue(layer_violations("store/x.cpp", [('"', "sync/feed.hpp")]))
        self.assertTrue(layer_violations("sync/x.cpp", [('"', "daemon/gate/gate.hpp")]))
        self.assertFalse(layer_violations("daemon/x.cpp", [('"', "store/cache.hpp")]))


class Sources(unittest.TestCase):
    def test_every_source_file_is_listed_in_a_cmake_file(self):
        listed = "".join(p.read_text() for p in ROOT.rglob("CMakeLists.txt") if "build" not in p.parts
                         and "node_modules" not in p.parts)
        missing = [name for name in sources()
                   if name.endswith(".cpp") and pathlib.Path(name).name not in listed]
        self.assertEqual([], missing, "not part of any target")

    def test_no_file_passes_400_lines(self):
        long = [name for name in sources() if len((ROOT / name).read_text().splitlines()) > 400]
        self.assertEqual([], long, "split it by noun")


if __name__ == "__main__":
    unittest.main()
