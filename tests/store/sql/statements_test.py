#!/usr/bin/env python3
"""Named statements (cmake/embed_sql.cmake): what stands in their files, and what is refused."""
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[3]
FILES = sorted(ROOT.glob("store/sql/*/statements/*.sql"))
NAME = re.compile(r"^-- name: ([a-z0-9_]+)$", re.MULTILINE)
# A number beside a column that has names, or beside a parameter, which may stand for one: a number
# that is none is given by the program, too.
MAGIC = re.compile(r"(\b(state|kind|ready_lane|held_from)|\bcoalesce\((\w+\.)?held_from, \d+\)|\?\d+)"
                   r"\s*(=|<>|(NOT )?IN \()\s*\d")


def embed(sql):
    """What CMake says to a file of statements; '' where it takes it."""
    with tempfile.TemporaryDirectory() as folder:
        project = pathlib.Path(folder)
        (project / "a.sql").write_text(sql)
        (project / "states.hpp").write_text("enum class State : int { open = 1,  // one; {two}\n closed = 2 };\n")
        (project / "CMakeLists.txt").write_text(
            f'cmake_minimum_required(VERSION 3.25)\nproject(a NONE)\ninclude("{ROOT}/cmake/embed_sql.cmake")\n'
            "add_library(a INTERFACE)\nfunction(target_include_directories)\nendfunction()\n"
            'embed_statements(a a_sql NUMBERS "door=State=${CMAKE_CURRENT_SOURCE_DIR}/states.hpp"'
            ' FILES "${CMAKE_CURRENT_SOURCE_DIR}/a.sql")\n')
        done = subprocess.run(["cmake", "-S", folder, "-B", folder + "/build"], capture_output=True, text=True,
                              check=False)
        made = project / "build/generated/store/sql/a_sql.hpp"
        return made.read_text() if done.returncode == 0 else " ".join(done.stderr.split())


class Statements(unittest.TestCase):
    def test_say_states_and_kinds_by_name(self):
        self.assertTrue(FILES)
        for file in FILES:
            code = re.sub(r"--[^\n]*", "", file.read_text())
            self.assertEqual([], [m.group(0) for m in MAGIC.finditer(code)], file)
        for sql in ["WHERE state IN (3, 4)", "AND kind <> 4", "?3 IN (13, 14)", "?3 NOT IN (6, 15)",
                    "iif(?3 = 6, 1, 0)", "?1 <> 4", "coalesce(held_from, 0) NOT IN (15, 16)",
                    "coalesce(settlement.held_from, 0) = 15"]:
            self.assertTrue(MAGIC.search(sql), sql)
        for sql in ["id > ?1 LIMIT 3", "coalesce(held_from, 0) <> {settlement.held}", "?1 = state", "attempts = 0"]:
            self.assertFalse(MAGIC.search(sql), sql)

    def test_are_all_used(self):
        sources = "".join(file.read_text() for file in ROOT.glob("store/**/*.?pp"))
        for file in FILES:
            space = file.parts[-3] + "_sql::"
            self.assertEqual([], [name for name in NAME.findall(file.read_text())
                                  if not re.search(rf"{space}{name}\b", sources)], file)

    def test_become_constants_with_their_numbers_and_parts_put_in(self):
        made = embed("-- part: of_doors\n-- A comment; with {braces}.\nFROM door;\n"
                     "-- name: count_open\nSELECT count(*)  -- all\n  {of_doors} WHERE state = {door.open};\n")
        self.assertIn('NamedStatement count_open{\n    "count_open", '
                      'R"sql(SELECT count(*) FROM door WHERE state = 1)sql"};', made)
        self.assertIn('{"door.open", 1},\n    {"door.closed", 2},\n', made)

    def test_ask_for_one_of_a_list_without_a_table_of_it(self):
        made = embed("-- part: known\n({door.open},\n {door.closed});\n"
                     "-- name: one\nSELECT 1 WHERE {state in known} AND NOT {?3 in known};\n")
        self.assertIn("WHERE (state = 1 OR state = 2) AND NOT (?3 = 1 OR ?3 = 2)", made)

    def test_with_a_name_that_nothing_has_are_refused(self):
        for sql in ["state = {door.ajar}", "state = {Door.open}", "{}", "{one}", "{state in one}", "{state in none}"]:
            self.assertIn("nothing is called", embed(f"-- name: one\nSELECT {sql};\n"), sql)

    def test_that_are_there_twice_or_have_no_name_are_refused(self):
        self.assertIn("one is there twice", embed("-- name: one\nSELECT 1;\n-- name: one\nSELECT 2;\n"))
        self.assertIn("expected a-z", embed("-- name: One\nSELECT 1;\n"))
        self.assertIn("expected a name and a statement", embed("SELECT 1;\n"))


if __name__ == "__main__":
    unittest.main()
