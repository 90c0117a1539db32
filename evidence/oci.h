// Bundles in a registry that speaks the OCI distribution API: pushed, and pulled by anyone. The registry is trusted
// with nothing but bytes: what comes back is what the digest says, and `bundle verify` asks the bundle itself.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "core/result.h"

namespace assay::evidence {

inline constexpr const char* kArtifactType = "application/vnd.x-assay.bundle.v1";
inline constexpr const char* kBundleMediaType = "application/vnd.x-assay.bundle.v1+zip";

struct RegistryAccess {
  /// `basic USER:PASSWORD` or `bearer TOKEN` on one line, mode 0600. Empty: nobody in particular.
  std::string token_file{};
  std::string ca_file{};                               ///< authorities in place of the system's
  bool plain_http = false;                             ///< without TLS, and beyond this machine then without a token
  std::uint64_t most_bytes = std::uint64_t{64} << 30;  ///< of what is pulled
  std::function<void(std::uint64_t, std::uint64_t)> progress{};  ///< bytes done, of all
};

struct Transferred {
  std::string reference;        ///< HOST/REPOSITORY[:TAG] as asked
  std::string manifest_digest;  ///< sha256:… ; HOST/REPOSITORY@that names this very artifact for good
  std::string bundle_sha256;
  std::uint64_t bytes = 0;
  std::uint64_t resumed_at = 0;  ///< pulled: what an earlier attempt had left
  bool was_there = false;        ///< pushed: the registry had the bytes; pulled: the file did
};

/// An intact bundle becomes an artifact of one layer. Fails with 112x (not intact: nothing is sent), 1160 (reference),
/// 1161 (no answer, TLS, too slow), 1162 (refused), 1164 (secret).
Result<Transferred> push_bundle(const std::string& path, const std::string& reference, const RegistryAccess& access);

/// Into `path`, whole or not at all; what an interrupted pull left beside it is taken up. Fails with 1112, 1129 (larger
/// than allowed), 1160 to 1162, 1163 (no such artifact), 1164, 1165 (not a bundle), 1166 (bytes that differ from their
/// digest).
Result<Transferred> pull_bundle(const std::string& reference, const std::string& path, const RegistryAccess& access);

}  // namespace assay::evidence
