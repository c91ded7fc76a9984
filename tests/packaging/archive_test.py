#!/usr/bin/env python3
"""What gatehouse-archive-keyring is made of: the key, its last day, the address."""
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Archive(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "gpg").mkdir(mode=0o700)
        (self.folder / "url").write_text("https://packages.example/gatehouse\n")
        self.addCleanup(subprocess.run, ["gpgconf", "--homedir", self.folder / "gpg", "--kill", "all"])

    def gpg(self, *arguments):
        return subprocess.check_output(["gpg", "--homedir", self.folder / "gpg", "--batch", "--quiet", *arguments])

    def expires(self, *keys):
        for name, expiry in keys:
            self.gpg("--passphrase", "", "--quick-generate-key", name, "ed25519", "sign", expiry)
        (self.folder / "key.asc").write_bytes(self.gpg("--armor", "--export"))
        subprocess.run([ROOT / "packaging/archive/prepare", self.folder, self.folder / "made"], check=True)
        return (self.folder / "made/expires").read_text().strip()

    def test_ends_with_its_key(self):
        self.assertEqual("2100-01-01T12:00:00Z", self.expires(("only", "21000101T120000")))

    def test_ends_with_the_last_key_while_one_follows_the_other(self):
        self.assertEqual("2100-01-01T12:00:00Z",
                         self.expires(("old", "20900101T120000"), ("new", "21000101T120000")))

    def test_never_ends_with_a_key_that_does_not(self):
        self.assertEqual("never", self.expires(("for ever", "0")))

    def test_names_address_and_key(self):
        self.expires(("only", "21000101T120000"))
        sources = (self.folder / "made/gatehouse.sources").read_text()
        self.assertIn("URIs: https://packages.example/gatehouse\n", sources)
        self.assertIn("Signed-By: /usr/share/keyrings/gatehouse-archive-keyring.pgp\n", sources)
        self.assertGreater((self.folder / "made/gatehouse-archive-keyring.pgp").stat().st_size, 100)


if __name__ == "__main__":
    unittest.main()
