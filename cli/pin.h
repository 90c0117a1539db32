// The same libm code on every CPU (DESIGN §4.2).
#pragma once

#include <string>

namespace assay::cli {

[[nodiscard]] bool libm_is_pinned();

/// Starts this program again, once, with GLIBC_TUNABLES that switch the FMA and AVX variants of libm off,
/// whatever the environment said before. Returns only if already pinned or if exec failed.
void pin_libm(const std::string& program, char** argv);

}  // namespace assay::cli
