#include "adapters/served/http_wire.h"

#include <algorithm>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <optional>

#include "adapters/served/dial.h"

namespace assay::served {

namespace beast = boost::beast;
namespace words = beast::http;

namespace {

constexpr std::uint64_t kLongestAnswer = std::uint64_t{4} << 20;

/// A server may say the secret back; nobody else is to read it.
std::string without(std::string text, const std::string& secret) {
  if (secret.empty()) return text;
  for (auto at = text.find(secret); at != std::string::npos; at = text.find(secret, at))
    text.replace(at, secret.size(), "*");
  return text;
}

}  // namespace

struct HttpWire::Session : Dialler {
  std::optional<StampedStream> plain;
  std::optional<SecureStream> secure;
  beast::flat_buffer buffer;
  bool used = false;  ///< it has answered before

  template <class F>
  void with(F&& use) {
    if (plain)
      use(*plain);
    else
      use(*secure);
  }
  StampedStream& tcp() { return plain ? *plain : secure->next_layer(); }
  ~Session() {
    beast::error_code ignored;
    if (plain || secure) tcp().socket().close(ignored);
  }
};

HttpWire::HttpWire(const http::Endpoint& endpoint) : endpoint_(endpoint) {}
HttpWire::~HttpWire() = default;
void HttpWire::close() { session_.reset(); }

Result<HttpReply> HttpWire::get(const std::string& path, SteadyTime until) { return call(path, nullptr, until); }
Result<HttpReply> HttpWire::post(const std::string& path, const std::string& body, SteadyTime until) {
  return call(path, &body, until);
}

Result<HttpReply> HttpWire::call(const std::string& path, const std::string* body, SteadyTime until) {
  const Address to = address_of(endpoint_.url);
  if (!session_) {
    session_ = std::make_unique<Session>();
    if (to.secure)
      session_->secure.emplace(session_->context, session_->tls);
    else
      session_->plain.emplace(session_->context);
    if (auto there = session_->dial(endpoint_, session_->tcp(), session_->secure ? &*session_->secure : nullptr, until);
        !there) {
      close();
      return there.error();
    }
  }
  Session& s = *session_;
  words::request<words::string_body> question(body == nullptr ? words::verb::get : words::verb::post,
                                              (to.path == "/" ? "" : to.path) + path, 11);
  question.set(words::field::host, to.authority);
  question.set(words::field::user_agent, "assay");
  question.set(words::field::accept, "*/*");
  if (!endpoint_.token.empty()) question.set(words::field::authorization, "Bearer " + endpoint_.token);
  if (body != nullptr) {
    question.set(words::field::content_type, "application/json");
    question.body() = *body;
  }
  question.prepare_payload();
  words::response_parser<words::string_body> answer;
  answer.body_limit(kLongestAnswer);
  HttpReply reply;
  beast::error_code why;
  s.with([&](auto& stream) {
    reply.asked = steady_now();
    why = s.step(s.tcp(), until, [&](auto done) { words::async_write(stream, question, done); });
    const Sent sent = s.tcp().sent_since(reply.asked);
    reply.sent = sent.from;
    reply.gone = sent.to;
    if (!why) why = s.step(s.tcp(), until, [&](auto done) { words::async_read(stream, s.buffer, answer, done); });
    reply.received = std::max(s.tcp().received(), reply.sent);
  });
  const auto where = [&] { return endpoint_.url + path + ": " + why.message(); };
  if (why) {
    const bool again = s.used && !answer.got_some() && why != beast::error::timeout;
    close();
    // Some servers hang up after each answer, and say so to nobody.
    if (again) return call(path, body, until);
    if (why == beast::error::timeout) return no_link("policy_stalled", where());
    return no_link("policy_closed", where());
  }
  reply.gone = std::min(reply.gone, reply.received);
  s.used = true;
  const auto status = answer.get().result_int();
  reply.body = without(std::move(answer.get().body()), endpoint_.token);
  if (!answer.get().keep_alive()) close();
  if (status != 200)
    return no_link("policy_refused",
                   endpoint_.url + path + ": " + std::to_string(status) + " " + reply.body.substr(0, 500));
  return reply;
}

}  // namespace assay::served
