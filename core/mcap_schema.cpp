// Message definitions of streams: channels → ros2msg text → channels.
#include <fmt/format.h>

#include <array>
#include <set>

#include "core/mcap_format.h"

namespace assay::mcap {
namespace {

/// Length of the UTF-8 sequence at the front of `text`, or 0 if there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return 0;
  }
  const bool overlong = (lead == 0xE0 && byte(1) < 0xA0) || (lead == 0xF0 && byte(1) < 0x90);
  const bool outside = (lead == 0xED && byte(1) > 0x9F) || (lead == 0xF4 && byte(1) > 0x8F);
  return overlong || outside ? 0 : length;
}

std::string quoted(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const auto first = static_cast<std::uint8_t>(text[0]);
    // U+0085, U+2028 and U+2029 end a line for some readers (Python's splitlines), as control characters do.
    const bool breaks_line =
        text.starts_with("\xC2\x85") || text.starts_with("\xE2\x80\xA8") || text.starts_with("\xE2\x80\xA9");
    if (length == 0 || breaks_line || first < 0x20 || first == 0x7F || first == '"' || first == '\\') {
      out += fmt::format("\\x{:02X}", first);
      text.remove_prefix(1);
      // The rest of a broken sequence consists of continuation bytes, which are escaped in their turn.
    } else {
      out += text.substr(0, length);
      text.remove_prefix(length);
    }
  }
  return out + '"';
}

/// A name that ROS 2 accepts for a field: [a-z][a-z0-9_]*, no double and no closing underscore, unique.
std::string field_name(std::string_view name, std::set<std::string>& taken) {
  std::string base;
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (plain) {
      base += c;
    } else if (!base.empty() && base.back() != '_') {
      base += '_';
    }
  }
  while (base.ends_with('_')) base.pop_back();
  if (base.empty() || base[0] < 'a') base = base.empty() ? "c" : "c_" + base;
  std::string unique = base;
  for (int i = 2; !taken.insert(unique).second; ++i) unique = fmt::format("{}_{}", base, i);
  return unique;
}

bool take(std::string_view& text, std::string_view front) {
  if (!text.starts_with(front)) return false;
  text.remove_prefix(front.size());
  return true;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool take_quoted(std::string_view& text, std::string& out) {
  if (!take(text, "\"")) return false;
  while (!text.empty() && text[0] != '"') {
    if (text[0] != '\\') {
      out += text[0];
      text.remove_prefix(1);
      continue;
    }
    if (text.size() < 4 || text[1] != 'x') return false;
    const int high = hex_digit(text[2]), low = hex_digit(text[3]);
    if (high < 0 || low < 0) return false;
    out += static_cast<char>(high * 16 + low);
    text.remove_prefix(4);
  }
  return take(text, "\"");
}

bool take_vantage(std::string_view text, Vantage& out) {
  for (const auto vantage : {Vantage::simulator, Vantage::instrument, Vantage::self_report, Vantage::operator_}) {
    if (to_string(vantage) != text) continue;
    out = vantage;
    return true;
  }
  return false;
}

constexpr std::string_view kFirstLine = "int64 t_ns  # unit \"ns\", since the trial's reset";

}  // namespace

std::string message_definition(const Stream& stream) {
  std::string out{kFirstLine};
  out += '\n';
  std::set<std::string> taken{"t_ns"};
  for (const auto& channel : stream.channels) {
    out += fmt::format("float64 {}  # name {} unit {} frame {} vantage {}\n", field_name(channel.name, taken),
                       quoted(channel.name), quoted(channel.unit), quoted(channel.frame), to_string(channel.vantage));
  }
  return out;
}

bool read_definition(std::string_view text, std::vector<Channel>& channels) {
  if (!take(text, kFirstLine) || !take(text, "\n")) return false;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return false;
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end + 1);
    const std::size_t comment = line.find("  # ");
    if (!take(line, "float64 ") || comment == std::string_view::npos) return false;
    line.remove_prefix(comment + 4 - std::string_view("float64 ").size());
    Channel channel;
    if (!take(line, "name ") || !take_quoted(line, channel.name)) return false;
    if (!take(line, " unit ") || !take_quoted(line, channel.unit)) return false;
    if (!take(line, " frame ") || !take_quoted(line, channel.frame)) return false;
    if (!take(line, " vantage ") || !take_vantage(line, channel.vantage)) return false;
    channels.push_back(std::move(channel));
  }
  return true;
}

}  // namespace assay::mcap
