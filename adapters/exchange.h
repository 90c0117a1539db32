// What a question to a policy's server and its answer cost, as the wire saw it.
#pragma once

#include <cstdint>
#include <optional>

namespace assay {

/// On the host's steady clock.
struct Exchange {
  std::int64_t sent_ns = 0;    ///< the question's last byte went: the network's stamp, or just before the system had it
  std::int64_t handed_ns = 0;  ///< it was gone by then
  std::int64_t received_ns = 0;  ///< the answer's last byte had come: the network's own stamp where there is one
  std::int64_t way_ns = -1;      ///< there and back take no longer, at 95 % (docs/decisions/0076); −1: not known
};

/// A policy that asks a server is this, too; and so is what runs one.
class OverWire {
 public:
  virtual ~OverWire() = default;
  /// Of the last act(); nothing if it asked nobody.
  [[nodiscard]] virtual std::optional<Exchange> last_exchange() const = 0;
};

/// Nothing of whatever asks no server.
template <class T>
std::optional<Exchange> last_exchange_of(const T& any) {
  const auto* wire = dynamic_cast<const OverWire*>(&any);
  return wire == nullptr ? std::nullopt : wire->last_exchange();
}

}  // namespace assay
