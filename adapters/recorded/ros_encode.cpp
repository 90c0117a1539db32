// Messages by their definition, the other way: to bytes.
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

#include "adapters/recorded/ros_schema.h"

namespace assay::recorded {

class CdrWrite {
 public:
  CdrWrite(const RosSchema& schema, const std::vector<Path>& paths, const std::vector<Number>& values)
      : schema_(schema), paths_(paths), values_(values) {}

  std::optional<std::string> run() {
    std::vector<std::size_t> wants(paths_.size());
    for (std::size_t i = 0; i < wants.size(); ++i) wants[i] = i;
    walk(schema_.root_, wants, 0);
    if (too_long()) return std::nullopt;
    return std::move(bytes_);
  }

 private:
  using Wants = std::vector<std::size_t>;
  using Kind = RosSchema::Kind;
  static constexpr std::size_t kEncapsulation = 4, kLongest = std::size_t{4} << 20;

  [[nodiscard]] bool too_long() const { return bytes_.size() > kLongest; }

  template <class T>
  void put(T value) {
    const std::size_t body = bytes_.size() - kEncapsulation;
    bytes_.append((sizeof value - body % sizeof value) % sizeof value, '\0');
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
  }
  /// The nearest that the field holds.
  template <class T>
  void whole(Number value) {
    const Number least = std::numeric_limits<T>::lowest(), most = std::numeric_limits<T>::max();
    put(static_cast<T>(std::isnan(value) ? 0 : std::clamp(std::round(value), least, most)));
  }
  template <class T>
  void real(Number value) {
    const Number most = std::numeric_limits<T>::max();
    put(static_cast<T>(std::clamp(value, -most, most)));
  }
  void number(Kind kind, Number value) {
    switch (kind) {
      case Kind::boolean:
        return put(static_cast<std::uint8_t>(value != 0 ? 1 : 0));
      case Kind::i8:
        return whole<std::int8_t>(value);
      case Kind::u8:
        return whole<std::uint8_t>(value);
      case Kind::i16:
        return whole<std::int16_t>(value);
      case Kind::u16:
        return whole<std::uint16_t>(value);
      case Kind::i32:
        return whole<std::int32_t>(value);
      case Kind::u32:
        return whole<std::uint32_t>(value);
      case Kind::i64:
        return whole<std::int64_t>(value);
      case Kind::u64:
        return whole<std::uint64_t>(value);
      case Kind::f32:
        return real<float>(value);
      case Kind::f64:
        return real<double>(value);
      default:
        put(std::uint32_t{1});  // an empty text: its end alone
        bytes_ += '\0';
    }
  }

  void walk(int structure, const Wants& wants, std::size_t depth) {
    const auto& s = schema_.structures_[static_cast<std::size_t>(structure)];
    if (s.fields.empty()) put(std::uint8_t{0});
    for (const auto& field : s.fields) {
      Wants mine;
      for (const std::size_t w : wants)
        if (paths_[w].size() > depth && paths_[w][depth].field == field.name) mine.push_back(w);
      if (field.count == RosSchema::kSingle) {
        one(field, mine, depth);
        continue;
      }
      std::int64_t count = std::max<std::int64_t>(0, field.count);
      if (field.count == RosSchema::kSequence) {
        for (const std::size_t w : mine) count = std::max<std::int64_t>(count, paths_[w][depth].index + 1);
        put(static_cast<std::uint32_t>(count));
      }
      for (std::int64_t i = 0; i < count && !too_long(); ++i) {
        Wants here;
        for (const std::size_t w : mine)
          if (paths_[w][depth].index == i) here.push_back(w);
        one(field, here, depth);
      }
    }
  }

  void one(const RosSchema::Field& field, const Wants& wants, std::size_t depth) {
    if (field.kind != Kind::structure) return number(field.kind, wants.empty() ? 0 : values_[wants.back()]);
    for (const std::size_t w : wants) {
      if (paths_[w].size() > depth + 1) continue;
      constexpr std::int64_t kSecond_ns = 1'000'000'000;  // a stamp: check() lets nothing else pass
      const auto& parts = schema_.structures_[static_cast<std::size_t>(field.structure)].fields;
      const auto ns = static_cast<std::int64_t>(values_[w]);
      number(parts[0].kind, static_cast<Number>(ns / kSecond_ns));
      number(parts[1].kind, static_cast<Number>(ns % kSecond_ns));
      return;
    }
    walk(field.structure, wants, depth + 1);
  }

  const RosSchema& schema_;
  const std::vector<Path>& paths_;
  const std::vector<Number>& values_;
  std::string bytes_{"\0\1\0\0", kEncapsulation};
};

std::optional<std::string> RosSchema::encode(const std::vector<Path>& paths, const std::vector<Number>& values) const {
  return CdrWrite(*this, paths, values).run();
}

}  // namespace assay::recorded
