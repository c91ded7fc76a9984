"""A disk that loses what was not synchronised when its power is cut: a file system on a loop device."""
import fcntl
import os
import pathlib
import struct
import subprocess

from machine import wait_for

# EXT4_IOC_SHUTDOWN: everything fails from here on, and the journal is not flushed (EXT4_GOING_FLAGS_NOLOGFLUSH).
SHUTDOWN = 0x8004587D
NO_LOG_FLUSH = 2


class Disk:
    """`image` is the file that it is kept in. Needs root."""

    def __init__(self, image, size_mib):
        self.image = pathlib.Path(image)
        self.at = None
        with open(self.image, "wb") as file:
            file.truncate(size_mib << 20)
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", self.image], check=True)

    def mount(self, at):
        subprocess.run(["mount", "-o", "loop", self.image, at], check=True)
        self.at = pathlib.Path(at)

    def cut_power(self):
        """It stays mounted, and every call on it fails, until it is unmounted and mounted again."""
        folder = os.open(self.at, os.O_RDONLY)
        try:
            fcntl.ioctl(folder, SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        finally:
            os.close(folder)

    def unmount(self):
        """Returns where it was, once nobody holds it any more: mounted again, it is what is on the disk."""
        was_at, self.at = self.at, None
        subprocess.run(["umount", was_at], check=True)
        wait_for("the disk to be let go", lambda: not subprocess.check_output(["losetup", "-j", self.image]))
        return was_at
