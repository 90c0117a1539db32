// MuJoCo's error and warning hooks. Without them the engine waits on stdin, exits the process and writes
// MUJOCO_LOG.TXT into the working folder; with them an engine error becomes a C++ exception on the thread that
// called MuJoCo. The library is built with unwind tables, so the exception passes its frames (tested); what those
// frames had allocated leaks, and the world they worked on is thrown away. The box–box mend (box_contacts.h) is
// installed along with them.
#pragma once

#include <exception>
#include <optional>
#include <stdexcept>
#include <string>

namespace assay::mujoco {

/// What the engine said before it would have stopped the process.
class EngineError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Puts our hooks in place; cheap, called before every entry into the engine that may fail.
void install_handlers();

/// Text of this thread's last warning since clear_warning(), or empty.
const std::string& last_warning();
void clear_warning();

/// Runs `call`; the text of what it threw, if anything.
template <class F>
std::optional<std::string> guarded(F&& call) {
  install_handlers();
  try {
    call();
    return std::nullopt;
  } catch (const std::exception& error) {
    return std::string(error.what());
  } catch (...) {
    return std::string("unknown exception");
  }
}

}  // namespace assay::mujoco
