#include "adapters/mujoco/guard.h"

#include <mujoco/mujoco.h>

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
  // Plain pointers, always the same values: writing them only when they differ keeps threads from racing.
  if (mju_user_error != on_error) mju_user_error = on_error;
  if (mju_user_warning != on_warning) mju_user_warning = on_warning;
}

const std::string& last_warning() { return warning_of_this_thread(); }
void clear_warning() { warning_of_this_thread().clear(); }

}  // namespace assay::mujoco
