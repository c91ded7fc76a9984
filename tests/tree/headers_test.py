#!/usr/bin/env python3
"""Every header stands alone: who includes it need not know what to include before it.
One with a source file beside it is the first that this file includes, so the build itself shows it, but
for headers of other libraries, which the build may have compiled before (cmake/precompiled.cmake): what
it names of the standard library has to be in what it includes. One without is compiled here, by itself.
$CXX is the compiler (c++); $GENERATED is the folder of the headers that the build makes, without which
what includes one is passed over."""
import concurrent.futures
import os
import pathlib
import re
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GENERATED = os.environ.get("GENERATED", "")
MADE_BY_THE_BUILD = re.compile(r'^#include\s+"store/sql/', re.MULTILINE)
FIRST_INCLUDE = re.compile(r'^#include\s+[<"]([^>"]+)[>"]', re.MULTILINE)
# As in daemon/http/CMakeLists.txt, daemon/configuration/CMakeLists.txt and tests/sync/CMakeLists.txt.
DEFINITIONS = ("-DBOOST_ASIO_SEPARATE_COMPILATION", "-DBOOST_BEAST_SEPARATE_COMPILATION",
               "-DBOOST_URL_NO_LIB", "-DBOOST_URL_STATIC_LINK", '-DFEED_SERVER="server.js"')
COMPILER = (os.environ.get("CXX", "c++"), "-std=c++23", f"-I{ROOT}", f"-I{GENERATED or ROOT}", *DEFINITIONS,
            "-x", "c++")
STD_NAME = re.compile(r"\bstd::(\w+)")
COMMENT_OR_TEXT = re.compile(r'//.*|"(?:[^"\\\n]|\\.)*"')
# What the precompiled headers could lend -> the files of libstdc++ any one of which declares it.
DECLARED_IN = {name: files.split() for names, files in (
    ("string", "bits/basic_string.h"), ("string_view", "string_view"), ("vector", "bits/stl_vector.h"),
    ("optional nullopt", "optional"), ("expected unexpected", "expected"), ("variant", "variant"),
    ("function", "bits/std_function.h"), ("move_only_function", "bits/mofunc_impl.h"),
    ("unique_ptr make_unique", "bits/unique_ptr.h"),
    ("shared_ptr make_shared weak_ptr enable_shared_from_this", "bits/shared_ptr.h"),
    ("map", "bits/stl_map.h"), ("unordered_map", "bits/unordered_map.h"),
    ("unordered_set", "bits/unordered_set.h"), ("array", "array"), ("span", "span"),
    ("chrono", "bits/chrono.h chrono"), ("filesystem", "bits/fs_fwd.h bits/fs_path.h"),
    ("mutex", "bits/std_mutex.h"), ("condition_variable", "condition_variable"),
    ("thread jthread", "bits/std_thread.h thread"), ("exchange", "utility bits/utility.h"),
    ("int64_t uint64_t int32_t uint32_t uint16_t uint8_t", "stdint.h cstdint"),
    ("ostringstream istringstream", "sstream"), ("ifstream ofstream", "fstream")) for name in names.split()}


def headers():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "store/*.hpp", "sync/*.hpp",
         "daemon/*.hpp", "tests/*.hpp"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return [name for name in listed if (ROOT / name).exists()]


def source_of(header):
    source = (ROOT / header).with_suffix(".cpp")
    return source if source.exists() else None


def needs_the_build(header):
    return not GENERATED and MADE_BY_THE_BUILD.search((ROOT / header).read_text())


def complaint_about(text):
    """What the compiler says of a file with this text; '' where it takes it."""
    compiled = subprocess.run([*COMPILER, "-fsyntax-only", "-"], input=text, capture_output=True, text=True, cwd=ROOT)
    return compiled.stderr if compiled.returncode != 0 else ""


def read_by(text):
    """The files that the preprocessor reads for a file with this text."""
    read = subprocess.run([*COMPILER, "-M", "-"], input=text, capture_output=True, text=True, cwd=ROOT)
    return set(read.stdout.replace("\\\n", " ").split()[1:])


def for_each(found, names):
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        return dict(zip(names, pool.map(found, names)))


class Includes:
    """What each header of ours includes in the end: followed here through ours, and asked of the
    preprocessor once for each header of others."""

    def __init__(self, names):
        self.direct = {}
        ahead = list(names)
        while ahead:
            name = ahead.pop()
            if name not in self.direct and (ROOT / name).exists():
                self.direct[name] = FIRST_INCLUDE.findall((ROOT / name).read_text())
                ahead += self.direct[name]
        others = sorted({each for all_of in self.direct.values() for each in all_of
                         if each not in self.direct and not each.startswith("store/sql/")})
        self.read = for_each(lambda each: read_by(f"#include <{each}>\n"), others)

    def files(self, name):
        found, seen, ahead = set(), set(), [name]
        while ahead:
            each = ahead.pop()
            if each not in seen:
                seen.add(each)
                found |= self.read.get(each, set())
                ahead += self.direct.get(each, ())
        return found


def undeclared(text, files):
    """The names of the standard library in `text` that none of `files` declares."""
    named = set(STD_NAME.findall(COMMENT_OR_TEXT.sub("", text)))
    return sorted(name for name in named & DECLARED_IN.keys()
                  if not any(file.endswith("/" + end) for end in DECLARED_IN[name] for file in files))


class Headers(unittest.TestCase):
    def test_a_source_file_includes_its_own_header_first(self):
        found = {}
        for header in headers():
            if source := source_of(header):
                first = FIRST_INCLUDE.search(source.read_text())
                if first is None or first.group(1) != header:
                    found[header] = first and first.group(1)
        self.assertEqual({}, found)

    def test_a_header_with_a_source_file_includes_what_it_names(self):
        names = [header for header in headers() if source_of(header)]
        self.assertGreater(len(names), 100)
        includes = Includes(names)
        found = {name: missing for name in names
                 if (missing := undeclared((ROOT / name).read_text(), includes.files(name)))}
        self.assertEqual({}, found)

    def test_a_header_without_a_source_file_compiles_alone(self):
        alone = [header for header in headers() if source_of(header) is None and not needs_the_build(header)]
        self.assertGreater(len(alone), 10)
        said = for_each(lambda header: complaint_about(f'#include "{header}"\n'), alone)
        self.assertEqual({}, {header: text for header, text in said.items() if text})

    def test_a_header_that_needs_another_before_it_would_be_found(self):
        self.assertTrue(complaint_about("inline std::string text;\n"))
        self.assertFalse(complaint_about("#include <string>\ninline std::string text;\n"))

    def test_a_name_that_nothing_included_declares_would_be_found(self):
        files = read_by("#include <string>\n")
        self.assertEqual([], undeclared("std::string text;  // std::optional\n", files))
        self.assertEqual(["optional"], undeclared("std::optional<std::string> text;\n", files))
        for name, declared in DECLARED_IN.items():
            self.assertTrue(declared, name)


if __name__ == "__main__":
    unittest.main()
