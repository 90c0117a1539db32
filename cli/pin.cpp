#include "cli/pin.h"

#include <unistd.h>

#include <cstdlib>
#include <string>

namespace assay::cli {
namespace {

// glibc picks variants of sin, cos, exp … by CPU; those with fused multiply-add differ in the last bit.
constexpr const char* kTunables = "glibc.cpu.hwcaps=-AVX,-AVX2,-FMA,-FMA4";

}  // namespace

bool libm_is_pinned() {
  const char* value = std::getenv("GLIBC_TUNABLES");
  return value != nullptr && std::string(value) == kTunables;
}

void pin_libm(const std::string& program, char** argv) {
  if (libm_is_pinned()) return;
  setenv("GLIBC_TUNABLES", kTunables, 1);
  execv(program.c_str(), argv);
  // Only reached if the program could not be started again: the run goes on, and `doctor` and the plan's
  // build field say that it was not pinned.
  unsetenv("GLIBC_TUNABLES");
}

}  // namespace assay::cli
