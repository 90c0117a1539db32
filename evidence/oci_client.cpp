#include "evidence/oci_client.h"

#include <curl/curl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <fstream>
#include <mutex>
#include <optional>
#include <utility>

#include "evidence/encoding.h"
#include "evidence/errors.h"

namespace assay::evidence::oci {
namespace {

constexpr long kConnect_s = 10, kSmall_s = 60, kStall_s = 60, kStall_bytes_s = 512, kMaxRedirects = 3;
constexpr std::uint64_t kSlowest_bytes_s = 50'000;  // a transfer may take this long as a whole, and no longer
constexpr std::size_t kMaxSecret = 16'384, kMaxHeaders = 100;

Error no_registry(const std::string& url, std::string found) {
  return evidence_error(
      kNoRegistry, {"the registry gives no answer", "仓库没有应答"}, url, std::move(found),
      {"an answer in time, with a certificate that the authorities vouch for", "按时应答，且证书可由证书机构验证"},
      {"check name and port; a private authority: --ca FILE; no TLS at all: --plain-http",
       "请核对主机与端口；私有证书机构：--ca 文件；完全没有 TLS：--plain-http"});
}

Error bad_secret(const std::string& file, Text what, Text expected = {}) {
  return evidence_error(kBadSecret, std::move(what), file, {}, std::move(expected));
}

struct UrlFree {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using Url = std::unique_ptr<CURLU, UrlFree>;

Url url_from(const std::string& text) {
  Url out(curl_url());
  if (!out || curl_url_set(out.get(), CURLUPART_URL, text.c_str(), CURLU_NON_SUPPORT_SCHEME) != CURLUE_OK) return {};
  return out;
}

std::string part(const Url& url, CURLUPart which) {
  char* text = nullptr;
  const unsigned flags = which == CURLUPART_PORT ? static_cast<unsigned>(CURLU_DEFAULT_PORT) : 0U;
  if (!url || curl_url_get(url.get(), which, &text, flags) != CURLUE_OK) return {};
  std::string out(text);
  curl_free(text);
  return out;
}

std::string origin(const Url& url) {
  return part(url, CURLUPART_SCHEME) + "://" + part(url, CURLUPART_HOST) + ":" + part(url, CURLUPART_PORT);
}

bool on_this_machine(const Url& url) {
  const std::string host = part(url, CURLUPART_HOST);
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

struct Secret {
  std::string basic, bearer;  ///< one of them, or none
};

Result<Secret> secret_from(const std::string& path) {
  if (path.empty()) return Secret{};
  struct stat info {};
  if (stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode))
    return bad_secret(path, {"the file of the secret cannot be read", "无法读取凭据文件"});
  if ((info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return bad_secret(path, {"others on this machine may read the secret", "本机其他人可读取凭据"},
                      {"mode 0600 (chmod 600)", "权限 0600（chmod 600）"});
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
  const auto blank = line.find(' ');
  const std::string kind = line.substr(0, blank), rest = blank == std::string::npos ? "" : line.substr(blank + 1);
  const bool printable = !rest.empty() && line.size() <= kMaxSecret &&
                         std::all_of(rest.begin(), rest.end(), [](char c) { return c >= ' ' && c != 0x7F; });
  if (printable && kind == "basic" && rest.find(':') != std::string::npos) return Secret{rest, {}};
  if (printable && kind == "bearer" && rest.find(' ') == std::string::npos) return Secret{{}, rest};
  return bad_secret(path, {"the secret is in no known form", "凭据格式无法识别"},
                    {"one line: `basic USER:PASSWORD` or `bearer TOKEN`", "一行：`basic 用户:口令` 或 `bearer 令牌`"});
}

/// realm, service and scope of `Bearer realm="…",service="…"`.
std::optional<std::map<std::string, std::string>> bearer_challenge(const std::string& text) {
  constexpr std::string_view kWord = "bearer ";
  if (text.size() < kWord.size()) return std::nullopt;
  for (std::size_t i = 0; i < kWord.size(); ++i)
    if (std::tolower(static_cast<unsigned char>(text[i])) != kWord[i]) return std::nullopt;
  std::map<std::string, std::string> out;
  for (std::size_t at = kWord.size(); at < text.size();) {
    const auto equals = text.find("=\"", at);
    const auto end = equals == std::string::npos ? equals : text.find('"', equals + 2);
    if (end == std::string::npos) break;
    const auto name = text.find_first_not_of(", ", at);
    out[text.substr(name, equals - name)] = text.substr(equals + 2, end - equals - 2);
    at = end + 1;
  }
  return out;
}

/// What libcurl hands back while it works.
struct Exchange {
  CURL* curl = nullptr;
  const Request* request = nullptr;
  const RegistryAccess* access = nullptr;
  Response response;
  std::uint64_t sent = 0, received = 0;
  std::optional<Error> failed;
};

std::size_t take_header(char* data, std::size_t, std::size_t size, void* user) {
  auto& x = *static_cast<Exchange*>(user);
  const std::string line(data, size);
  if (line.starts_with("HTTP/")) x.response.headers.clear();  // of the answer after a redirect
  const auto colon = line.find(':');
  if (colon == std::string::npos || x.response.headers.size() >= kMaxHeaders) return size;
  std::string name = line.substr(0, colon);
  for (char& c : name) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto from = line.find_first_not_of(" \t", colon + 1), to = line.find_last_not_of(" \t\r\n");
  x.response.headers[name] = from == std::string::npos || to < from ? "" : line.substr(from, to - from + 1);
  return size;
}

std::size_t take_body(char* data, std::size_t, std::size_t size, void* user) {
  auto& x = *static_cast<Exchange*>(user);
  long status = 0;
  curl_easy_getinfo(x.curl, CURLINFO_RESPONSE_CODE, &status);
  const bool wanted = x.request->sink && (status == 200 || status == 206);
  if (wanted && status == 200 && x.request->from > 0) return 0;  // the whole for the rest: the caller starts again
  const std::uint64_t most = x.request->sink && !wanted ? 1U << 20 : x.request->most;
  x.received += size;
  if (x.received > most) {
    x.failed =
        evidence_error(kTooLarge, {"the registry sends more than it may", "仓库发送的数据超出上限"}, x.request->url, {},
                       {"at most " + std::to_string(most) + " bytes", "不超过 " + std::to_string(most) + " 字节"});
    return 0;
  }
  if (!wanted) {
    x.response.body.append(data, size);
    return size;
  }
  if (auto done = x.request->sink(std::string_view(data, size)); !done) {
    x.failed = done.error();
    return 0;
  }
  if (x.access->progress) x.access->progress(x.request->from + x.received, x.request->from + x.request->bytes);
  return size;
}

std::size_t give_body(char* data, std::size_t, std::size_t room, void* user) {
  auto& x = *static_cast<Exchange*>(user);
  const Request& r = *x.request;
  if (r.fd < 0) {
    const std::size_t size = std::min<std::size_t>(room, r.body.size() - x.sent);
    std::copy_n(r.body.data() + x.sent, size, data);
    x.sent += size;
    return size;
  }
  const std::size_t want = std::min<std::uint64_t>(room, r.bytes - x.sent);
  const ssize_t got = want == 0 ? 0 : pread(r.fd, data, want, static_cast<off_t>(x.sent));
  if (got < 0 || (got == 0 && want > 0)) return CURL_READFUNC_ABORT;
  x.sent += static_cast<std::uint64_t>(got);
  if (x.access->progress) x.access->progress(x.sent, r.bytes);
  return static_cast<std::size_t>(got);
}

int rewind_body(void* user, curl_off_t offset, int whence) {
  if (whence != SEEK_SET) return CURL_SEEKFUNC_FAIL;
  static_cast<Exchange*>(user)->sent = static_cast<std::uint64_t>(offset);
  return CURL_SEEKFUNC_OK;
}

}  // namespace

struct Client::Handle {
  Reference reference;
  RegistryAccess access;
  Secret secret;
  std::string base, home;     ///< scheme://host:port as written, and as compared
  std::string authorization;  ///< for the registry itself, nobody else
  CURL* curl = nullptr;
};

Client::Client(std::unique_ptr<Handle> handle) : handle_(std::move(handle)) {}
Client::~Client() { curl_easy_cleanup(handle_->curl); }

Result<std::unique_ptr<Client>> Client::create(const Reference& reference, const RegistryAccess& access) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  auto handle = std::make_unique<Handle>();
  handle->reference = reference;
  handle->access = access;
  ASSAY_TRY(handle->secret, secret_from(access.token_file));
  handle->base = (access.plain_http ? "http://" : "https://") + reference.host;
  const Url url = url_from(handle->base);
  if (!url) return no_registry(handle->base, "no address");
  handle->home = origin(url);
  if (access.plain_http && !access.token_file.empty() && !on_this_machine(url))
    return bad_secret(handle->base, {"a secret must not travel unencrypted", "凭据不得以明文传输"},
                      {"TLS, or no --token-file", "使用 TLS，或不给出 --token-file"});
  if (!handle->secret.bearer.empty()) handle->authorization = "Authorization: Bearer " + handle->secret.bearer;
  handle->curl = curl_easy_init();
  if (handle->curl == nullptr) return evidence_error(kCrypto, {"libcurl failed", "libcurl 出错"}, "libcurl");
  return std::unique_ptr<Client>(new Client(std::move(handle)));
}

std::string Client::url(const std::string& rest) const {
  return handle_->base + "/v2/" + handle_->reference.repository + "/" + rest;
}

Error Client::refused(const std::string& url, const Response& response) const {
  std::string body = response.body.substr(0, 400);  // a registry may say the secret back
  for (const auto* secret : {&handle_->secret.basic, &handle_->secret.bearer})
    for (std::size_t at = 0; !secret->empty() && (at = body.find(*secret)) != std::string::npos;)
      body.replace(at, secret->size(), "*");
  const bool who = response.status == 401 || response.status == 403;
  return evidence_error(
      kRegistryRefuses, {"the registry refuses", "仓库拒绝了请求"}, url,
      "status " + std::to_string(response.status) + " " + body, {},
      who ? Text{"give a secret that may do this: --token-file FILE", "请给出有相应权限的凭据：--token-file 文件"}
          : Text{"the registry's words stand in `found`", "仓库原话见 `found`"});
}

Result<std::string> Client::resolve(const std::string& location, const std::string& query) const {
  const Url url = url_from(handle_->base + "/v2/");
  const bool good =
      url && !location.empty() && curl_url_set(url.get(), CURLUPART_URL, location.c_str(), 0) == CURLUE_OK &&
      (query.empty() || curl_url_set(url.get(), CURLUPART_QUERY, query.c_str(), CURLU_APPENDQUERY) == CURLUE_OK);
  const std::string scheme = part(url, CURLUPART_SCHEME);
  if (good && (scheme == "https" || (scheme == "http" && handle_->access.plain_http))) return part(url, CURLUPART_URL);
  return evidence_error(kRegistryRefuses, {"the registry sends elsewhere, where nobody may go", "仓库给出的地址不可用"},
                        handle_->base, location.substr(0, 400), {"an address with TLS", "使用 TLS 的地址"});
}

Result<Response> Client::once(const Request& r) {
  CURL* curl = handle_->curl;
  Exchange x;
  x.curl = curl;
  x.request = &r;
  x.access = &handle_->access;
  curl_easy_reset(curl);
  const Url url = url_from(r.url);
  const char* protocols = handle_->access.plain_http ? "http,https" : "https";
  curl_slist* list = curl_slist_append(nullptr, "Expect:");
  const auto header = [&](const std::string& text) { list = curl_slist_append(list, text.c_str()); };
  if (!r.accept.empty()) header("Accept: " + r.accept);
  if (!r.content_type.empty()) header("Content-Type: " + r.content_type);
  if (!handle_->authorization.empty() && origin(url) == handle_->home) header(handle_->authorization);
  const std::string range = std::to_string(r.from) + "-";
  std::array<char, CURL_ERROR_SIZE> why{};
  curl_easy_setopt(curl, CURLOPT_URL, r.url.c_str());
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, list);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "assay");
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, protocols);
  curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, protocols);
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, r.method == "GET" ? 1L : 0L);  // libcurl keeps the secret at home
  curl_easy_setopt(curl, CURLOPT_MAXREDIRS, kMaxRedirects);
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "localhost,127.0.0.1,::1");
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!handle_->access.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, handle_->access.ca_file.c_str());
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnect_s);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, kStall_s);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, kStall_bytes_s);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, kSmall_s + static_cast<long>(r.bytes / kSlowest_bytes_s));
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, why.data());
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, &x);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &x);
  if (r.method == "HEAD") curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  if (r.method == "PUT" || r.method == "POST") {
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, r.method.c_str());
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_body);
    curl_easy_setopt(curl, CURLOPT_READDATA, &x);
    curl_easy_setopt(curl, CURLOPT_SEEKFUNCTION, rewind_body);
    curl_easy_setopt(curl, CURLOPT_SEEKDATA, &x);
    curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(r.fd < 0 ? r.body.size() : r.bytes));
  }
  if (r.from > 0) curl_easy_setopt(curl, CURLOPT_RANGE, range.c_str());
  const CURLcode code = curl_easy_perform(curl);
  curl_slist_free_all(list);
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &x.response.status);
  if (x.failed) return *x.failed;
  const bool whole_for_part = code == CURLE_WRITE_ERROR && x.response.status == 200 && r.from > 0;
  if (code != CURLE_OK && !whole_for_part)
    return no_registry(r.url, why[0] != '\0' ? why.data() : curl_easy_strerror(code));
  return std::move(x.response);
}

/// A 401 names a service that gives tokens, or asks for user and password.
Result<void> Client::answer(const std::string& challenge) {
  const std::string& basic = handle_->secret.basic;
  auto asked = bearer_challenge(challenge);
  if (!asked) {
    if (!basic.empty()) handle_->authorization = "Authorization: Basic " + base64(basic);
    return {};
  }
  if (!handle_->secret.bearer.empty()) return {};  // that was the token; there is no other
  std::string address = (*asked)["realm"];
  for (const char* name : {"service", "scope"}) {
    char* text = curl_easy_escape(handle_->curl, (*asked)[name].c_str(), 0);
    if (text != nullptr && !(*asked)[name].empty())
      address += (address.find('?') == std::string::npos ? "?" : "&") + std::string(name) + "=" + text;
    curl_free(text);
  }
  ASSAY_TRY(address, resolve(address, ""));
  const std::string home = std::exchange(handle_->home, origin(url_from(address)));
  handle_->authorization = basic.empty() ? "" : "Authorization: Basic " + base64(basic);
  const auto response = once({.url = address, .accept = "application/json", .most = 1U << 16});
  handle_->home = home;
  handle_->authorization.clear();
  if (!response) return response.error();
  if (response->status != 200) return refused(address, *response);
  const auto json = parse_json(response->body, address, {.bytes = 1U << 16, .depth = 8, .nodes = 1000});
  for (const char* name : {"token", "access_token"})
    if (const auto token = json ? text_of(*json, name, address) : Result<std::string>(json.error());
        token && token->find_first_of("\r\n") == std::string::npos && !token->empty()) {
      handle_->authorization = "Authorization: Bearer " + *token;
      return {};
    }
  return refused(address, *response);
}

Result<Response> Client::send(const Request& request) {
  ASSAY_TRY(auto response, once(request));
  if (response.status == 401) {
    const auto challenge = response.headers.find("www-authenticate");
    if (challenge != response.headers.end()) {
      ASSAY_RETURN_IF_ERROR(answer(challenge->second));
      ASSAY_TRY(response, once(request));
    }
  }
  if (response.status == 401 || response.status == 403) return refused(request.url, response);
  return response;
}

}  // namespace assay::evidence::oci
