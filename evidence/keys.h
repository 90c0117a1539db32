// Signing keys (Ed25519; SM2 with SM3) and digests, by OpenSSL. A key lives in a PEM file that only its owner can
// read; a token (PKCS#11) would be another maker of PrivateKey, nothing else here would change.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"

namespace assay::evidence {

enum class Algorithm { ed25519, sm2 };
const char* to_string(Algorithm algorithm);  ///< "ed25519", "sm2-sm3"

class PublicKey {
 public:
  /// SubjectPublicKeyInfo, as PEM text or DER bytes. ASSAY-1101: another kind of key, or none.
  static Result<PublicKey> from_pem(const std::string& text, const std::string& name);
  static Result<PublicKey> from_der(const std::string& der, const std::string& name);

  [[nodiscard]] Algorithm algorithm() const { return algorithm_; }
  [[nodiscard]] const std::string& der() const { return der_; }
  [[nodiscard]] std::string pem() const;
  [[nodiscard]] std::string id() const;  ///< SHA-256 of the DER, hexadecimal
  [[nodiscard]] bool verify(std::string_view message, std::string_view signature) const;

 private:
  friend class PrivateKey;
  static Result<PublicKey> from_handle(std::shared_ptr<void> handle, const std::string& name);
  std::shared_ptr<void> handle_;  ///< EVP_PKEY; shared because it is immutable and counted by OpenSSL anyway
  Algorithm algorithm_ = Algorithm::ed25519;
  std::string der_;
};

class PrivateKey {
 public:
  static Result<PrivateKey> generate(Algorithm algorithm);
  /// ASSAY-1101: not a regular file of one's own with mode 0600 or less, or no key of a known kind in it.
  static Result<PrivateKey> load(const std::string& path);
  /// A new file, mode 0600; an existing one is never overwritten. ASSAY-1102.
  [[nodiscard]] Result<void> save(const std::string& path) const;

  [[nodiscard]] const PublicKey& public_key() const { return public_; }
  [[nodiscard]] Result<std::string> sign(std::string_view message) const;

 private:
  PublicKey public_;
};

/// SHA-256, SM3 and CRC-32 of the same bytes in one pass; what is not asked for is not computed.
class Digests {
 public:
  enum Which : unsigned { sha256 = 1, sm3 = 2, crc32 = 4, all = 7 };
  explicit Digests(unsigned which);
  ~Digests();
  Digests(Digests&&) noexcept;
  Digests& operator=(Digests&&) noexcept;
  void update(std::string_view bytes);

  struct Values {
    std::string sha256, sm3;  ///< hexadecimal; empty if not asked for
    std::uint32_t crc32 = 0;
    friend bool operator==(const Values&, const Values&) = default;
  };
  Values finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};
Digests::Values digests(std::string_view bytes, unsigned which = Digests::all);

}  // namespace assay::evidence
