// Randomness that is the same on every machine: counter-based Philox4x32-10 (Salmon et al., 2011),
// one stream per source of randomness, samples made of integer and IEEE-754 + - * / sqrt only.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace assay {

/// Names one stream. `hi` is the counter's upper half, so that equal keys of different streams do
/// not meet.
struct StreamKey {
  std::uint64_t key = 0;
  std::uint64_t hi = 0;
  friend bool operator==(const StreamKey&, const StreamKey&) = default;
};

/// Sources of randomness, each with its own stream (DESIGN §4.2).
enum class Source { scene, order, sensor_noise, disturbance, policy };

/// First 16 bytes of SHA-256("assay.stream/1\n" session_seed "\n" task "\n" level "\n" index "\n"
/// source), little-endian: key, then hi.
StreamKey stream_key(std::string_view session_seed, std::string_view task, int level, int index, Source source);
/// A stream of its own below `parent`, e.g. one per sensor.
StreamKey child_key(const StreamKey& parent, std::string_view name);

std::array<std::uint32_t, 4> philox4x32_10(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key);

/// Reads one stream in order. Copying an Rng copies its place in the stream.
class Rng {
 public:
  explicit Rng(StreamKey key, std::uint64_t position = 0) : key_(key), block_(position) {}
  std::uint64_t bits();
  double uniform();                          ///< [0, 1), 53 bits
  double uniform(double low, double high);   ///< low + (high − low)·u
  std::uint64_t below(std::uint64_t bound);  ///< {0 … bound−1}, unbiased (Lemire); bound > 0
  double normal();                           ///< N(0, 1), Marsaglia's polar method, own logarithm

 private:
  StreamKey key_;
  std::uint64_t block_ = 0;
  std::array<std::uint32_t, 4> buffer_{};
  int left_ = 0;
  bool has_spare_ = false;
  double spare_ = 0;
};

/// ln x for finite x > 0 within 2 ulp, from + − × ÷ and the bits of x alone: no libm, so the same bits
/// on every CPU.
double portable_log(double x);

}  // namespace assay
