// The network's stamps of a connection over the loopback lie where the clock says they must.
#include "adapters/served/stamped_stream.h"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <string>

namespace assay::served {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

struct Connected {
  asio::io_context context;
  tcp::acceptor listener{context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  StampedStream near{context};
  tcp::socket far{context};
  Connected() {
    near.socket().connect(listener.local_endpoint());
    listener.accept(far);
    ask_for_stamps(near.socket().native_handle());
    near.socket().set_option(tcp::no_delay(true));
  }
  void say(std::size_t count) { asio::write(near.socket(), asio::buffer(std::string(count, 'x'))); }
};

TEST(StampedStream, BytesWentBetweenBeingGivenAndHavingBeenGiven) {
  Connected c;
  for (const std::size_t count : {1U, 1000U, 100'000U}) {
    const SteadyTime from = steady_now();
    c.say(count);
    const Sent sent = c.near.sent_since(from);
    const SteadyTime to = steady_now();
    EXPECT_GE(sent.from, from);
    EXPECT_LE(sent.to, to);
    EXPECT_EQ(sent.from, sent.to) << "Linux stamps what goes over the loopback";
    std::string heard(count, ' ');
    asio::read(c.far, asio::buffer(heard));
  }
}

TEST(StampedStream, AStampOfOtherBytesIsNotTaken) {
  Connected c;
  c.say(3);
  const SteadyTime from = steady_now();
  const Sent sent = c.near.sent_since(from);
  EXPECT_EQ(sent.from, from) << "what went before is no stamp of these";
  EXPECT_GE(sent.to, from);
  EXPECT_EQ(take_going_stamp(c.near.socket().native_handle()), SteadyTime{}) << "each is told once";
}

TEST(StampedStream, StampsOfGoingDoNotDisturbReading) {
  Connected c;
  for (int i = 0; i < 100; ++i) c.say(1);  // a hundred stamps wait in the error queue
  const SteadyTime before = steady_now();
  asio::write(c.far, asio::buffer(std::string("answer")));
  std::string heard(6, ' ');
  std::size_t got = 0;
  c.near.async_read_some(asio::buffer(heard), [&](boost::beast::error_code failed, std::size_t count) {
    EXPECT_FALSE(failed) << failed.message();
    got = count;
  });
  c.context.run_for(std::chrono::seconds(5));
  EXPECT_EQ(got, 6U);
  EXPECT_EQ(heard, "answer");
  EXPECT_GE(c.near.received(), before);
  EXPECT_LE(c.near.received(), steady_now());
}

}  // namespace
}  // namespace assay::served
