#include "core/sha256.h"

#include <openssl/evp.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <vector>

namespace assay {

struct Sha256::State {
  struct Free {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
  };
  std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
};

Sha256::Sha256() : state_(std::make_unique<State>()) {
  ASSAY_CHECK(state_->context && EVP_DigestInit_ex(state_->context.get(), EVP_sha256(), nullptr) == 1);
}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::update(std::span<const std::byte> bytes) {
  ASSAY_CHECK(state_ && EVP_DigestUpdate(state_->context.get(), bytes.data(), bytes.size()) == 1);
}

void Sha256::update(std::string_view text) { update(std::as_bytes(std::span(text.data(), text.size()))); }

Digest Sha256::finish() {
  Digest digest{};
  unsigned size = 0;
  ASSAY_CHECK(state_ && EVP_DigestFinal_ex(state_->context.get(), digest.data(), &size) == 1);
  ASSAY_CHECK(size == digest.size());
  return digest;
}

Digest sha256(std::string_view bytes) {
  Sha256 hash;
  hash.update(bytes);
  return hash.finish();
}

std::string to_hex(const Digest& digest) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  out.reserve(2 * digest.size());
  for (const std::uint8_t byte : digest) {
    out += kDigits[byte >> 4];
    out += kDigits[byte & 15];
  }
  return out;
}

Result<Digest> sha256_file(const std::string& path) {
  const auto failure = [&path](int reason) {
    return Error{.id = 101,
                 .what = {"the file cannot be read", "无法读取该文件"},
                 .place = {path},
                 .expected = {"a readable file", "可读取的文件"},
                 .found = std::strerror(reason),
                 .help = {"check that it exists and that you may read it", "请确认文件存在并且有读取权限"}};
  };
  const auto close = [](std::FILE* file) { std::fclose(file); };
  const std::unique_ptr<std::FILE, decltype(close)> file(std::fopen(path.c_str(), "rbe"), close);
  if (!file) return failure(errno);
  Sha256 hash;
  std::vector<char> buffer(std::size_t{1} << 16);
  while (const std::size_t got = std::fread(buffer.data(), 1, buffer.size(), file.get())) {
    hash.update(std::string_view(buffer.data(), got));
  }
  if (std::ferror(file.get()) != 0) return failure(errno);
  return hash.finish();
}

}  // namespace assay
