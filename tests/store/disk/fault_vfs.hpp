#pragma once

namespace gatehouse::store {

/// From now on each file that SQLite opens in this process is opened through a layer over its own
/// "unix" and "unix-excl", which asks the FaultDisk that the file is on. Files of no such disk, and
/// all while there is none, are as they were. Before the first connection; again does nothing.
void install_fault_vfs();

}  // namespace gatehouse::store
