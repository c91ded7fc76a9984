#!/usr/bin/env python3
"""Holds the layer rule of ARCHITECTURE.md: includes run downwards only, and each third-party
header has its fence. It reads the #include lines of every source file that git knows or would add."""
import collections
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

# From the ground to the roof. A room may include itself and what is on a lower floor, never what is
# beside it: so no include runs up, and no part knows the facade that is made of it.
FLOORS = [
    {"store/values/text"},
    {"store/values"},
    {"store/space", "store/turns"},
    {"store/sqlite", "store/ledger/records"},
    {"store/ledger/questions"},
    {"store/cache", "store/ledger"},
    {"store/ledger/verify"},
    {"store/ledger/salvage"},
    {"sync/transport"},
    {"sync/delivery"},
    {"sync/feed", "sync/credentials", "sync/clock"},
    {"sync/amazon"},
    {"sync/desk"},
    {"sync/cloud"},
    {"sync"},
    {"daemon/log"},
    {"daemon/loop", "daemon/http"},
    {"daemon/gate/request"},
    {"daemon/gate/decision"},
    {"daemon/gate/call"},
    {"daemon/gate/connector"},
    {"daemon/gate"},
    {"daemon/configuration/model"},
    {"daemon/configuration/reading", "daemon/configuration/rules"},
    {"daemon/configuration"},
    {"daemon/local/facts"},
    {"daemon/local/request"},
    {"daemon/local/warnings"},
    {"daemon/local/parts"},
    {"daemon/local/ledger", "daemon/local/view"},
    {"daemon/local/changes"},
    {"daemon/local"},
    {"daemon/selftest"},
    {"daemon/command/list", "daemon/command/salvage"},
    {"daemon/process/state"},
    {"daemon/process", "daemon/command"},
]
FLOOR = {room: floor for floor, rooms in enumerate(FLOORS) for room in rooms}
LAYERS = {room.split("/")[0] for room in FLOOR}
# Files that are a class's own, what it holds or how it is done -> its header.
PARTS = {"store/cache/cache_reader": "store/cache/cache",
         "store/cache/cache_writer": "store/cache/cache",
         "store/ledger/ledger_state": "store/ledger/ledger",
         "store/ledger/ledger_reader_state": "store/ledger/ledger_reader",
         "store/ledger/verify/walk_state": "store/ledger/verify/ledger_verifier"}
FILES_MAX = 30  # of source files in one folder
# Third-party header, or the one of ours that stands before it (regular expression) -> the only
# places that may include it, and how many files there may do so (None: any number).
FENCES = [
    (r"sqlite3\.h", r"store/sqlite/", 1),
    (r"curl/.*", r"sync/transport/curl_transfer\.hpp", 1),
    (r"sync/transport/curl_transfer\.hpp", r"sync/transport/", None),
    (r"systemd/.*", r"daemon/process/", 1),
    (r"boost/(asio|beast).*", r"(daemon/(?!command/)|tests/)", None),
    (r"toml\+\+/.*", r"(daemon/configuration/reading|tests/simulator)/", None),
    (r"CLI/.*", r"daemon/(command|process)/arguments\.cpp|tests/simulator/", None),
    (r"spdlog/.*", r"daemon/log/|tests/", None),
    (r"prometheus/.*", r"daemon/local/view/|tests/", None),
    (r"re2/.*", r"daemon/gate/request/code_time\.cpp", 1),
    (r"simdjson.*", r"daemon/gate/|tests/", None),
    (r"nlohmann/.*", r"(sync/feed|daemon/(local|selftest)|tests)/|sync/transport/json_document\.cpp"
                    r"|daemon/command/(check_config|iam_policy|selftest)\.cpp", None),
    # What stood twice, or more often, has one home: call whole_number() and sha256() instead.
    (r"charconv", r"store/values/whole_number\.hpp|daemon/http/answer_writer\.cpp|tests/", None),
    (r"openssl/(evp|sha)\.h", r"store/values/sha256\.cpp|store/cache/key_hash\.cpp|tests/", None),
]
CODE_COMMENT = re.compile(r"//.*")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def sources():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.cpp", "*.hpp"],
        cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return [name for name in listed if (ROOT / name).exists()]


def includes(name):
    return INCLUDE.findall((ROOT / name).read_text())


def room_of(path):
    return path.rpartition("/")[0]


def layer_violations(name, text_includes):
    room = room_of(name)
    if room.split("/")[0] not in LAYERS:
        return []
    if room not in FLOOR:
        return [f"{name} is in no room that this test knows: give {room} a floor"]
    found = []
    for quote, path in text_includes:
        other = room_of(path)
        if quote == '"' and other not in FLOOR and not path.startswith("store/sql/"):
            found.append(f"{name} includes {path}: write the path from the top of the repository")
        elif other in FLOOR and other != room and FLOOR[other] >= FLOOR[room]:
            found.append(f"{name} includes {path}: {room} does not stand above {other}")
    return found


def crowded(names):
    files = collections.Counter(room_of(name) for name in names)
    return {folder: count for folder, count in files.items() if count > FILES_MAX}


def without_tests(rooms, names):
    tested = {room_of(name) for name in names}
    return sorted(room for room in rooms if f"tests/{room}" not in tested)


def unit_of(name):
    """A header and its source file are one."""
    stem = name.rpartition(".")[0]
    return PARTS.get(stem, stem)


def circles(edges):
    """Of unit -> units that it includes: those that include themselves by way of others."""
    def reached(start):
        found, ahead = set(), list(edges.get(start, ()))
        while ahead:
            unit = ahead.pop()
            if unit not in found:
                found.add(unit)
                ahead.extend(edges.get(unit, ()))
        return found
    return sorted(unit for unit in edges if unit in reached(unit))


class Layers(unittest.TestCase):
    def test_inside_a_room_no_part_includes_the_facade_that_is_made_of_it(self):
        ours = [name for name in sources() if name.split("/")[0] in LAYERS]
        edges = {}
        for name in ours:
            edges.setdefault(unit_of(name), set()).update(
                unit_of(path) for _, path in includes(name)
                if room_of(path) == room_of(name) and unit_of(path) != unit_of(name))
        self.assertEqual([], circles(edges), "give what both need a header of its own")

    def test_a_part_that_includes_its_facade_would_be_found(self):
        self.assertEqual(["facade", "part"], circles({"facade": {"part", "noun"}, "part": {"facade"}, "noun": set()}))
        self.assertEqual([], circles({"facade": {"part", "noun"}, "part": {"noun"}, "noun": set()}))

    def test_each_room_has_its_tests(self):
        self.assertEqual([], without_tests(FLOOR, sources()), "tests/ mirrors the rooms")
        self.assertEqual(["a/c"], without_tests(["a/b", "a/c"], ["tests/a/b/x_test.cpp", "a/c/x.cpp"]))

    def test_includes_run_downwards_only(self):
        found = [v for name in sources() for v in layer_violations(name, includes(name))]
        self.assertEqual([], found)

    def test_third_party_headers_stay_behind_their_fences(self):
        for header, place, files_max in FENCES:
            users = [name for name in sources()
                     if any(re.fullmatch(header, path) for _, path in includes(name))]
            outside = [name for name in users if not re.match(place, name)]
            self.assertEqual([], outside, f"{header} belongs into {place}")
            if files_max is not None:
                self.assertLessEqual(len(users), files_max, f"{header} is included by {users}")

    def test_an_include_that_does_not_run_down_would_be_found(self):
        self.assertTrue(layer_violations("store/cache/x.cpp", [('"', "sync/feed/feed.hpp")]))
        self.assertTrue(layer_violations("sync/feed/x.cpp", [('"', "daemon/gate/gate.hpp")]))
        self.assertTrue(layer_violations("store/cache/x.cpp", [('"', "store/ledger/ledger.hpp")]))
        self.assertTrue(layer_violations("daemon/gate/connector/x.hpp", [('"', "daemon/gate/gate.hpp")]))
        self.assertTrue(layer_violations("store/cache/x.cpp", [('"', "cache.hpp")]))
        self.assertTrue(layer_violations("sync/nowhere/x.cpp", []))
        self.assertFalse(layer_violations("daemon/process/x.cpp", [('"', "store/cache/cache.hpp")]))
        self.assertFalse(layer_violations("store/cache/x.cpp", [('"', "store/cache/cache.hpp")]))

    def test_no_folder_is_crowded(self):
        self.assertEqual({}, crowded(sources()), "give it rooms")

    def test_a_crowded_folder_would_be_found(self):
        self.assertEqual({"a/b": 31}, crowded([f"a/b/{n}.cpp" for n in range(31)] + ["a/c/x.cpp"]))


# What is written by hand in a second place, although it has a home: sign -> where it may stand.
HOMES = [
    (r"<= '9'", r"store/values/(text/ascii\.hpp|uuid\.cpp)"),  # is_digit(), is_letter_or_digit(), is_uuid()
    (r"<= 'Z'", r"store/values/text/ascii\.hpp"),  # is_letter(), lower_case(), is_currency()
    (r"< 0x20\b|0x7[fF]\b|'\\x7f'", r"store/values/text/ascii\.hpp"),  # is_control(), is_visible()
    (r"find_last_not_of\(\" ", r"store/values/text/ascii\.hpp"),  # trimmed()
    (r"\btolower\(|\bisalnum\(|\bisdigit\(|\bisspace\(", r"nowhere"),  # they ask the locale
    (r"\{:02[xX]\}", r"store/values/text/percent\.cpp"),  # percent_encoded(), hexadecimal()
    (r"0123456789abcdef", r"nowhere"),  # hexadecimal()
    (r"\bifstream\b|istreambuf_iterator", r"nowhere"),  # read_file()
]
# Three readers of JSON, and no fourth: elsewhere nlohmann's writes alone.
JSON_READ = re.compile(r"(?i)json::(parse|accept|sax_parse|from_\w+)\b")
ERROR_HANDED_ON = re.compile(r"unexpected\((std::move\()?\w+(\.|->)error\(\)\)")


# Where std::function stands, which copies what it holds: file -> why std::move_only_function will not do.
COPIED = {
    "store/ledger/ledger_thread.hpp": "its options are kept for the next start of a thread",
    "store/values/time.hpp": "Chance is given to every part that needs it",
    "sync/credentials/process_runner.hpp": "Post is copied into each run's thread",
    "sync/delivery/recorder.hpp": "work is done again after a failed commit",
    "sync/sync_thread.hpp": "a question that is not taken is answered by the copy",
    "sync/sync_thread.cpp": "as in its header",
    "sync/transport/transport.hpp": "the networks of the tests put it into a queue that copies",
    "daemon/gate/call/gate_options.hpp": "CloudAnswered is what SyncThread::ask() takes",
    "daemon/http/exchange.hpp": "one of each listener, called through const by all connections",
    "daemon/http/limits.hpp": "the same, of its observer",
    "daemon/http/tls.hpp": "kept by OpenSSL's callback, which Asio copies",
    "daemon/local/request/access.hpp": "one of each API, called through const by all requests",
    "daemon/local/request/local_options.hpp": "the facts are asked by reads and changes",
    "daemon/process/daemon.cpp": "what SyncThread::ask() takes",
    "daemon/process/options.cpp": "what LedgerThreadOptions holds",
    "daemon/process/options.hpp": "as in its source",
    "daemon/process/heartbeat.hpp": "Watched is listed, and a list is copied",
    "daemon/selftest/judge.hpp": "given by reference, for one call",
}
STD_FUNCTION = re.compile(r"std::function<")


class Sources(unittest.TestCase):
    def test_json_is_read_by_its_readers_alone(self):
        others = [name for name in sources() if name.startswith(("store/", "sync/", "daemon/"))
                  and not name.startswith("sync/feed/") and name != "sync/transport/json_document.cpp"
                  and JSON_READ.search((ROOT / name).read_text())]
        self.assertEqual([], others, "take JsonDocument")
        self.assertTrue(JSON_READ.search("Json::parse(reply.body)"))
        self.assertTrue(JSON_READ.search("nlohmann::json::sax_parse(text, &builder)"))

    def test_std_function_is_for_what_is_copied(self):
        users = {name for name in sources() if name.startswith(("store/", "sync/", "daemon/"))
                 and STD_FUNCTION.search(CODE_COMMENT.sub("", (ROOT / name).read_text()))}
        self.assertEqual(set(), users - set(COPIED), "take std::move_only_function, or say why not")
        self.assertEqual(set(), set(COPIED) - users, "it has none any more")

    def test_an_error_is_handed_on_by_propagate_alone(self):
        by_hand = [name for name in sources()
                   if name.startswith(("store/", "sync/", "daemon/")) and name != "store/values/result.hpp"
                   and ERROR_HANDED_ON.search((ROOT / name).read_text())]
        self.assertEqual([], by_hand)
        self.assertTrue(ERROR_HANDED_ON.search("return std::unexpected(std::move(found.error()));"))
        self.assertFalse(ERROR_HANDED_ON.search("return std::unexpected(inconsistent(cart.error()));"))

    def test_what_has_a_home_is_not_written_again(self):
        ours = {name: CODE_COMMENT.sub("", (ROOT / name).read_text()) for name in sources()
                if name.startswith(("store/", "sync/", "daemon/"))}
        for sign, home in HOMES:
            again = [name for name, text in ours.items()
                     if re.search(sign, text) and not re.fullmatch(home, name)]
            self.assertEqual([], again, f"{sign} belongs into {home}")
        self.assertTrue(re.search(HOMES[0][0], "return c >= '0' && c <= '9';"))

    def test_every_source_file_is_listed_in_a_cmake_file(self):
        listed = "".join(p.read_text() for p in ROOT.rglob("CMakeLists.txt") if "build" not in p.relative_to(ROOT).parts
                         and "node_modules" not in p.parts)
        missing = [name for name in sources()
                   if name.endswith(".cpp") and pathlib.Path(name).name not in listed]
        self.assertEqual([], missing, "not part of any target")

    def test_no_file_passes_400_lines(self):
        long = [name for name in sources() if len((ROOT / name).read_text().splitlines()) > 400]
        self.assertEqual([], long, "split it by noun")


if __name__ == "__main__":
    unittest.main()
