#!/usr/bin/env python3
"""The package repository: what is signed is installed, and nothing else."""
import unittest

from fixture import SystemTest, apt, install, is_active, package, version_under_test


def other_window(root):
    (root / "etc/gatehouse/upgrade-window").write_text("always\n")


class Repositories(SystemTest):
    def own_repository(self, *packages):
        return self.new_repository(self.id().rsplit(".", 1)[1], *packages)

    def test_a_tampered_package_is_refused(self):
        repository = self.own_repository()
        published = repository.folder / f"pool/main/{package('gatehouse').name}"
        content = bytearray(published.read_bytes())
        content[len(content) // 2] ^= 1
        published.write_bytes(content)
        box = self.box(repository=repository)
        done = apt(box, "install", "gatehouse", check=False)
        self.assertNotEqual(0, done.returncode)
        self.assertIn("Hash Sum mismatch", done.stdout)
        self.assertFalse((box.root / "usr/sbin/gatehoused").exists())

    def test_a_tampered_index_is_refused(self):
        repository = self.own_repository()
        index = repository.folder / "dists/stable/InRelease"
        index.write_text(index.read_text().replace("Components: main", "Components: mair"))
        box = self.boot()
        self.addCleanup(box.clean)
        with self.assertRaisesRegex(AssertionError, "BADSIG"):
            self.serve(box, repository)

    def test_an_index_past_its_day_is_refused(self):
        repository = self.own_repository()
        repository.publish(days_ago=15)
        box = self.boot()
        self.addCleanup(box.clean)
        with self.assertRaisesRegex(AssertionError, "is expired"):
            self.serve(box, repository)

    def test_every_version_stays(self):
        box = self.box(repository=self.own_repository(self.repacked("9.0.0")))
        offered = box.out("apt-cache", "madison", "gatehouse")
        self.assertIn(version_under_test(), offered)
        self.assertIn("9.0.0", offered)

    def test_an_index_is_read_by_its_hash(self):
        repository = self.own_repository()
        # What a box would find here in the middle of an exchange.
        for index in (repository.folder / "dists/stable/main/binary-amd64").glob("Packages*"):
            index.write_text("half an index")
        box = self.box(repository=repository)
        install(box)
        self.assertTrue(is_active(box))

    def test_the_same_version_with_other_contents_is_not_published(self):
        repository = self.own_repository()
        other = self.repacked(version_under_test(), other_window)
        with self.assertRaisesRegex(AssertionError, "exists with different contents"):
            repository.publish(other)


if __name__ == "__main__":
    unittest.main(verbosity=2)
