// A TCP stream that knows when its last bytes came, and went: by the network's stamps (SO_TIMESTAMPNS,
// SO_TIMESTAMPING), not by when a thread of this process got round to them. For Beast, in the place of
// beast::tcp_stream.
#pragma once

#include <sys/uio.h>

#include <array>
#include <boost/asio/compose.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/buffer_traits.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/teardown.hpp>
#include <utility>

#include "core/time.h"

namespace assay::served {

/// What one read gave: `count` bytes (0: the far side closed), or `failed` (an errno; EAGAIN: nothing is there yet).
struct StampedRead {
  std::size_t count = 0;
  int failed = 0;
  SteadyTime received;
};

/// Never waits. Where the system gives no stamp, `received` is now.
StampedRead read_stamped(int socket, iovec* parts, std::size_t count);
void ask_for_stamps(int socket);
/// When the newest bytes went to the network; 0 where the system has said nothing since it was asked last. Never waits.
SteadyTime take_going_stamp(int socket);

/// From when to when bytes were given to the system.
struct Sent {
  SteadyTime from, to;
};

class StampedStream : public boost::beast::tcp_stream {
 public:
  using boost::beast::tcp_stream::tcp_stream;

  /// Of the newest bytes that were read.
  [[nodiscard]] SteadyTime received() const { return received_; }
  /// Bytes were given to the system from `from` on, all of them by now: narrowed to the stamp of the last one's going,
  /// if that lies between. A stamp from outside is of other bytes (a pong), or of a device that is late with it.
  [[nodiscard]] Sent sent_since(SteadyTime from) {
    const Sent given{from, steady_now()};
    const SteadyTime went = take_going_stamp(socket().native_handle());
    return went >= given.from && went <= given.to ? Sent{went, went} : given;
  }

  /// Hides the base's: waits until something is there, then reads it with its stamp.
  template <class Buffers, class Handler>
  auto async_read_some(const Buffers& buffers, Handler&& handler) {
    namespace asio = boost::asio;
    using boost::beast::error_code;
    auto read = [this, buffers, waited = false](auto& self, error_code failed = {}, std::size_t = 0) mutable {
      const bool first = !std::exchange(waited, true);
      // TLS asks for nothing to be called back later: that is no end of the stream.
      if (boost::beast::buffer_bytes(buffers) == 0)
        return first ? asio::post(this->get_executor(), std::move(self)) : self.complete({}, 0);
      if (!first) {
        if (failed) return self.complete(failed, 0);
        std::array<iovec, 16> parts{};
        std::size_t count = 0;
        for (const asio::mutable_buffer part : boost::beast::buffers_range_ref(buffers))
          if (count < parts.size()) parts[count++] = {part.data(), part.size()};
        const StampedRead got = read_stamped(this->socket().native_handle(), parts.data(), count);
        if (got.failed == 0 && got.count == 0) return self.complete(asio::error::eof, 0);
        if (got.failed == 0) {
          received_ = got.received;
          return self.complete({}, got.count);
        }
        if (got.failed != EAGAIN) return self.complete(error_code(got.failed, boost::system::system_category()), 0);
      }
      this->socket().async_wait(asio::ip::tcp::socket::wait_read, std::move(self));
    };
    return asio::async_compose<std::decay_t<Handler>, void(error_code, std::size_t)>(std::move(read), handler, *this);
  }

 private:
  SteadyTime received_;
};

inline void teardown(boost::beast::role_type role, StampedStream& stream, boost::beast::error_code& failed) {
  boost::beast::websocket::teardown(role, stream.socket(), failed);
}
template <class Handler>
void async_teardown(boost::beast::role_type role, StampedStream& stream, Handler&& handler) {
  boost::beast::websocket::async_teardown(role, stream.socket(), std::forward<Handler>(handler));
}

}  // namespace assay::served
