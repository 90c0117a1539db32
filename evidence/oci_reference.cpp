#include <algorithm>

#include "evidence/encoding.h"
#include "evidence/errors.h"
#include "evidence/oci_client.h"

namespace assay::evidence::oci {
namespace {

constexpr std::size_t kMaxReference = 400, kMaxTag = 128;

bool lower_or_digit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
bool word(char c) { return lower_or_digit(c) || (c >= 'A' && c <= 'Z') || c == '_'; }

/// A name, an address, or [an IPv6 address]; then perhaps a port.
bool is_host(const std::string& text) {
  const std::size_t close = text.rfind(']');
  const std::size_t colon = text.find(':', close == std::string::npos ? 0 : close);
  const std::string name = text.substr(0, colon), port = colon == std::string::npos ? "1" : text.substr(colon + 1);
  if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != std::string::npos) return false;
  if (close != std::string::npos)
    return name.front() == '[' && name.back() == ']' && name.size() > 3 &&
           name.find_first_not_of("0123456789abcdefABCDEF:.", 1) == name.size() - 1;
  return !name.empty() && name.front() != '-' && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), [](char c) { return word(c) || c == '.' || c == '-'; });
}

/// Parts of lower-case letters and digits, with . _ - only between those.
bool is_repository(const std::string& text) {
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('/', at), text.size());
    const std::string part = text.substr(at, end - at);
    if (part.empty() || !lower_or_digit(part.front()) || !lower_or_digit(part.back()) ||
        part.find("..") != std::string::npos)
      return false;
    if (!std::all_of(part.begin(), part.end(),
                     [](char c) { return lower_or_digit(c) || c == '.' || c == '_' || c == '-'; }))
      return false;
    at = end + 1;
  }
  return true;
}

bool is_tag(const std::string& text) {
  return !text.empty() && text.size() <= kMaxTag && word(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return word(c) || c == '.' || c == '-'; });
}

}  // namespace

std::string Reference::text() const {
  return host + "/" + repository + (tag.empty() ? "" : ":" + tag) + (digest.empty() ? "" : "@" + digest);
}

Result<Reference> reference_from(const std::string& text) {
  constexpr std::string_view kSha256 = "sha256:";
  Reference out;
  std::string rest = text;
  if (const auto at = rest.find('@'); at != std::string::npos) {
    out.digest = rest.substr(at + 1);
    rest.resize(at);
  }
  const auto slash = rest.find('/');
  out.host = rest.substr(0, slash);
  if (slash != std::string::npos) out.repository = rest.substr(slash + 1);
  if (const auto colon = out.repository.find(':'); colon != std::string::npos) {
    out.tag = out.repository.substr(colon + 1);
    out.repository.resize(colon);
  } else if (out.digest.empty()) {
    out.tag = "latest";
  }
  const bool has_digest = text.find('@') != std::string::npos, has_tag = !out.tag.empty() || out.digest.empty();
  const bool good = text.size() <= kMaxReference && is_host(out.host) && is_repository(out.repository) &&
                    (!has_tag || is_tag(out.tag)) &&
                    (!has_digest || (out.digest.starts_with(kSha256) &&
                                     is_hex_digest(std::string_view(out.digest).substr(kSha256.size()))));
  if (good) return out;
  return evidence_error(kBadReference, {"this names no place in a registry", "这不是有效的仓库引用"}, text, text,
                        {"HOST[:PORT]/REPOSITORY[:TAG][@sha256:DIGEST], the repository in lower case",
                         "主机[:端口]/仓库[:标签][@sha256:摘要]，仓库名须为小写"},
                        {"e.g. registry.example.org/lab/reports:C-2026-17, without https://",
                         "例如 registry.example.org/lab/reports:C-2026-17，不写 https://"});
}

}  // namespace assay::evidence::oci
