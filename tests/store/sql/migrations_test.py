#!/usr/bin/env python3
"""What the migrations of the ledger make of the rows that are there."""
import pathlib
import sqlite3
import unittest

FOLDER = pathlib.Path(__file__).resolve().parents[3] / "store" / "sql" / "ledger"
DAY = 86_400_000
ADJUST_DUE, HELD, NOT_GRANTED = 2, 13, 18


class ClockAndQuestions(unittest.TestCase):
    """005 on a ledger that has run 004."""

    def setUp(self):
        self.ledger = sqlite3.connect(":memory:")
        for migration in sorted(FOLDER.glob("00[1-4]_*.sql")):
            self.ledger.executescript(migration.read_text())
        self.addCleanup(self.ledger.close)

    def insert(self, table, values):
        marks = ",".join("?" * len(values))
        self.ledger.execute(f"INSERT INTO {table} ({','.join(values)}) VALUES ({marks})",
                            list(values.values()))

    def trip(self, sequence, state, started_at, **more):
        fillers = {"TEXT": f"text {sequence}", "BLOB": b"%d" % sequence}
        columns = self.ledger.execute("PRAGMA table_info(trip)").fetchall()
        row = {name: fillers.get(kind, 1) for _, name, kind, needed, default, key in columns
               if needed and default is None and not key}
        self.insert("trip", row | {"sequence": sequence, "received_at_ms": started_at})
        times = dict.fromkeys(("started_at_ms", "next_attempt_ms", "changed_at_ms"), started_at)
        self.insert("settlement", {"trip_sequence": sequence, "state": state} | times | more)

    def migrate(self):
        self.ledger.executescript(next(FOLDER.glob("005_*.sql")).read_text())

    def column(self, name):
        return dict(self.ledger.execute(f"SELECT trip_sequence, {name} FROM settlement"))

    def test_remembers_what_an_accepted_gap_let_go(self):
        self.insert("ledger_gap", {"kind": 1, "found_at_ms": 20 * DAY, "witness_id": "",
                                   "witness_era": 1, "witness_sequence": 1, "sequence": 1,
                                   "accepted_at_ms": 21 * DAY})
        self.trip(1, ADJUST_DUE, 10 * DAY)
        self.trip(2, ADJUST_DUE, 30 * DAY)
        self.trip(3, ADJUST_DUE, 30 * DAY, withheld_by_birth=1)
        self.trip(4, ADJUST_DUE, 10 * DAY, captures_sent=1)
        self.migrate()
        self.assertEqual({1: 1, 2: 0, 3: 1, 4: 0}, self.column("was_withheld"))

    def test_asks_about_the_last_days_of_another_ledgers_trips_after_what_waits(self):
        self.trip(1, NOT_GRANTED, 10 * DAY)
        self.trip(2, NOT_GRANTED, 30 * DAY)
        self.trip(3, HELD, 31 * DAY, ask_at_ms=31 * DAY - 5)
        self.migrate()
        self.assertEqual({1: None, 2: 31 * DAY, 3: 31 * DAY - 5}, self.column("ask_at_ms"))

    def test_lets_no_word_from_before_count_for_another_ledgers_charge(self):
        told = {"captures_told": 0, "told_from_revision": 1}
        self.trip(1, NOT_GRANTED, 10 * DAY, **told)
        self.trip(2, HELD, 10 * DAY, charge_unclear=1, **told)
        self.trip(3, HELD, 10 * DAY, **told)
        self.migrate()
        self.assertEqual({1: None, 2: None, 3: 0}, self.column("captures_told"))


class Clock(unittest.TestCase):
    """006 on a ledger that has run 005."""

    def test_corrects_no_time_that_was_noted_before(self):
        ledger = sqlite3.connect(":memory:")
        self.addCleanup(ledger.close)
        for migration in sorted(FOLDER.glob("00[1-5]_*.sql")):
            ledger.executescript(migration.read_text())
        ledger.execute("INSERT INTO ledger_identity (only, id, created_at_ms, born_at_ms) "
                       "VALUES (1, 'a', 5, 5)")
        ledger.execute("INSERT INTO ledger_gap (kind, found_at_ms, witness_id, witness_era, "
                       "witness_sequence, sequence) VALUES (1, 6, '', 1, 1, 1)")
        ledger.executescript(next(FOLDER.glob("006_*.sql")).read_text())
        self.assertEqual([(5, 1)], ledger.execute(
            "SELECT born_at_ms, born_confirmed FROM ledger_identity").fetchall())
        self.assertEqual([(6, 1)], ledger.execute(
            "SELECT found_at_ms, found_confirmed FROM ledger_gap").fetchall())


class Vouched(unittest.TestCase):
    """007 on a ledger that has run 006."""

    def test_takes_nothing_from_before_for_vouched(self):
        ledger = sqlite3.connect(":memory:")
        self.addCleanup(ledger.close)
        for migration in sorted(FOLDER.glob("00[1-6]_*.sql")):
            ledger.executescript(migration.read_text())
        ledger.execute("PRAGMA foreign_keys = OFF")
        ledger.execute("INSERT INTO settlement (trip_sequence, state, started_at_ms, next_attempt_ms, "
                       "changed_at_ms) VALUES (1, 2, 5, 5, 5)")
        ledger.executescript(next(FOLDER.glob("007_*.sql")).read_text())
        self.assertEqual([(0,)], ledger.execute("SELECT vouched FROM settlement").fetchall())


class Eras(unittest.TestCase):
    """009 on a ledger that has run 008."""

    def eras_of_one_in(self, era):
        ledger = sqlite3.connect(":memory:")
        self.addCleanup(ledger.close)
        for migration in sorted(FOLDER.glob("00[1-8]_*.sql")):
            ledger.executescript(migration.read_text())
        if era:
            ledger.execute("INSERT INTO ledger_identity (only, id, created_at_ms, era, commits) "
                           "VALUES (1, 'a', 5, ?, 70)", (era,))
        ledger.executescript(next(FOLDER.glob("009_*.sql")).read_text())
        return ledger.execute("SELECT era, commits FROM ledger_era").fetchall()

    def test_takes_every_era_before_for_one_that_was_left(self):
        self.assertEqual([(1, 70), (2, 70)], self.eras_of_one_in(3))

    def test_takes_no_number_that_leapt_for_that_of_so_many_eras(self):
        self.assertEqual(1000, len(self.eras_of_one_in(1 << 31)))

    def test_knows_of_none_where_none_was_left(self):
        self.assertEqual([], self.eras_of_one_in(1))
        self.assertEqual([], self.eras_of_one_in(None))


if __name__ == "__main__":
    unittest.main()
