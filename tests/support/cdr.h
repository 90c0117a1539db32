// CDR by hand, for messages whose bytes a test has to know.
#pragma once

#include <cstdint>
#include <string>

namespace assay::test {

/// Little endian, its four bytes of encapsulation first.
class Cdr {
 public:
  template <class T>
  Cdr& put(T value) {
    while ((bytes_.size() - 4) % sizeof value != 0) bytes_ += '\0';
    bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    return *this;
  }
  Cdr& text(const std::string& value) {
    put(static_cast<std::uint32_t>(value.size() + 1));
    bytes_ += value;
    bytes_ += '\0';
    return *this;
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_{"\0\1\0\0", 4};
};

}  // namespace assay::test
