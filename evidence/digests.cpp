#include <openssl/evp.h>

#include <boost/crc.hpp>
#include <optional>
#include <vector>

#include "evidence/keys.h"

namespace assay::evidence {
namespace {

struct Free {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, Free>;

Context start(const EVP_MD* kind) {
  Context context(EVP_MD_CTX_new());
  ASSAY_CHECK(context && EVP_DigestInit_ex(context.get(), kind, nullptr) == 1);
  return context;
}

std::string finish_hex(const Context& context) {
  if (!context) return {};
  unsigned char bytes[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  ASSAY_CHECK(EVP_DigestFinal_ex(context.get(), bytes, &size) == 1);
  std::string hex;
  for (unsigned i = 0; i < size; ++i) {
    hex += "0123456789abcdef"[bytes[i] >> 4];
    hex += "0123456789abcdef"[bytes[i] & 15];
  }
  return hex;
}

}  // namespace

struct Digests::State {
  Context sha256, sm3;
  std::optional<boost::crc_32_type> crc;
};

Digests::Digests(unsigned which) : state_(std::make_unique<State>()) {
  if ((which & Which::sha256) != 0) state_->sha256 = start(EVP_sha256());
  if ((which & Which::sm3) != 0) state_->sm3 = start(EVP_sm3());
  if ((which & Which::crc32) != 0) state_->crc.emplace();
}
Digests::~Digests() = default;
Digests::Digests(Digests&&) noexcept = default;
Digests& Digests::operator=(Digests&&) noexcept = default;

void Digests::update(std::string_view bytes) {
  for (const auto* context : {&state_->sha256, &state_->sm3})
    if (*context) ASSAY_CHECK(EVP_DigestUpdate(context->get(), bytes.data(), bytes.size()) == 1);
  if (state_->crc) state_->crc->process_bytes(bytes.data(), bytes.size());
}

Digests::Values Digests::finish() {
  return {finish_hex(state_->sha256), finish_hex(state_->sm3), state_->crc ? state_->crc->checksum() : 0U};
}

Digests::Values digests(std::string_view bytes, unsigned which) {
  Digests out(which);
  out.update(bytes);
  return out.finish();
}

}  // namespace assay::evidence
