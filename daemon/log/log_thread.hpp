#pragma once

namespace gatehouse::log {

/// Sends the log to stderr. Where stderr is the journal ($JOURNAL_STREAM), each line begins with
/// its priority ("<4>") as sd-daemon(3) defines, and the journal adds the time; elsewhere each
/// line begins with the time and the level. The level comes from GATEHOUSE_LOG_LEVEL
/// (daemon/log/log_level.hpp); info where that is missing or names none.
///
/// Levels: error, an operator must act; warn, something was refused or will need action if it
/// stays; info, what a technician wants to read after the fact; debug, for developers.
///
/// It is written by a thread of its own: whoever reads stderr may stall, and no scan waits for
/// that. What does not fit into the queue then replaces the oldest lines. The end of this object
/// writes what is left; nothing may be logged after it.
class LogThread {
 public:
  LogThread();
  ~LogThread();
  LogThread(const LogThread&) = delete;
  LogThread& operator=(const LogThread&) = delete;
};

}  // namespace gatehouse::log
