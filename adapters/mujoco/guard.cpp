#include "adapters/mujoco/guard.h"

#include <mujoco/mujoco.h>

#include <mutex>

#include "adapters/mujoco/box_contacts.h"

namespace assay::mujoco {
namespace {

std::string& warning_of_this_thread() {
  thread_local std::string text;
  return text;
}

void on_error(const char* message) { throw EngineError(message == nullptr ? "" : message); }

void on_warning(const char* message) { warning_of_this_thread() = message == nullptr ? "" : message; }

}  // namespace

void install_handlers() {
  static std::once_flag once;
  std::call_once(once, [] {
    mju_user_error = on_error;
    mju_user_warning = on_warning;
    mend_box_contacts();
  });
}

const std::string& last_warning() { return warning_of_this_thread(); }
void clear_warning() { warning_of_this_thread().clear(); }

}  // namespace assay::mujoco
