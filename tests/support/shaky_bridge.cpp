#include "tests/support/shaky_bridge.h"

#include <gtest/gtest.h>

#include "adapters/live/realtime.h"

namespace assay::testing {
namespace {

using ros2::Type;

std::vector<std::pair<std::string, Type>> outwards(const ros2::Mapping& m) {
  std::vector<std::pair<std::string, Type>> out;
  for (const auto& one : m.states) out.emplace_back(one.topic, one.type);
  for (const auto& one : {m.answer, m.truth})
    if (!one.empty()) out.emplace_back(one, Type::text);
  return out;
}

std::vector<std::pair<std::string, Type>> inwards(const ros2::Mapping& m) {
  std::vector<std::pair<std::string, Type>> out;
  for (const auto& one : m.commands) out.emplace_back(one.topic, one.type);
  for (const auto& one : {m.stop, m.alive})
    if (!one.empty()) out.emplace_back(one, Type::boolean);
  if (!m.ask.empty()) out.emplace_back(m.ask, Type::text);
  return out;
}

template <class T>
T sure(Result<T> result) {
  EXPECT_TRUE(result.ok());
  return std::move(*result);
}

}  // namespace

ShakyBridge::ShakyBridge(const ros2::Mapping& mapping, const ros2::BusOptions& outside, Tamper tamper)
    : mapping_(mapping), inside_(mapping.bus), tamper_(std::move(tamper)) {
  mapping_.bus = outside;
  near_ = sure(ros2::Bus::open(inside_));
  for (const auto& [topic, type] : outwards(mapping_)) out_[topic].from = sure(near_->reader(topic, type, true));
  for (const auto& [topic, type] : inwards(mapping_)) in_[topic].to = sure(near_->writer(topic, type, true));
  open_outside();
  thread_ = std::thread([this] { run(); });
}

ShakyBridge::~ShakyBridge() {
  closing_ = true;
  thread_.join();
}

void ShakyBridge::open_outside() {
  far_ = sure(ros2::Bus::open(mapping_.bus));
  for (const auto& [topic, type] : outwards(mapping_)) out_[topic].to = sure(far_->writer(topic, type, true));
  for (const auto& [topic, type] : inwards(mapping_)) in_[topic].from = sure(far_->reader(topic, type, true));
}

void ShakyBridge::run() {
  make_thread_realtime(kLinkPriority);  // what it loses is to be lost on purpose
  std::vector<ros2::Got> news;
  while (!closing_) {
    const Mode mode = wanted_;
    if (mode == Mode::refuse) far_.reset();
    if (mode != Mode::refuse && !far_) open_outside();
    near_->wait(SteadyTime{steady_now().ns + 1'000'000});
    for (auto& [topic, way] : out_) {
      news.clear();
      way.from.take(news);
      for (auto& got : news) {
        const auto given = sound_ ? std::vector<ros2::Message>{got.message} : tamper_(topic, got.message);
        for (const auto& one : given)
          if (mode == Mode::pass) way.to.write(one);
      }
    }
    if (!far_) continue;
    for (auto& [topic, way] : in_) {
      news.clear();
      way.from.take(news);
      for (const auto& got : news)
        if (mode == Mode::pass) way.to.write(got.message);
    }
  }
}

}  // namespace assay::testing
