// HTTP as a registry wants it: libcurl, TLS verified, challenges answered, every wait bounded. Not for other rooms.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "evidence/oci.h"
#include "evidence/zip.h"

namespace assay::evidence::oci {

enum RegistryError : int {
  kBadReference = 1160,
  kNoRegistry = 1161,
  kRegistryRefuses = 1162,
  kNotThere = 1163,
  kBadSecret = 1164,
  kNoArtifact = 1165,
  kWrongBytes = 1166,
};

struct Reference {
  std::string host, repository, tag, digest;  ///< tag or digest; digest: sha256:…
  [[nodiscard]] std::string text() const;
};
/// HOST[:PORT]/REPOSITORY[:TAG][@sha256:DIGEST]; without both: tag latest. ASSAY-1160.
Result<Reference> reference_from(const std::string& text);

struct Request {
  std::string method = "GET", url;
  std::string accept{}, content_type{};
  std::string body{};
  int fd = -1;                   ///< in place of `body`: the file's bytes
  std::uint64_t bytes = 0;       ///< of the file; or expected in the answer
  std::uint64_t from = 0;        ///< of a GET: Range
  std::uint64_t most = 1 << 20;  ///< bytes of the answer that are taken
  Sink sink{};                   ///< of an answer 200 or 206; else it is kept in `body`
};
struct Response {
  long status = 0;
  std::string body;
  std::map<std::string, std::string> headers;  ///< names in lower case
};

class Client {
 public:
  /// Reads the secret. ASSAY-1164, 1103.
  static Result<std::unique_ptr<Client>> create(const Reference& reference, const RegistryAccess& access);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  /// Any status is an answer, except 401 and 403 after the challenge was answered: ASSAY-1162. No answer: 1161.
  Result<Response> send(const Request& request);
  /// …/v2/REPOSITORY/rest
  [[nodiscard]] std::string url(const std::string& rest) const;
  /// Location as an answer gave it, absolute or not, with `query` added. ASSAY-1162 if it leaves TLS.
  [[nodiscard]] Result<std::string> resolve(const std::string& location, const std::string& query) const;
  [[nodiscard]] Error refused(const std::string& url, const Response& response) const;

 private:
  struct Handle;
  explicit Client(std::unique_ptr<Handle> handle);
  Result<Response> once(const Request& request);
  Result<void> answer(const std::string& challenge);
  std::unique_ptr<Handle> handle_;
};

}  // namespace assay::evidence::oci
