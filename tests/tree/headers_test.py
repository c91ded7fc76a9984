#!/usr/bin/env python3
"""Every header of the product stands alone: who includes it need not know what to include before it.
One with a source file beside it is the first that this file includes, so the build itself shows it;
the others are compiled here, each by itself. $CXX is the compiler (c++); $GENERATED is the folder of the
headers that the build makes, without which what includes one is passed over."""
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
# As in daemon/http/CMakeLists.txt and daemon/configuration/CMakeLists.txt.
DEFINITIONS = ("-DBOOST_ASIO_SEPARATE_COMPILATION", "-DBOOST_BEAST_SEPARATE_COMPILATION",
               "-DBOOST_URL_NO_LIB", "-DBOOST_URL_STATIC_LINK")


def headers():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard",
         "store/*.hpp", "sync/*.hpp", "daemon/*.hpp"],
        cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    return [name for name in listed if (ROOT / name).exists()]


def source_of(header):
    source = (ROOT / header).with_suffix(".cpp")
    return source if source.exists() else None


def complaint_about(text):
    """What the compiler says of a file with this text; '' where it takes it."""
    compiled = subprocess.run(
        [os.environ.get("CXX", "c++"), "-std=c++23", "-fsyntax-only", f"-I{ROOT}", f"-I{GENERATED or ROOT}",
         *DEFINITIONS, "-x", "c++", "-"],
        input=text, capture_output=True, text=True, cwd=ROOT)
    return compiled.stderr if compiled.returncode != 0 else ""


class Headers(unittest.TestCase):
    def test_a_source_file_includes_its_own_header_first(self):
        found = {}
        for header in headers():
            if source := source_of(header):
                first = FIRST_INCLUDE.search(source.read_text())
                if first is None or first.group(1) != header:
                    found[header] = first and first.group(1)
        self.assertEqual({}, found)

    def test_a_header_without_a_source_file_compiles_alone(self):
        alone = [header for header in headers() if source_of(header) is None and
                 (GENERATED or not MADE_BY_THE_BUILD.search((ROOT / header).read_text()))]
        self.assertGreater(len(alone), 10)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            said = pool.map(lambda header: complaint_about(f'#include "{header}"\n'), alone)
            found = {header: text for header, text in zip(alone, said) if text}
        self.assertEqual({}, found)

    def test_a_header_that_needs_another_before_it_would_be_found(self):
        self.assertTrue(complaint_about("inline std::string text;\n"))
        self.assertFalse(complaint_about("#include <string>\ninline std::string text;\n"))


if __name__ == "__main__":
    unittest.main()
