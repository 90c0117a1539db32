// SHA-256 (FIPS 180-4), by OpenSSL.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "core/result.h"

namespace assay {

using Digest = std::array<std::uint8_t, 32>;

class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void update(std::span<const std::byte> bytes);
  void update(std::string_view text);
  /// The digest of all bytes so far; the object may not be updated afterwards.
  Digest finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

Digest sha256(std::string_view bytes);
std::string to_hex(const Digest& digest);  ///< 64 lower-case hexadecimal digits
inline std::string sha256_hex(std::string_view bytes) { return to_hex(sha256(bytes)); }
/// Fails with ASSAY-0101 if the file cannot be read.
Result<Digest> sha256_file(const std::string& path);

}  // namespace assay
