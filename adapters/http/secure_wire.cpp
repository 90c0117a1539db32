#include "adapters/http/secure_wire.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <cerrno>
#include <climits>
#include <csignal>

namespace assay::http {
namespace {

constexpr int kSend_ms = 1000;

Error bad_tls(const std::string& file, Text expected, const std::string& found) {
  return Error{.id = 1259,
               .what = {"the certificate or its key cannot be used", "证书或其私钥不可用"},
               .place = {file},
               .expected = std::move(expected),
               .found = "lab:" + found,
               .help = {"correct --cert and --key (PEM); chmod 600 the key",
                        "请更正 --cert 与 --key（PEM）；私钥请执行 chmod 600"}};
}

std::string library_said() {
  char words[200] = "";
  ERR_error_string_n(ERR_get_error(), words, sizeof words);
  ERR_clear_error();
  return words;
}

void set_timeout(int socket, int option, int ms) {
  const timeval limit{ms / 1000, ms % 1000 * 1000};
  setsockopt(socket, SOL_SOCKET, option, &limit, sizeof limit);
}

}  // namespace

Result<std::shared_ptr<ssl_ctx_st>> server_tls(const std::string& cert_file, const std::string& key_file) {
  if (cert_file.empty() && key_file.empty()) return std::shared_ptr<ssl_ctx_st>();
  if (cert_file.empty() || key_file.empty())
    return bad_tls(cert_file + key_file, {"both --cert and --key", "同时给出 --cert 与 --key"}, "one of them");
  struct stat info {};
  if (stat(key_file.c_str(), &info) == 0 && (info.st_mode & S_IRWXO) != 0)
    return bad_tls(key_file, {"a key that only its owner may read", "仅所有者可读的私钥"}, "everyone may read it");
  std::shared_ptr<ssl_ctx_st> context(SSL_CTX_new(TLS_server_method()), SSL_CTX_free);
  ASSAY_CHECK(context != nullptr);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_2_VERSION);
  SSL_CTX_set_mode(context.get(), SSL_MODE_AUTO_RETRY);
  if (SSL_CTX_use_certificate_chain_file(context.get(), cert_file.c_str()) != 1)
    return bad_tls(cert_file, {"a certificate chain in PEM", "PEM 格式的证书链"}, library_said());
  if (SSL_CTX_use_PrivateKey_file(context.get(), key_file.c_str(), SSL_FILETYPE_PEM) != 1)
    return bad_tls(key_file, {"the certificate's own key in PEM", "该证书自身的 PEM 私钥"}, library_said());
  if (SSL_CTX_check_private_key(context.get()) != 1)
    return bad_tls(key_file, {"the certificate's own key in PEM", "该证书自身的 PEM 私钥"}, library_said());
  return context;
}

bool Wire::secure(const std::shared_ptr<ssl_ctx_st>& context) {
  constexpr int kHandshake_ms = 2000;
  // The library writes without MSG_NOSIGNAL: a reader that hung up is to be an answer, not a signal.
  sigset_t pipe;
  sigemptyset(&pipe);
  sigaddset(&pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &pipe, nullptr);
  tls_ = std::shared_ptr<ssl_st>(SSL_new(context.get()), SSL_free);
  if (tls_ == nullptr || SSL_set_fd(tls_.get(), socket_) != 1) return false;
  set_timeout(socket_, SO_RCVTIMEO, kHandshake_ms);
  set_timeout(socket_, SO_SNDTIMEO, kSend_ms);
  const bool done = SSL_accept(tls_.get()) == 1;
  set_timeout(socket_, SO_RCVTIMEO, 0);
  ERR_clear_error();
  return done;
}

bool Wire::send_all(std::string_view text) {
  while (!text.empty()) {
    if (tls_) {
      const int sent =
          SSL_write(tls_.get(), text.data(), static_cast<int>(std::min<std::size_t>(text.size(), INT_MAX)));
      ERR_clear_error();
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    const ssize_t sent = ::send(socket_, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent > 0) {
      text.remove_prefix(static_cast<std::size_t>(sent));
      continue;
    }
    if (sent < 0 && errno == EINTR) continue;
    if (sent == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) return false;
    pollfd ready{socket_, POLLOUT, 0};
    if (poll(&ready, 1, kSend_ms) <= 0) return false;
  }
  return true;
}

bool Wire::hung_up() const {
  pollfd ready{socket_, POLLIN | POLLRDHUP, 0};
  return poll(&ready, 1, 0) > 0 && (ready.revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0;
}

std::size_t Wire::read(void* into, std::size_t size, boost::system::error_code& failed) {
  ssize_t got = 0;
  if (tls_) {
    got = SSL_read(tls_.get(), into, static_cast<int>(std::min<std::size_t>(size, INT_MAX)));
    ERR_clear_error();
  } else {
    do {
      got = ::recv(socket_, into, size, 0);
    } while (got < 0 && errno == EINTR);
  }
  if (got > 0) return static_cast<std::size_t>(got);
  failed = boost::asio::error::eof;
  return 0;
}

}  // namespace assay::http
