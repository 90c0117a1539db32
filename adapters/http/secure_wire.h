// One connection of the served robot, with TLS or without. Blocking, one thread; Beast reads and writes through it.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/system/system_error.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "core/result.h"

struct ssl_st;
struct ssl_ctx_st;

namespace assay::http {

/// Certificate chain and key (PEM) of a server. Null without either. Fails with 1259: one without the other, files that
/// cannot be used or do not belong together, a key that everyone on this machine may read.
Result<std::shared_ptr<ssl_ctx_st>> server_tls(const std::string& cert_file, const std::string& key_file);

class Wire {
 public:
  /// Does not own the socket.
  explicit Wire(int socket) : socket_(socket) {}

  /// TLS from here on; false if the far side did not come along within two seconds.
  bool secure(const std::shared_ptr<ssl_ctx_st>& context);
  /// All of it within a second each time the far side is full, or not.
  bool send_all(std::string_view text);
  /// The reader hung up, or is lost.
  [[nodiscard]] bool hung_up() const;

  // What Beast calls a SyncReadStream and a SyncWriteStream.
  template <class Buffers>
  std::size_t read_some(const Buffers& buffers, boost::system::error_code& failed) {
    for (const boost::asio::mutable_buffer part : boost::beast::buffers_range_ref(buffers))
      if (part.size() > 0) return read(part.data(), part.size(), failed);
    return 0;
  }
  template <class Buffers>
  std::size_t read_some(const Buffers& buffers) {
    boost::system::error_code failed;
    const std::size_t got = read_some(buffers, failed);
    if (failed) throw boost::system::system_error(failed);
    return got;
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers, boost::system::error_code& failed) {
    std::size_t sent = 0;
    for (const boost::asio::const_buffer part : boost::beast::buffers_range_ref(buffers)) {
      if (!send_all({static_cast<const char*>(part.data()), part.size()})) {
        failed = boost::asio::error::broken_pipe;
        return sent;
      }
      sent += part.size();
    }
    return sent;
  }
  template <class Buffers>
  std::size_t write_some(const Buffers& buffers) {
    boost::system::error_code failed;
    const std::size_t sent = write_some(buffers, failed);
    if (failed) throw boost::system::system_error(failed);
    return sent;
  }

 private:
  std::size_t read(void* into, std::size_t size, boost::system::error_code& failed);

  int socket_;
  std::shared_ptr<ssl_st> tls_;
};

}  // namespace assay::http
