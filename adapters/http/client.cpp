#include "adapters/http/client.h"

#include <curl/curl.h>
#include <sys/stat.h>

#include <fstream>
#include <mutex>

#include "adapters/http/wire.h"

namespace assay::http {
namespace {

constexpr int kConnect_ms = 2000;
constexpr std::size_t kLongestToken = 4096, kLongestAnswer = std::size_t{4} << 20;

Error bad_link(Text what, const std::string& file, const std::string& found, Text help) {
  Error error;
  error.id = 1250;
  error.what = std::move(what);
  error.place = {file};
  error.found = "lab:" + found;
  error.help = std::move(help);
  return error;
}

Error no_answer(const std::string& where, const std::string& why) {
  return Error{.id = 1251,
               .what = {"the robot's server gives no answer", "机器人的服务端没有应答"},
               .place = {where},
               .expected = {"an answer within the deadline, with a certificate that the authorities vouch for",
                            "在期限内应答，且证书可由证书机构验证"},
               .found = "subject:link_lost " + why,
               .help = {"`assay doctor --subject FILE` tries the address; is the robot on, is the link up?",
                        "用 `assay doctor --subject 文件` 试连；机器人是否开机、链路是否正常？"}};
}

Error refused(const std::string& where, long status, const std::string& body) {
  std::string what = status == 401 || status == 403 ? "unauthorised" : "refused_" + std::to_string(status);
  return Error{.id = 1252,
               .what = {"the robot's server refused a call", "机器人的服务端拒绝了调用"},
               .place = {where},
               .expected = {"status 200", "状态码 200"},
               .found = "subject:" + what + " " + body.substr(0, 500),
               .help = {"the server's words stand in `found`; 401: check token_file",
                        "服务端原话见 `found`；若为 401，请检查 token_file"}};
}

/// A server may say the secret back; nobody else is to read it.
std::string without(std::string text, const std::string& secret) {
  if (secret.empty()) return text;
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
    text.replace(at, secret.size(), "*");
  return text;
}

bool on_this_machine(const std::string& url) {
  for (const char* host : {"http://127.0.0.1", "http://localhost", "http://[::1]"}) {
    const std::string_view name(host);
    if (url.rfind(name, 0) == 0 && (url.size() == name.size() || url[name.size()] == ':' || url[name.size()] == '/'))
      return true;
  }
  return false;
}

struct Answer {
  std::string body;
  std::size_t most = kLongestAnswer;
  SteadyTime sent{}, received{};
};

/// The connection stands, the request is about to go out.
int about_to_send(void* user, char*, char*, int, int) {
  static_cast<Answer*>(user)->sent = steady_now();
  return CURL_PREREQFUNC_OK;
}

std::size_t keep(char* data, std::size_t, std::size_t size, void* user) {
  auto& answer = *static_cast<Answer*>(user);
  answer.received = steady_now();
  if (answer.body.size() + size > answer.most) return 0;  // ends the transfer
  answer.body.append(data, size);
  return size;
}

void set_up(CURL* curl, const Endpoint& endpoint) {
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);  // a token is for one host
  curl_easy_setopt(curl, CURLOPT_PROXY, "");           // a robot is not reached through what the environment names
  curl_easy_setopt(curl, CURLOPT_TCP_NODELAY, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(kConnect_ms));
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!endpoint.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, endpoint.ca_file.c_str());
}

curl_slist* headers_of(const Endpoint& endpoint) {
  curl_slist* list = curl_slist_append(nullptr, "Expect:");
  list = curl_slist_append(list, "Content-Type: application/json");
  if (!endpoint.token.empty()) list = curl_slist_append(list, ("Authorization: Bearer " + endpoint.token).c_str());
  return list;
}

void start_library() {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
}

}  // namespace

Result<Endpoint> endpoint_of(const RobotLink& link) {
  Endpoint out{link.url, "", link.ca_file};
  while (!out.url.empty() && out.url.back() == '/') out.url.pop_back();
  if (out.url.rfind("http://", 0) != 0 && out.url.rfind("https://", 0) != 0)
    return bad_link({"the robot's address is none", "机器人地址无效"}, "", out.url,
                    {"write http://host:port or https://host:port", "请写成 http://主机:端口 或 https://主机:端口"});
  if (!link.ca_file.empty() && !std::ifstream(link.ca_file).good())
    return bad_link({"the authorities' file cannot be read", "无法读取 CA 文件"}, link.ca_file, "ca_file",
                    {"correct `ca_file`", "请更正 `ca_file`"});
  if (link.token_file.empty()) return out;
  std::ifstream file(link.token_file);
  std::getline(file, out.token);
  while (!out.token.empty() && (out.token.back() == '\r' || out.token.back() == ' ')) out.token.pop_back();
  bool plain = !out.token.empty() && out.token.size() <= kLongestToken;
  for (const char c : out.token) plain = plain && c > ' ' && c < 0x7f;
  if (!plain)
    return bad_link({"the file of the token cannot be read", "无法读取令牌文件"}, link.token_file, "token_file",
                    {"one line of printable ASCII without blanks", "应为一行可打印 ASCII 字符，不含空格"});
  struct stat info {};
  if (stat(link.token_file.c_str(), &info) == 0 && (info.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return bad_link({"others than its owner may read the token", "令牌文件可被所有者以外的人读取"}, link.token_file,
                    "token_file", {"chmod 600", "请执行 chmod 600"});
  if (out.url.rfind("https://", 0) != 0 && !on_this_machine(out.url))
    return bad_link({"a token must not travel unencrypted", "令牌不得以明文传输"}, "", out.url,
                    {"use https://, or leave the token out", "请使用 https://，或不使用令牌"});
  return out;
}

struct Caller::Handle {
  Endpoint endpoint;
  CURL* curl = nullptr;
  curl_slist* headers = nullptr;
};

Caller::Caller(const Endpoint& endpoint) : handle_(std::make_unique<Handle>()) {
  start_library();
  handle_->endpoint = endpoint;
  handle_->headers = headers_of(endpoint);
  reconnect();
}

Caller::~Caller() {
  curl_easy_cleanup(handle_->curl);
  curl_slist_free_all(handle_->headers);
}

void Caller::reconnect() {
  if (handle_->curl != nullptr) curl_easy_cleanup(handle_->curl);
  handle_->curl = curl_easy_init();
  ASSAY_CHECK(handle_->curl != nullptr);
  set_up(handle_->curl, handle_->endpoint);
  curl_easy_setopt(handle_->curl, CURLOPT_HTTPHEADER, handle_->headers);
}

Result<Reply> Caller::get(const std::string& path, int timeout_ms) { return call(path, nullptr, timeout_ms); }
Result<Reply> Caller::post(const std::string& path, const std::string& body, int timeout_ms) {
  return call(path, &body, timeout_ms);
}

Result<Reply> Caller::call(const std::string& path, const std::string* body, int timeout_ms) {
  CURL* curl = handle_->curl;
  const std::string url = handle_->endpoint.url + path;
  Answer answer;
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, static_cast<long>(timeout_ms));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, keep);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer);
  curl_easy_setopt(curl, CURLOPT_PREREQFUNCTION, about_to_send);
  curl_easy_setopt(curl, CURLOPT_PREREQDATA, &answer);
  if (body != nullptr) {
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(body->size()));
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body->c_str());
  } else {
    curl_easy_setopt(curl, CURLOPT_HTTPGET, 1L);
  }
  Reply reply;
  reply.sent = steady_now();
  const CURLcode code = curl_easy_perform(curl);
  reply.received = steady_now();
  if (answer.sent.ns != 0) reply.sent = answer.sent;
  if (answer.received.ns != 0) reply.received = answer.received;  // before the library's own housekeeping
  if (code != CURLE_OK) {
    reconnect();  // what is left of the old connection is not to meet the next call
    return no_answer(url, curl_easy_strerror(code));
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  reply.body = without(std::move(answer.body), handle_->endpoint.token);
  if (status != 200) return refused(url, status, reply.body);
  return reply;
}

struct LineStream::Handle {
  Endpoint endpoint;
  CURLM* multi = nullptr;
  CURL* easy = nullptr;
  curl_slist* headers = nullptr;
  std::string buffer;
  const std::function<bool(std::string_view, SteadyTime)>* on_line = nullptr;
  bool enough = false, too_long = false;
  long status = 0;

  std::size_t take(const char* data, std::size_t size) {
    const SteadyTime now = steady_now();
    if (status == 0) curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
    const std::size_t seen = buffer.size();  // holds no end of line
    buffer.append(data, size);
    if (status != 200) return buffer.size() <= kLongestLine ? size : 0;  // words of a refusal
    std::size_t from = 0;
    for (std::size_t end = buffer.find('\n', seen); end != std::string::npos; end = buffer.find('\n', from)) {
      const std::string_view line(buffer.data() + from, end - from);
      from = end + 1;
      if (!endpoint.token.empty() && line.find(endpoint.token) != std::string_view::npos) return 0;
      if (!line.empty() && !(*on_line)(line, now)) {
        enough = true;
        return 0;
      }
    }
    buffer.erase(0, from);
    too_long = buffer.size() > kLongestLine;
    return too_long ? 0 : size;
  }
};

LineStream::LineStream(const Endpoint& endpoint) : handle_(std::make_unique<Handle>()) {
  start_library();
  handle_->endpoint = endpoint;
  handle_->headers = headers_of(endpoint);
  handle_->multi = curl_multi_init();
  handle_->easy = curl_easy_init();
  ASSAY_CHECK(handle_->multi != nullptr && handle_->easy != nullptr);
  set_up(handle_->easy, endpoint);
  curl_easy_setopt(handle_->easy, CURLOPT_HTTPHEADER, handle_->headers);
  curl_easy_setopt(handle_->easy, CURLOPT_WRITEDATA, handle_.get());
  curl_easy_setopt(
      handle_->easy, CURLOPT_WRITEFUNCTION, +[](char* data, std::size_t, std::size_t size, void* user) {
        return static_cast<Handle*>(user)->take(data, size);
      });
}

LineStream::~LineStream() {
  curl_easy_cleanup(handle_->easy);
  curl_multi_cleanup(handle_->multi);
  curl_slist_free_all(handle_->headers);
}

void LineStream::cancel() {
  cancelled_ = true;
  curl_multi_wakeup(handle_->multi);
}

Result<void> LineStream::run(const std::string& path,
                             const std::function<bool(std::string_view line, SteadyTime received)>& on_line) {
  constexpr int kLook_ms = 200;
  Handle& h = *handle_;
  const std::string url = h.endpoint.url + path;
  h.on_line = &on_line;
  curl_easy_setopt(h.easy, CURLOPT_URL, url.c_str());
  curl_multi_add_handle(h.multi, h.easy);
  CURLcode ended = CURLE_OK;
  for (int running = 1; running > 0 && !cancelled_;) {
    if (curl_multi_perform(h.multi, &running) != CURLM_OK) break;
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(h.multi, &left))
      if (message->msg == CURLMSG_DONE) ended = message->data.result;
    if (running > 0 && !cancelled_) curl_multi_poll(h.multi, nullptr, 0, kLook_ms, nullptr);
  }
  if (h.status == 0) curl_easy_getinfo(h.easy, CURLINFO_RESPONSE_CODE, &h.status);
  curl_multi_remove_handle(h.multi, h.easy);
  if (cancelled_ || h.enough) return {};
  if (h.too_long) return unreadable("telemetry_garbled", "a line that does not end");
  if (h.status != 0 && h.status != 200) return refused(url, h.status, without(h.buffer, h.endpoint.token));
  return no_answer(url, ended == CURLE_OK ? "the stream ended" : curl_easy_strerror(ended));
}

}  // namespace assay::http
